"""What agents learned as policies: the values of actions at one price, softened."""

from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import linear

from models.agents.graph import Asked, Graph, Node, standardised
from models.mdp import Features
from models.numerics import row_maxima, row_sums, rows_with_several
from models.training import Normalisation, advantage_head

ROWS_PER_BATCH = 4_096
"""As many as stay in the cache, with what the layers make of them: a sixth faster than four times as many."""


class QNetwork(nn.Module):
    """`MaskedDuelingQ` without d3rlpy, from its saved weights: what a policy needs to act."""

    def __init__(self, weights: dict[str, Tensor], max_price: float) -> None:
        super().__init__()
        self.max_price = max_price
        names = sorted(
            (n for n in weights if n.startswith("_encoder.") and n.endswith(".weight")), key=_layer
        )
        layers: list[nn.Module] = []
        for name in names:
            layers += [_linear(weights, name.removesuffix(".weight")), nn.ReLU(inplace=True)]
        self.encoder = nn.Sequential(*layers)
        self.state_value = _linear(weights, "state_value")
        self.advantage = _linear(weights, "advantage")
        self.margin_value: Tensor = nn.Buffer(weights["margin_value"])
        self.cost_value: Tensor = nn.Buffer(weights["cost_value"])
        self.action_cost: Tensor = nn.Buffer(weights["action_cost"])


def _layer(name: str) -> int:
    return int(next(part for part in name.split(".") if part.isdigit()))


def _linear(weights: dict[str, Tensor], name: str) -> nn.Linear:
    out, inside = weights[f"{name}.weight"].shape
    layer = nn.Linear(inside, out)
    layer.load_state_dict({"weight": weights[f"{name}.weight"], "bias": weights[f"{name}.bias"]})
    return layer


class ActionValues(Protocol):
    """What a learner knows: how good every action is in a state, at any price of a unit of spend."""

    @property
    def algorithm(self) -> str: ...

    def action_values(
        self, features: Features, eligible: NDArray[np.bool_], price: float
    ) -> NDArray[np.float64]:
        """(n, A) currency units, -inf where not eligible; only differences between actions matter."""
        ...


@runtime_checkable
class ValuesByFold(Protocol):
    """Action values that were learnt for the entities of each fold from those of the others."""

    def of_fold(self, fold: int) -> ActionValues: ...


@dataclass(frozen=True)
class Ensemble:
    """Networks of one algorithm, one per seed, that share a state."""

    algorithm: str
    networks: tuple[QNetwork, ...]
    normalisation: Normalisation
    value_unit: float
    max_price: float

    @torch.no_grad()
    def action_values(
        self, features: Features, eligible: NDArray[np.bool_], price: float
    ) -> NDArray[np.float64]:
        """Mean advantage over none of the networks, in currency units; -inf where not eligible. (n, A)"""
        values = np.empty(eligible.shape)
        d, a = features.shape[1], eligible.shape[1]
        x = np.empty((min(ROWS_PER_BATCH, len(features)), d + a + 1), np.float32)
        x[:, -1] = price / self.max_price
        heads = [advantage_head(network, price) for network in self.networks]
        for start in range(0, len(features), ROWS_PER_BATCH):
            part = slice(start, start + ROWS_PER_BATCH)
            some = x[: len(eligible[part])]
            self.normalisation(features[part], out=some[:, :d])
            some[:, d:-1] = eligible[part]
            seen = torch.from_numpy(some)
            found = [linear(net.encoder(seen), *head) for net, head in zip(self.networks, heads, strict=True)]
            values[part, 1:] = torch.stack(found).mean(0).double().numpy() * self.value_unit
        values[:, 0] = 0.0
        values[~eligible] = -np.inf
        return values

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """The same as a part of a graph; the price is in the biases of the first layers."""
        mask = graph.cast(asked.eligible, np.float32)
        seen = graph.op("Concat", standardised(graph, asked, self.normalisation), mask, axis=1)
        found = []
        for network in self.networks:
            hidden = seen
            for at, layer in enumerate(m for m in network.encoder if isinstance(m, nn.Linear)):
                weight, bias = layer.weight.detach(), layer.bias.detach()
                if at == 0:
                    weight, bias = weight[:, :-1], bias + weight[:, -1] * (price / self.max_price)
                hidden = graph.op("Relu", _in_layer(graph, hidden, weight, bias))
            weight, bias = (part.detach() for part in advantage_head(network, price))
            found.append(_in_layer(graph, hidden, weight, bias))
        mean = graph.cast(graph.op("Mean", *found), np.float64)
        money = graph.op("Mul", mean, graph.array(self.value_unit, np.float64))
        return graph.padded(money, 1, 0, 0.0)


