"""The scoreboard's estimators, by name. To add a row, add a function to ESTIMATORS.

An estimator takes (DoublyRobust, target (n, A)) and returns contributions (C, o): journeys.scale x their sum
is the estimate. `Remembering` keeps what was computed, so that estimators that share a fit share its cost.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.evaluation.checks.witness import check_witness
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.importance_sampling import self_normalised_trajectory_wise
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.support import gate_beyond
from models.evaluation.headline import uplift_interval, value_intervals
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.gamma_interval import Gross
from models.evaluation.reference.clipping import slope
from models.evaluation.reference.more_robust import more_robust_q
from models.mdp.journeys import Journeys
from models.mdp.sample_split import fold_of
from models.results import Gate, Interval
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]
Estimator = Callable[[DoublyRobust, Floats], Floats]
FOLDS = 2
RIDGE = 1.0


class Remembering(DoublyRobust):
    """A DoublyRobust that remembers the values of each target array it was asked for."""

    def __init__(self, journeys: Journeys, behaviour: Floats) -> None:
        super().__init__(journeys, behaviour, folds=FOLDS, ridge=RIDGE)
        self._values: dict[int, tuple[Floats, PolicyValue]] = {}

    def value(self, target: Floats, name: str = "target") -> PolicyValue:
        if id(target) not in self._values:  # the array is kept, so that its id stays its own
            self._values[id(target)] = target, super().value(target, name)
        return self._values[id(target)][1]

    def forget_targets(self) -> None:
        """Drops what was remembered of all policies but today's delivery."""
        self._values = {key: kept for key, kept in self._values.items() if kept[0] is self.behaviour}


def _sntis(dr: DoublyRobust, target: Floats) -> Floats:
    weighted = self_normalised_trajectory_wise(dr.journeys.outcomes, dr.weights(target), dr.steps)
    return dr.journeys.without_tail(weighted)


def _slope(dr: DoublyRobust, target: Floats) -> Floats:
    """Clipped SNPDIS, the threshold chosen for the margin."""
    clipped = slope(dr.journeys.outcomes, dr.weights(target), dr.steps, outcome=0)
    return dr.journeys.without_tail(clipped.contributions)


def _mrdr(dr: DoublyRobust, target: Floats) -> Floats:
    return dr.value_given(more_robust_q(dr, target, ridge=RIDGE), target).doubly_robust


ESTIMATORS: dict[str, Estimator] = {
    "DRL": lambda dr, target: dr.value(target).double_reinforcement,
    "MRDR": _mrdr,
    "DR": lambda dr, target: dr.value(target).doubly_robust,
    "SNDR": lambda dr, target: dr.value(target).self_normalised,
    "SNPDIS": lambda dr, target: dr.value(target).importance,
    "SLOPE": _slope,
    "PDIS": lambda dr, target: dr.value(target).per_decision,
    "SNTIS": _sntis,
    "TIS": lambda dr, target: dr.value(target).trajectory_wise,
    "FQE": lambda dr, target: dr.value(target).fitted_q,
}
HEADLINE = "DRL"
GUARDED = frozenset({"DR", "SNDR", "SNPDIS", "PDIS"})
"""Estimators whose intervals of levels have the gamma guard, as a report gives them."""
WITHOUT_INTERVAL = frozenset({"FQE"})
"""Averages of a model's own predictions: their spread is no uncertainty."""
RANKED = ("DRL", "SNDR", "SNPDIS", "FQE")
"""Estimators that rank the candidates."""


def gross_of(name: str, dr: DoublyRobust, target: Floats) -> Gross | None:
    """What a witness weighs, for its guarded intervals of levels; None: plain bootstrap-t."""
    return dr.value(target).journey_gross if name in GUARDED else None


def headline_levels(
    dr: DoublyRobust, target: Floats, columns: list[int], level: float
) -> list[Interval | None]:
    """The headline's intervals of some outcomes, as a report has them."""
    bootstrap, scale = bootstrap_of(dr.journeys), dr.journeys.scale
    found = value_intervals(dr.value(target), bootstrap, scale=scale, level=level)
    return [found[k] for k in columns]


def headline_uplift(dr: DoublyRobust, target: Floats, outcome: str, level: float) -> Interval | None:
    """Its interval of one outcome's difference from today's delivery."""
    k, value = dr.journeys.outcome_names.index(outcome), dr.value(target)
    uplift = value.uplifts(dr.value(dr.behaviour), k)
    bootstrap, gross = bootstrap_of(dr.journeys), value.uplift_gross.of(k)
    return uplift_interval(uplift, gross, bootstrap, scale=dr.journeys.scale, level=level)


def refusal_of(dr: DoublyRobust, target: Floats) -> Gate | None:
    """Why the gates give no number for a policy; None when they give one."""
    value = dr.value(target)
    settings = EvaluationSettings()
    return gate_beyond(value.support, dr.journeys.actions, settings)


def only(gross: Gross, columns: list[int]) -> Gross:
    """Some outcomes of it."""
    return Gross(gross.weighted[:, columns], gross.amount[:, columns], gross.largest)


def bootstrap_of(journeys: Journeys) -> BootstrapT:
    """The bootstrap of a log's entities: the same for every log of a world, hence drawn once."""
    return _bootstrap(journeys.cluster_key.tobytes())


@lru_cache(maxsize=4)
def _bootstrap(cluster_key: bytes) -> BootstrapT:
    return BootstrapT(np.frombuffer(cluster_key, np.int64), seed=1)


def disputed(dr: DoublyRobust, target: Floats, outcome: str) -> bool:
    """Whether the headline's uplift of an outcome is contradicted by its witnesses."""
    k = dr.journeys.outcome_names.index(outcome)
    return (
        check_witness("target", outcome, dr.value(target).uplifts(dr.value(dr.behaviour), k)).status != "ok"
    )


def estimated_behaviour(journeys: Journeys, states: NDArray[np.int64]) -> Floats:
    """(n, A) cross-fitted mu: how often each action was taken in a state by the other folds' entities.

    One of every eligible action is added to the counts, so that nothing that was possible has probability 0.
    """
    n_actions = len(journeys.actions)
    fold = fold_of(journeys.cluster_key, FOLDS)[journeys.cluster]
    cell = states * n_actions + journeys.action
    size = (int(states.max()) + 1) * n_actions
    whole = np.bincount(cell, minlength=size)
    mu = np.empty(journeys.eligible.shape)
    for f in range(FOLDS):
        mine = fold == f
        counts = (whole - np.bincount(cell[mine], minlength=size)).reshape(-1, n_actions)
        weights = (counts[states[mine]] + 1.0) * journeys.eligible[mine]
        mu[mine] = weights / weights.sum(axis=1, keepdims=True)
    return mu
