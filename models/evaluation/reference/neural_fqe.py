"""Fitted Q evaluation by a neural network: one net, a head per action and outcome, a squared loss."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import mse_loss

from models.evaluation.estimators.fitted_q import FEATURE_RANGE, QValues
from models.evaluation.estimators.regression_cells import slot_rows
from models.mdp import Journeys, fold_of
from models.numerics import one_blas_thread

Floats = NDArray[np.float64]
CHUNK_ROWS = 1 << 14
"""Rows valued at a time; fixed, so that the sums over chunks are the same everywhere."""


@dataclass(frozen=True)
class NeuralFQESettings:
    """Defaults suit logs of 10,000 to a million decisions."""

    hidden_units: tuple[int, ...] = (32, 32)
    steps: int = 300
    """Gradient steps of the first round, which learns the value of today's delivery."""
    steps_per_round: int = 50
    """Gradient steps of each later round."""
    max_rounds: int = 60
    """Rounds at most; what lies more decisions ahead than that keeps today's delivery's value."""
    batch_size: int = 1024
    learning_rate: float = 3e-3
    """At the first step; it falls to 0 along a cosine."""
    ridge: float = 10.0
    """Rows' worth of shrinkage of the refitted heads towards those that gradient descent left."""
    refit_heads: bool = True
    """Solve the last layer by least squares after every round: its means are then exact whatever the noise of
    the last batches. Only a squared loss may be finished so."""
    loss: Callable[[Tensor, Tensor], Tensor] = mse_loss
    """Of predictions and targets in standard deviations. Anything but a squared loss estimates no mean."""