def _in_layer(graph: Graph, inputs: Node, weight: Tensor, bias: Tensor) -> Node:
    """(n, k) one layer of weights (k, h) and biases (k,) over inputs (n, h)."""
    arrays = (graph.array(part.numpy(), np.float32) for part in (weight, bias))
    return graph.op("Gemm", inputs, *arrays, transB=1)


@dataclass(frozen=True)
class AgentPolicy:
    """pi(a|s) ~ mu(a|s) exp(Q(s, a, price) / softness) over the eligible actions; softness 0 is greedy.

    The best policy under a Kullback-Leibler leash to today's delivery (Peters et al. 2010). A greedy policy
    has no overlap with most logged rows, and cannot be evaluated.
    """

    ensemble: ActionValues
    price: float
    softness: float
    """Temperature in currency units."""
    name: str

    def probabilities(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """(n, A); where one action alone is possible the agent is not asked."""
        choice = rows_to_choose(eligible)
        values = self.ensemble.action_values(features[choice], eligible[choice], self.price)
        return in_every_row(values, choice, eligible, behaviour, self.softness)

    def of_fold(self, fold: int) -> "AgentPolicy":
        """As the entities of a fold, which did not teach it, are to judge it."""
        values = self.ensemble
        return replace(self, ensemble=values.of_fold(fold)) if isinstance(values, ValuesByFold) else self


def rows_to_choose(eligible: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of (n, A) where more than one action is possible."""
    return np.flatnonzero(rows_with_several(eligible))


def in_every_row(
    values: NDArray[np.float64],
    choice: NDArray[np.int64],
    eligible: NDArray[np.bool_],
    behaviour: NDArray[np.float64],
    softness: float,
) -> NDArray[np.float64]:
    """(n, A) probabilities from the action values (m, A) of the m rows with a choice; in every other row the
    one action that is possible. eligible, behaviour (n, A)."""
    found = eligible.astype(np.float64)
    found[choice] = leashed(values, behaviour[choice], softness)
    return found


def leashed(
    values: NDArray[np.float64], behaviour: NDArray[np.float64], softness: float
) -> NDArray[np.float64]:
    """Probabilities (n, A) from action values (n, A), -inf where not eligible, and behaviour (n, A)."""
    if softness == 0:
        return np.where(np.arange(values.shape[1]) == values.argmax(axis=1)[:, None], 1.0, 0.0)
    usual = np.where(np.isfinite(values), behaviour, 0.0)
    best = row_maxima(np.where(usual > 0, values, -np.inf))[:, None]
    weights = usual * np.exp(np.minimum(values - best, 0) / softness)
    return weights / row_sums(weights)[:, None]


def leash_in_graph(graph: Graph, values: Node, asked: Asked, behaviour: Node, softness: float) -> Node:
    """The probabilities of `AgentPolicy` (n, A) as a part of a graph, from values (n, A), -inf where not
    eligible, and behaviour (n, A), in 64 bits. Not a number where one of several actions has to be chosen and
    delivery takes none of them."""
    possible = graph.cast(asked.eligible, np.float64)
    columns = graph.array([1], np.int64)
    if softness == 0:
        best = graph.op("ArgMax", values, axis=1, keepdims=1)
        every = graph.array(np.arange(asked.n_actions), np.int64)
        leashed = graph.cast(graph.op("Equal", every, best), np.float64)
    else:
        nothing = graph.array(0.0, np.float64)
        usual = graph.op("Where", asked.eligible, behaviour, nothing)
        known = graph.op(
            "Where", graph.op("Greater", usual, nothing), values, graph.array(-np.inf, np.float64)
        )
        lead = graph.op("Sub", values, graph.op("ReduceMax", known, axes=[1], keepdims=1))
        lead = graph.op("Div", graph.op("Min", lead, nothing), graph.array(softness, np.float64))
        weights = graph.op("Mul", usual, graph.op("Exp", lead))
        leashed = graph.op("Div", weights, graph.op("ReduceSum", weights, columns, keepdims=1))
    many = graph.op("ReduceSum", possible, columns, keepdims=1)
    several = graph.op("Greater", many, graph.array(1.0, np.float64))
    return graph.op("Where", several, leashed, possible)
