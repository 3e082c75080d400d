"""The advantage learner in force: what an action causes beyond doing nothing, linear in the state.

    A(s, a, price) = x(s)'(margin_a - price x cost_a) - pessimism x standard error,  A(s, none, price) = 0

over the eligible actions alone. Two heads, margin and cost, so that one fit answers every price. How the
coefficients are found, under which assumptions, and when they are wrong: `advantage_fit`.

The standard error is of the state's own advantage, sqrt(x' Cov x), entities being the unit that was sampled:
it is large in states the log hardly holds, and taking one of it off asks an action to earn its place there.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.agents.graph import Asked, Graph, Node, standardised
from models.agents.saved_ensemble import SavedEnsemble
from models.mdp import Feature, Features
from models.numerics import one_blas_thread
from models.training import Normalisation
from sql.errors import StudyError

Floats = NDArray[np.float64]

ALGORITHM = "advantage"
FEATURE_RANGE = 10.0
"""Standardised features are cut off here: no state is worth more than the log could show."""
ROWS_PER_BATCH = 1 << 14
TENSORS = ("margin", "cost", "covariance", "pessimism")


def design(features: NDArray[np.floating], normalisation: Normalisation) -> Floats:
    """x (n, p): standardised features (n, d), cut off, and the intercept last."""
    x = np.ones((len(features), features.shape[1] + 1))
    np.clip(normalisation(features), -FEATURE_RANGE, FEATURE_RANGE, out=x[:, :-1], casting="same_kind")
    return x


def design_in_graph(graph: Graph, asked: Asked, normalisation: Normalisation) -> Node:
    """x (n, p) as a part of a graph, in 64 bits."""
    ends = (graph.array(end, np.float32) for end in (-FEATURE_RANGE, FEATURE_RANGE))
    cut = graph.op("Clip", standardised(graph, asked, normalisation), *ends)
    return graph.padded(graph.cast(cut, np.float64), 0, 1, 1.0)


@dataclass(frozen=True)
class AdvantageModel:
    """Advantages over `none` in currency units. A actions, p = features and intercept."""

    normalisation: Normalisation
    margin: Floats  # (A - 1, p) of one decision for the action, discounted, currency units
    cost: Floats  # (A - 1, p)
    covariance: Floats  # (3, A - 1, p, p) of the coefficients: margin, margin with cost, cost
    pessimism: float
    """Standard errors that are taken off."""
    algorithm: str = ALGORITHM

    def action_values(
        self, features: Features, eligible: NDArray[np.bool_], price: float
    ) -> NDArray[np.float64]:
        """A (n, A) at a price, from raw features (n, d); 0 for none, -inf where not eligible."""
        values = np.zeros(eligible.shape)
        if self.pessimism == 0:  # the error, which costs most of the time, is not asked for
            values[:, 1:] = self.estimates(features, price)
        else:
            estimate, error = self.advantages(features, price)
            values[:, 1:] = estimate - self.pessimism * error
        return np.where(eligible, values, -np.inf)

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """The same as a part of a graph."""
        x = design_in_graph(graph, asked, self.normalisation)
        found = graph.op("MatMul", x, graph.array((self.margin - price * self.cost).T, np.float64))
        if self.pessimism != 0:
            squares = [
                graph.op(
                    "ReduceSum",
                    graph.op("Mul", x, graph.op("MatMul", x, graph.array(one, np.float64))),
                    graph.array([1], np.int64),
                    keepdims=1,
                )
                for one in self._covariance(price)
            ]
            nothing = graph.array(0.0, np.float64)
            error = graph.op("Sqrt", graph.op("Max", graph.op("Concat", *squares, axis=1), nothing))
            doubt = graph.op("Mul", error, graph.array(self.pessimism, np.float64))
            found = graph.op("Sub", found, doubt)
        return graph.padded(found, 1, 0, 0.0)

    def estimates(self, features: Features, price: float) -> Floats:
        """(n, A - 1) advantages over none, eligible or not."""
        coefficients, found = self.margin - price * self.cost, np.empty((len(features), len(self.margin)))
        with one_blas_thread():
            for start in range(0, len(features), ROWS_PER_BATCH):
                part = slice(start, start + ROWS_PER_BATCH)
                found[part] = design(features[part], self.normalisation) @ coefficients.T
        return found

    def advantages(self, features: Features, price: float) -> tuple[Floats, Floats]:
        """Advantages over none (n, A - 1) and their standard errors, eligible or not."""
        n, k = len(features), len(self.margin)
        estimate, error = np.empty((n, k)), np.empty((n, k))
        coefficients = self.margin - price * self.cost
        covariance = self._covariance(price)
        with one_blas_thread():
            for start in range(0, n, ROWS_PER_BATCH):
                part = slice(start, start + ROWS_PER_BATCH)
                x = design(features[part], self.normalisation)
                estimate[part] = x @ coefficients.T
                for a in range(k):
                    error[part, a] = np.sqrt(np.maximum(((x @ covariance[a]) * x).sum(axis=1), 0.0))
        return estimate, error

    def _covariance(self, price: float) -> Floats:
        """(A - 1, p, p) of the coefficients at a price."""
        with_margin, crossed, with_cost = self.covariance
        found: Floats = with_margin - price * (crossed + crossed.transpose(0, 2, 1)) + price**2 * with_cost
        return found


def saved_advantage(
    model: AdvantageModel, features: tuple[Feature, ...], actions: tuple[str, ...], max_price: float
) -> SavedEnsemble:
    """The model as it is written to disk: tensors beside the contract it may be used under."""
    arrays = (model.margin, model.cost, model.covariance, np.array([model.pessimism]))
    weights = {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in zip(TENSORS, arrays, strict=True)}
    return SavedEnsemble(
        algorithm=ALGORITHM,
        features=features,
        actions=actions,
        normalisation=model.normalisation,
        value_unit=1.0,  # coefficients are in currency units already
        max_price=max_price,
        hidden_units=(),
        weights={0: weights},
    )


def advantage_of(saved: SavedEnsemble) -> AdvantageModel:
    """The model that `saved_advantage` wrote. StudyError where it holds something else."""
    found = saved.weights.get(0, {})
    missing = [name for name in TENSORS if name not in found]
    if missing:
        raise StudyError(f"the saved advantage learner is incomplete: it holds no {', '.join(missing)}")
    margin, cost, covariance, pessimism = (found[name].double().numpy() for name in TENSORS)
    shape = (len(saved.actions) - 1, len(saved.features) + 1)
    if not margin.shape == cost.shape == shape or covariance.shape != (3, *shape, shape[1]):
        raise StudyError(
            f"the saved advantage learner has coefficients of shape {margin.shape}; its "
            f"{len(saved.actions)} actions and {len(saved.features)} features need {shape}"
        )
    return AdvantageModel(saved.normalisation, margin, cost, covariance, float(pessimism[0]))