class NeuralFQE:
    """Q_t(s, a) for all outcomes at once by backward fitted iteration (Ernst, Geurts & Wehenkel 2005; Le,
    Voloshin & Yue 2019).

    round 1:    Q ~ logged return-to-go;   round k: Q ~ r + g sum_a' pi(a'|s') Q_{k-1}(s', a')

    The time left is an input, so after as many rounds as there are steps nothing of the logged returns is
    left but at the last step, where they are the truth. Targets come from the round before (the target
    network). Outcomes are standardised for training by their logged returns and unscaled afterwards. Heads
    are refitted by ridge regression on the last hidden layer after each round (Levine, Zahavy, Mankowitz,
    Tamar & Mannor 2017). Cross-fitted by entity.

    Wrong where the log does not go where pi goes: a network extrapolates silently. Rare, large rewards need
    the squared loss: a Huber loss estimates something near a median. The same seed, torch version and number
    of torch threads give the same bits; no global random state is read or set.
    """

    def __init__(
        self,
        journeys: Journeys,
        values: Floats,
        *,
        seed: int,
        folds: int = 2,
        discount: Floats | None = None,
        settings: NeuralFQESettings | None = None,
    ) -> None:
        """values (n, b): outcomes booked at each row. discount (n,): cumulative from the journey's start."""
        self.journeys, self.settings, self._seed, self._folds = (
            journeys,
            settings or NeuralFQESettings(),
            seed,
            folds,
        )
        self._fold = fold_of(journeys.cluster_key, folds)[journeys.cluster]
        slots = slot_rows(journeys, self._fold, folds)
        n, d = len(journeys.action), journeys.features.shape[1]
        slot = np.empty(n)
        slot[slots.order] = np.repeat(
            np.arange(slots.n_slots), np.diff(slots.segments[:, [0, -1], [0, -1]])[:, 0]
        )
        x = np.empty((n, d + 1), np.float32)
        x[:, 0] = 2 * slot / max(slots.n_slots - 1, 1) - 1  # time left, -1..1
        np.clip(journeys.features[:], -FEATURE_RANGE, FEATURE_RANGE, out=x[:, 1:], casting="same_kind")
        self._x = torch.from_numpy(x)
        self._r = values
        self._ahead = _discount_ahead(journeys, discount)
        self._returns = _returns_to_go(values, self._ahead, journeys.t)
        self.rounds = min(int(journeys.t.max()) + 1, self.settings.max_rounds)

    def fit(self, target: Floats) -> QValues:
        """Q and V of a policy (n, A), rows as in the journeys."""
        n, b = self._r.shape
        v, q = np.empty((n, b)), np.empty((n, b))
        for fold in range(self._folds):
            mine = np.flatnonzero(self._fold == fold)
            network = self._train(np.flatnonzero(self._fold != fold), target, fold)
            v[mine], q[mine] = self._value(network, mine, target)
        return QValues(v, q)

    def _train(self, rows: NDArray[np.int64], target: Floats, fold: int) -> "_Network":
        s = self.settings
        rng = np.random.Generator(np.random.PCG64([self._seed, fold]))
        network = _Network.start(
            rng, self._x.shape[1], s.hidden_units, len(self.journeys.actions), self._returns[rows]
        )
        total = s.steps + s.steps_per_round * (self.rounds - 1)
        optimiser = torch.optim.Adam(network.parameters, lr=s.learning_rate)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=max(total, 1))
        action = torch.from_numpy(self.journeys.action.astype(np.int64))
        y = self._returns[rows]
        for k in range(self.rounds):
            if k:
                y = self._targets(network, rows, target)
            scaled = torch.from_numpy(network.scaled(y).astype(np.float32))
            for _ in range(s.steps_per_round if k else s.steps):
                batch = rng.integers(0, len(rows), size=min(s.batch_size, len(rows)))
                here = torch.from_numpy(rows[batch])
                optimiser.zero_grad()
                heads = network.heads(network.hidden(self._x[here]))[torch.arange(len(batch)), action[here]]
                s.loss(heads, scaled[torch.from_numpy(batch)]).backward()
                optimiser.step()
                schedule.step()
            if s.refit_heads:
                self._refit(network, rows, network.scaled(y))
        return network

    def _targets(self, network: "_Network", rows: NDArray[np.int64], target: Floats) -> Floats:
        """(m, b) r + g V(next) of some rows."""
        y = self._r[rows].copy()
        goes_on = self._ahead[rows] > 0
        following = rows[goes_on] + 1
        y[goes_on] += self._ahead[rows[goes_on], None] * self._value(network, following, target)[0]
        return y

    def _value(self, network: "_Network", rows: NDArray[np.int64], target: Floats) -> tuple[Floats, Floats]:
        """V and Q of the logged action, (m, b) each, unscaled. Impossible actions have probability 0."""
        shape = (len(rows), self._r.shape[1])
        v, q = np.empty(shape), np.empty(shape)
        for start in range(0, len(rows), CHUNK_ROWS):
            some = rows[start : start + CHUNK_ROWS]
            chunk = slice(start, start + len(some))
            with torch.no_grad():
                heads = network.heads(network.hidden(self._x[torch.from_numpy(some)]))
            values = network.unscaled(heads.numpy().astype(np.float64))  # (m, A, b)
            v[chunk] = np.einsum("na,nab->nb", target[some], values, optimize=False)
            q[chunk] = values[np.arange(len(some)), self.journeys.action[some]]
        return v, q

    def _refit(self, network: "_Network", rows: NDArray[np.int64], y: Floats) -> None:
        """Heads by ridge regression of what is left of y (m, b, scaled) on the last hidden layer."""
        weight, bias = network.head_weight.detach(), network.head_bias.detach()
        for a in range(len(weight)):
            of_action = np.flatnonzero(self.journeys.action[rows] == a)
            gram, cross = np.zeros((weight.shape[1] + 1,) * 2), np.zeros((weight.shape[1] + 1, y.shape[1]))
            for start in range(0, len(of_action), CHUNK_ROWS):
                some = of_action[start : start + CHUNK_ROWS]
                with torch.no_grad():
                    hidden = network.hidden(self._x[torch.from_numpy(rows[some])])
                    rest = y[some] - (hidden @ weight[a] + bias[a]).numpy()
                h = np.column_stack([np.ones(len(some)), hidden.numpy().astype(np.float64)])
                with one_blas_thread():
                    gram += h.T @ h
                    cross += h.T @ rest
            if not len(of_action):
                continue
            penalty = np.full(len(gram), self.settings.ridge)
            penalty[0] = 1.0  # an action's mean is worth as much as one row is
            with one_blas_thread():
                step = torch.from_numpy(np.linalg.solve(gram + np.diag(penalty), cross).astype(np.float32))
            bias[a] += step[0]  # in place: the optimiser goes on from here
            weight[a] += step[1:]


