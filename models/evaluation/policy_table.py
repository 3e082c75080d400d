"""Every candidate policy, by every estimator, for every outcome, and what speaks for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from models.evaluation.checks.sensitivity import HiddenCause, flip_strength
from models.evaluation.estimators.doubly_robust import DoublyRobust, Floats
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.support import Support, gate_beyond, outcome_refusals
from models.evaluation.estimators.targets import Target
from models.evaluation.evidence import Contender, contender, goal_of, weigh
from models.evaluation.headline import value_intervals
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.gamma_interval import Gross
from models.numerics import one_blas_thread, side_by_side
from models.results import (
    FewCarryAll,
    Gate,
    Interval,
    ModelAlone,
    PolicyEstimate,
    PolicyEvidence,
    Refusal,
    SameForAll,
)
from models.settings import EvaluationSettings

HEADLINE = "DRL"
"""The estimator whose figures lead."""
LOGGED = "logged"
"""Name of today's delivery among the policies; it is always evaluated."""


@dataclass(frozen=True)
class PolicyTable:
    """What the log says about the policies."""

    estimates: tuple[PolicyEstimate, ...]
    """Sorted by (policy, outcome, estimator): the rows of evaluation.csv."""
    evidence: tuple[PolicyEvidence, ...]
    """Each policy but `logged` against today's delivery, best first."""


@dataclass(frozen=True)
class Reporting:
    """What figures are told in."""

    currency: str
    period_days: int
    entity: str
    """In the singular."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Outcome -> what the study counts it in; one that is not here and no money is counted by its name."""


