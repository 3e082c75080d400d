"""Every candidate policy, by every estimator, for every outcome: the rows of evaluation.csv."""

import numpy as np

from models.evaluation.doubly_robust import DoublyRobust, Floats
from models.evaluation.intervals import BootstrapT
from models.evaluation.one_thread import one_blas_thread
from models.evaluation.support import Support, outcome_refusals, refusal
from models.journeys import Journeys
from models.results import Interval, PolicyEstimate
from models.settings import EvaluationSettings

LOGGED = "logged"
"""Name of today's delivery among the policies; it is always evaluated."""
NO_INTERVAL = "no interval: averaging a model's own predictions does not tell how far they are off"
SPREAD_UNKNOWN = "no credible estimate: too few {}s carry the whole value, so its spread is not known"


def evaluate_policies(
    targets: dict[str, Floats],
    journeys: Journeys,
    behaviour: Floats,
    settings: EvaluationSettings,
    *,
    currency: str,
    period_days: int,
    entity_name: str,
    seed: int,
    doubly_robust: DoublyRobust | None = None,
) -> tuple[PolicyEstimate, ...]:
    """Estimates of every policy, sorted by (policy, outcome, estimator).

    targets: name -> probabilities (n, A); behaviour (n, A). Estimators: SNDR (headline) and SNPDIS with
    bootstrap-t intervals clustered by entity, FQE without an interval, and for `logged` also the plain
    logged mean. An estimate that the log does not support is None, with the reason; FQE rows that are
    credible carry the reason why they have no interval. Pass `doubly_robust` to share its factorised
    matrices. Raises StudyError for probabilities that are no distribution over the eligible actions.
    """
    with one_blas_thread():
        dr = doubly_robust or DoublyRobust(
            journeys,
            behaviour,
            folds=settings.folds,
            ridge=settings.ridge,
            min_behaviour_probability=settings.min_behaviour_probability,
        )
        table = _Table(dr, settings, BootstrapT(journeys.cluster_key, seed=seed), entity_name)
        table.units = {
            name: _unit(name, unit, currency, period_days, entity_name, settings)
            for name, unit in zip(journeys.outcome_names, journeys.outcome_units, strict=True)
        }
        for policy, target in {**targets, LOGGED: behaviour}.items():
            table.add(policy, target)
    return tuple(sorted(table.rows, key=lambda row: (row.policy, row.outcome, row.estimator)))


class _Table:
    """Collects rows, policy by policy."""

    def __init__(
        self, dr: DoublyRobust, settings: EvaluationSettings, bootstrap: BootstrapT, entity_name: str
    ) -> None:
        self.dr, self.settings, self.bootstrap, self.entity_name = dr, settings, bootstrap, entity_name
        self.refused_outcomes = outcome_refusals(dr.journeys, dr.logged_outcomes, entity_name)
        self.units: dict[str, str] = {}
        self.rows: list[PolicyEstimate] = []

    def add(self, policy: str, target: Floats) -> None:
        value = self.dr.value(target, policy)
        refused = refusal(value.support, self.dr.journeys.actions, self.settings)
        self._rows(policy, "SNDR", value.self_normalised, value.support, refused)
        self._rows(policy, "SNPDIS", value.importance, value.support, refused)
        self._rows(policy, "FQE", value.fitted_q, value.support, refused, interval=False)
        if policy == LOGGED:
            self._rows(policy, "logged mean", self.dr.logged_outcomes, value.support, "")

    def _rows(
        self,
        policy: str,
        estimator: str,
        contributions: Floats,
        support: Support,
        refused: str,
        *,
        interval: bool = True,
    ) -> None:
        journeys, level = self.dr.journeys, self.settings.level
        found: list[Interval | None] = [None] * len(journeys.outcome_names)
        if interval and not refused:
            found = self.bootstrap.intervals(contributions, scale=journeys.scale, level=level)
        for k, outcome in enumerate(journeys.outcome_names):
            estimate = float(journeys.scale * contributions[:, k].sum())
            reason = refused or self.refused_outcomes.get(outcome, "")
            if not reason and (not np.isfinite(estimate) or (interval and found[k] is None)):
                reason = SPREAD_UNKNOWN.format(self.entity_name)
            band = None if reason else found[k]
            self.rows.append(
                PolicyEstimate(
                    policy=policy,
                    outcome=outcome,
                    unit=self.units[outcome],
                    estimator=estimator,
                    estimate=None if reason else estimate,
                    low=band.low if band else None,
                    high=band.high if band else None,
                    level=level,
                    ess=support.min_effective_sample_size,
                    max_weight=support.max_weight,
                    users=journeys.n_clusters,
                    credible=not reason,
                    reason=reason or ("" if interval else NO_INTERVAL),
                )
            )


def _unit(
    outcome: str, unit: str, currency: str, period_days: int, entity_name: str, settings: EvaluationSettings
) -> str:
    what = currency if unit == "currency" else outcome
    if settings.per == "entity":
        return f"{what} per {entity_name}"
    return f"{what} per {period_days} day{'s' if period_days != 1 else ''}"
