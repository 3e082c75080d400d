"""Every candidate against today's delivery: is it better, could chance or a hidden cause explain it?"""

from dataclasses import dataclass, replace

import numpy as np

from models.evaluation.checks.selection import Candidate, select_best
from models.evaluation.checks.witness import FALSE_ALARMS, most_contrary
from models.evaluation.estimators.policy_value import PolicyValue, Uplifted
from models.evaluation.headline import uplift_interval
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.confidence_sequence import sequence_level
from models.evaluation.intervals.gamma_interval import Gross
from models.mdp import GOAL, MARGIN, PROFIT
from models.results import FewDifferAmongAll, Interval, PolicyEvidence, Refusal, Uplift

GOALS = (PROFIT, GOAL, MARGIN)
TIGHTEST_AT = 10_000
"""Entities at which the bound for every night is tightest: fixed, never tuned to the log at hand."""

CLAIMS = ("better", "perhaps better", "worse")
"""What a figure that nothing could contradict does not say: its interval reaches no witness, so that it ends
the earlier the less of the log there is to check it by."""

MAX_LEVEL = 1 - 2e-9
"""Beyond it (far too few entities to look every night) no quantile is known, and there is no bound."""


@dataclass(frozen=True)
class Contender:
    """One policy's uplift in the goal, before it is compared with the others."""

    policy: str
    uplift: Uplifted
    gross: Gross  # of the goal alone
    refused: Refusal | None


def goal_of(outcomes: tuple[str, ...]) -> str:
    """The outcome policies are compared by: profit, the goal, margin, or the first there is."""
    return next((goal for goal in GOALS if goal in outcomes), outcomes[0])


def contender(
    policy: str, value: PolicyValue, today: PolicyValue, k: int, refused: Refusal | None
) -> Contender:
    """A policy's uplift in outcome k. refused: why it is not credible, or None."""
    return Contender(policy, value.uplifts(today, k), value.uplift_gross.of(k), refused)


def weigh(
    contenders: list[Contender],
    bootstrap: BootstrapT,
    *,
    outcome: str,
    unit: str,
    scale: float,
    level: float,
) -> tuple[PolicyEvidence, ...]:
    """One row per contender, by the lower bound that counts how many were compared; refused ones last."""
    standing, found = [c for c in contenders if not c.refused], []
    if standing:
        selection = select_best(
            np.column_stack([c.uplift.headline for c in standing]),
            tuple(c.policy for c in standing),
            bootstrap,
            scale=scale,
            level=level,
            gross=[c.gross for c in standing],
        )
        pairs = zip(standing, selection.candidates, strict=True)
        found = [_judged(c, candidate, bootstrap, outcome, unit, scale, level) for c, candidate in pairs]
    found += [_refused(c.policy, outcome, unit, c.refused) for c in contenders if c.refused]
    return tuple(sorted(found, key=_rank))


def _judged(
    c: Contender,
    candidate: Candidate,
    bootstrap: BootstrapT,
    outcome: str,
    unit: str,
    scale: float,
    level: float,
) -> PolicyEvidence:
    uplift = uplift_interval(c.uplift, c.gross, bootstrap, scale=scale, level=level)
    if uplift is None or candidate.simultaneous_low is None:
        return _refused(c.policy, outcome, unit, FewDifferAmongAll(outcome))
    # a lower bound is one-sided: its share of the error is half of the interval's
    lasting = sequence_level(bootstrap.n_clusters, 0.5 + level / 2, tightest_at=TIGHTEST_AT, one_sided=True)
    every_night = None
    if lasting <= MAX_LEVEL:
        every_night = uplift_interval(c.uplift, c.gross, bootstrap, scale=scale, level=lasting)
    dispute = most_contrary(c.uplift)
    among_all = min(uplift.low, candidate.simultaneous_low)
    checked = any(name in FALSE_ALARMS for name in c.uplift.witnesses)
    sided = _sided(uplift.low, uplift.high, among_all, checked=checked)
    return PolicyEvidence(
        policy=c.policy,
        outcome=outcome,
        unit=unit,
        uplift=uplift,
        low_among_all=among_all,
        low_every_night=None if every_night is None else min(every_night.low, uplift.low),
        disagreement=dispute.z,
        disputed_by=dispute.witness if dispute.disputed else "",
        verdict="disputed" if dispute.disputed else sided,
        disagreement_limit=None if dispute.z is None else dispute.limit,
        checked=checked,
    )


def with_picked(row: PolicyEvidence, picked: Uplift, low_every_night: float | None) -> PolicyEvidence:
    """The row of a plan that was picked among many on these entities: its figures are those of its pick."""
    if row.uplift is None or row.outcome != picked.outcome:
        return row
    among_all = picked.low if row.low_among_all is None else min(row.low_among_all, picked.low)
    verdict = row.verdict
    if verdict != "disputed" or picked.low > 0:  # a bound that is the disputing witness's too
        verdict = _sided(picked.low, picked.high, among_all, checked=row.checked)
    return replace(
        row,
        uplift=Interval(picked.estimate, picked.low, picked.high, picked.level),
        low_among_all=among_all,
        low_every_night=low_every_night,
        verdict=verdict,
    )


def _sided(low: float, high: float, among_all: float, *, checked: bool) -> str:
    said = "worse" if high < 0 else "unclear"
    if low > 0:
        said = "better" if among_all > 0 else "perhaps better"
    return "unchecked" if said in CLAIMS and not checked else said


def _refused(policy: str, outcome: str, unit: str, reason: Refusal) -> PolicyEvidence:
    return PolicyEvidence(policy, outcome, unit, None, verdict="no evidence", reason=reason)


def _rank(row: PolicyEvidence) -> tuple[float, str]:
    return (-row.low_among_all if row.low_among_all is not None else np.inf, row.policy)