@dataclass(frozen=True)
class Asked:
    """What else is asked of some policies, by name."""

    hidden_cause: Mapping[str, bool] = field(default_factory=dict)
    """How strong a hidden cause would have to be (seconds each on large logs); True where today's delivery
    carries the policy out, as a budget does."""
    known: Mapping[str, PolicyValue] = field(default_factory=dict)
    """Values that are there already."""
    picked: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Ends of the uplift of policies that were picked on these entities, as they are told."""


def evaluate_policies(
    dr: DoublyRobust,
    targets: Mapping[str, Target],
    settings: EvaluationSettings,
    reporting: Reporting,
    *,
    seed: int,
    asked: Asked | None = None,
) -> PolicyTable:
    """Estimates of every policy and of today's delivery, and the evidence for each policy against it.

    targets: name -> probabilities (n, A), each asked for when its turn comes. Estimators: DRL (headline), its
    witnesses SNDR and SNPDIS, for transparency DR, PDIS and TIS, all with intervals clustered by entity
    (`intervals` has the rule), FQE without an interval, and for `logged` also the plain logged mean. An
    estimate that the log does not support is None, with the reason; FQE rows that are credible carry the
    reason why they have no interval.
    Raises StudyError for probabilities that are no distribution over the eligible actions.
    """
    asked, journeys = asked or Asked(), dr.journeys
    with one_blas_thread():
        bootstrap = BootstrapT(journeys.cluster_key, seed=seed)
        table = _Table(dr, settings, bootstrap)
        table.units = {
            name: _unit(name, unit, reporting, settings)
            for name, unit in zip(journeys.outcome_names, journeys.outcome_units, strict=True)
        }
        rows, contenders = table.rows_of(LOGGED, dr.logged_value), []

        def told(name: str) -> tuple[list[PolicyEstimate], Contender, HiddenCause | None]:
            value, fitted = asked.known.get(name), None  # large: not kept
            if value is None or name in asked.hidden_cause:
                target = targets[name]
                fitted = dr.model.fit(target)
                value = value or dr.value_given(fitted, target, name)
            found, cause = table.contender_of(name, value), None
            if fitted is not None and name in asked.hidden_cause and not found.refused:
                carried, headline = asked.hidden_cause[name], value.double_reinforcement
                cause = HiddenCause(
                    dr, target, table.goal, through_delivery=carried, valued=(fitted, headline)
                )
            return table.rows_of(name, value), found, cause

        names, causes = [policy for policy in targets if policy != LOGGED], dict[str, HiddenCause]()
        for name, (found_rows, found_contender, cause) in zip(names, side_by_side(told, names), strict=True):
            rows += found_rows
            contenders.append(found_contender)
            if cause is not None:
                causes[name] = cause
        outcome = table.goal
        weighed = weigh(
            contenders,
            bootstrap,
            outcome=outcome,
            unit=table.units[outcome],
            scale=journeys.scale,
            level=settings.level,
        )
        gross = {c.policy: c.gross for c in contenders}

        def with_doubt(row: PolicyEvidence) -> PolicyEvidence:
            if row.policy not in causes or row.uplift is None:
                return row
            found = flip_strength(
                causes[row.policy],
                bootstrap,
                level=settings.level,
                gross=gross[row.policy],
                told=asked.picked.get(row.policy, (row.uplift.low, row.uplift.high)),
            )
            return replace(
                row,
                hidden_cause=found.estimate_flips,
                hidden_cause_doubt=found.bound_flips,
                hidden_cause_text=found.text,
            )

        evidence = side_by_side(with_doubt, weighed)
    estimates = sorted(rows, key=lambda row: (row.policy, row.outcome, row.estimator))
    return PolicyTable(tuple(estimates), tuple(evidence))


class _Table:
    """What is told of one policy after the other."""

    def __init__(self, dr: DoublyRobust, settings: EvaluationSettings, bootstrap: BootstrapT) -> None:
        self.dr, self.settings, self.bootstrap = dr, settings, bootstrap
        self.goal = goal_of(dr.journeys.outcome_names)
        self.refused_outcomes = outcome_refusals(dr.journeys, dr.logged_outcomes)
        self.units: dict[str, str] = {}

    def rows_of(self, policy: str, value: PolicyValue) -> list[PolicyEstimate]:
        """Every estimator's row for every outcome."""
        dr, settings = self.dr, self.settings
        actions, scale = dr.journeys.actions, dr.journeys.scale
        by_step, whole = value.support, value.journey_support
        refused = gate_beyond(whole, actions, settings)
        headline = gate_beyond(by_step, actions, settings)
        intervals: list[Interval | None] = [None] * len(dr.journeys.outcome_names)
        if not headline:
            intervals = value_intervals(value, self.bootstrap, scale=scale, level=settings.level)
        rows = self._rows(policy, HEADLINE, value.double_reinforcement, intervals, by_step, headline)
        rows += self._rows(policy, "FQE", value.fitted_q, None, by_step, headline)
        for name, contributions in (
            ("SNDR", value.self_normalised),
            ("SNPDIS", value.importance),
            ("DR", value.doubly_robust),
            ("PDIS", value.per_decision),
            ("TIS", value.trajectory_wise),
        ):
            found = self._intervals(contributions, value.journey_gross, refused)
            rows += self._rows(policy, name, contributions, found, whole, refused)
        if policy == LOGGED:
            plain = dr.journeys.of_mean(dr.logged_outcomes)
            found = self._intervals(plain, dr.logged_gross, None)
            rows += self._rows(policy, "logged mean", plain, found, whole, None)
        return rows

    def contender_of(self, policy: str, value: PolicyValue) -> Contender:
        """The policy against today's delivery."""
        dr = self.dr
        k = dr.journeys.outcome_names.index(self.goal)
        headline = gate_beyond(value.support, dr.journeys.actions, self.settings)
        no_evidence = headline or self.refused_outcomes.get(self.goal)
        return contender(policy, value, dr.logged_value, k, no_evidence)

    def _intervals(self, contributions: Floats, gross: Gross, refused: Gate | None) -> list[Interval | None]:
        if refused:
            return [None] * contributions.shape[1]
        scale, level = self.dr.journeys.scale, self.settings.level
        return self.bootstrap.intervals(contributions, scale=scale, level=level, gross=gross)

    def _rows(
        self,
        policy: str,
        estimator: str,
        contributions: Floats,
        intervals: list[Interval | None] | None,
        support: Support,
        refused: Gate | None,
    ) -> list[PolicyEstimate]:
        """intervals: None for an estimator that has none by its nature."""
        journeys, rows = self.dr.journeys, []
        for k, outcome in enumerate(journeys.outcome_names):
            estimate = float(journeys.scale * contributions[:, k].sum())
            found = None if intervals is None else intervals[k]
            reason: Refusal | None = refused or self.refused_outcomes.get(outcome)
            if not reason and (not np.isfinite(estimate) or (intervals is not None and found is None)):
                reason = _no_spread(contributions[:, k], outcome)
            band = None if reason else found
            rows.append(
                PolicyEstimate(
                    policy=policy,
                    outcome=outcome,
                    unit=self.units[outcome],
                    estimator=estimator,
                    estimate=None if reason else estimate,
                    low=band.low if band else None,
                    high=band.high if band else None,
                    level=self.settings.level,
                    ess=support.min_effective_sample_size,
                    max_weight=support.max_weight,
                    users=journeys.n_clusters,
                    credible=reason is None,
                    reason=reason or (None if intervals is not None else ModelAlone()),
                )
            )
        return rows


def _no_spread(contributions: Floats, outcome: str) -> SameForAll | FewCarryAll:
    """Why contributions (C,) have no interval: all are alike, or too few are not 0."""
    largest = np.max(np.abs(contributions), initial=0.0)
    if largest > 0 and np.ptp(contributions) <= 1e-9 * largest:
        return SameForAll(outcome)
    return FewCarryAll()


def _unit(outcome: str, unit: str, reporting: Reporting, settings: EvaluationSettings) -> str:
    counted = reporting.units.get(outcome, outcome)
    what, days = reporting.currency if unit == "currency" else counted, reporting.period_days
    if settings.per == "entity":
        return f"{what} per {reporting.entity}"
    return f"{what} per {days} day{'s' if days != 1 else ''}"