@dataclass(frozen=True)
class _Network:
    """A perceptron whose last layer has A x b heads, in standard deviations of the outcomes."""

    layers: tuple[tuple[Tensor, Tensor], ...]  # weight (in, out) and bias (out,) of each hidden layer
    head_weight: Tensor  # (A, h, b)
    head_bias: Tensor  # (A, b)
    mean: Floats  # (b,)
    sd: Floats  # (b,)

    @staticmethod
    def start(
        rng: np.random.Generator, inputs: int, hidden: tuple[int, ...], n_actions: int, returns: Floats
    ) -> "_Network":
        """Hidden layers drawn (He, Zhang, Ren & Sun 2015), heads at 0: the mean logged return everywhere."""
        layers = []
        for width in hidden:
            weight = rng.standard_normal((inputs, width)) * np.sqrt(2 / inputs)
            layers.append((_leaf(weight), _leaf(np.zeros(width))))
            inputs = width
        mean, sd = returns.mean(axis=0), returns.std(axis=0)
        b = returns.shape[1]
        sd = np.where(sd > 0, sd, 1.0)
        return _Network(
            tuple(layers), _leaf(np.zeros((n_actions, inputs, b))), _leaf(np.zeros((n_actions, b))), mean, sd
        )

    @property
    def parameters(self) -> list[Tensor]:
        return [p for layer in self.layers for p in layer] + [self.head_weight, self.head_bias]

    def hidden(self, x: Tensor) -> Tensor:
        """(m, h)"""
        for weight, bias in self.layers:
            x = torch.relu(x @ weight + bias)
        return x

    def heads(self, hidden: Tensor) -> Tensor:
        """(m, A, b)"""
        n_actions, h, b = self.head_weight.shape
        wide = self.head_weight.transpose(0, 1).reshape(h, n_actions * b)
        return (hidden @ wide).reshape(-1, n_actions, b) + self.head_bias

    def scaled(self, y: Floats) -> Floats:
        return (y - self.mean) / self.sd

    def unscaled(self, heads: Floats) -> Floats:
        return heads * self.sd + self.mean


def _leaf(start: Floats) -> Tensor:
    return torch.from_numpy(start.astype(np.float32)).requires_grad_()


def _discount_ahead(journeys: Journeys, discount: Floats | None) -> Floats:
    """(n,) discount to the journey's next row; 0 at its last, after which V is 0."""
    goes_on = np.append(np.diff(journeys.journey) == 0, False)
    if discount is None:
        return goes_on.astype(np.float64)
    ahead = np.divide(discount[1:], discount[:-1], out=np.zeros(len(discount) - 1), where=discount[:-1] > 0)
    return np.where(goes_on, np.append(ahead, 0.0), 0.0)


def _returns_to_go(values: Floats, ahead: Floats, t: NDArray[np.int32]) -> Floats:
    """(n, b) logged, discounted sum of values from each row to its journey's end."""
    returns = values.copy()
    by_step = np.split(np.argsort(t, kind="stable"), np.cumsum(np.bincount(t))[:-1])
    for rows in reversed(by_step):
        going_on = rows[ahead[rows] > 0]
        returns[going_on] += ahead[going_on, None] * returns[going_on + 1]
    return returns
