"""Which rows of the evaluation are shown where, under which name and in which order."""

import math
from typing import TypeGuard

from models.results import NightResult, PolicyEstimate
from reports import numbers, words
from reports.numbers import IntervalText

OUTCOME_ORDER = ("profit", "goal", "margin", "margin as logged", "cost", "clicks", "purchases")
ESTIMATOR_ORDER = ("DRL", "SNDR", "SNPDIS", "FQE", "DR", "PDIS", "TIS", "logged mean")
RECOMMENDED, FOUND = "recommended split", "best split found"
"""The split that a night picked, and its name where it is not recommended."""
RAW_ESTIMATORS = ("DR", "PDIS", "TIS")
"""Shown for transparency, apart from those that are compared."""


def label(result: NightResult, policy: str) -> str:
    """The plan's name for analysts: its own label; a plan that is labelled by its key has a capital."""
    own = next((note.label for note in result.policies if note.policy == policy), policy)
    if is_recommended(policy) and own == policy and not words.moves(result.split):
        return words.capital(FOUND)
    return policy[:1].upper() + policy[1:] if own == policy else own


def outcomes(result: NightResult) -> list[str]:
    """Outcomes of the evaluation, profit first, costs per channel last."""
    known = {name: i for i, name in enumerate(OUTCOME_ORDER)}
    return sorted({e.outcome for e in result.evaluation}, key=lambda o: (known.get(o, len(known)), o))


def goal(result: NightResult) -> str | None:
    """The outcome that the comparison leads with: profit, or what it is made of where there is none."""
    return next((o for o in outcomes(result) if o in ("profit", "goal", "margin")), None)


def is_recommended(policy: str) -> bool:
    return policy.lower().startswith("recommended")


def of_outcome(result: NightResult, outcome: str | None) -> list[PolicyEstimate]:
    """Rows of one outcome: recommended first, then today's, then by the headline estimate."""
    rows = [e for e in result.evaluation if e.outcome == outcome]
    best = {
        e.policy: e.estimate for e in rows if e.estimator == words.HEADLINE_ESTIMATOR and finite(e.estimate)
    }
    known = {name: i for i, name in enumerate(ESTIMATOR_ORDER)}

    def key(e: PolicyEstimate) -> tuple[int, float, str, int, str]:
        first = 0 if is_recommended(e.policy) else 1 if e.policy == words.TODAY else 2
        estimator = known.get(e.estimator, len(known))
        return (first, -(best.get(e.policy) or -math.inf), e.policy, estimator, e.estimator)

    return sorted(rows, key=key)


def compared_ways(rows: list[PolicyEstimate], *, raw: bool = False) -> list[PolicyEstimate]:
    """The rows of the estimators that are compared, or of the raw ones."""
    return [e for e in rows if (e.estimator in RAW_ESTIMATORS) == raw]


def headline(rows: list[PolicyEstimate], policy: str) -> PolicyEstimate | None:
    """A policy's row of the headline estimator, or the plain mean where it has only that."""
    own = [e for e in rows if e.policy == policy and finite(e.estimate)]
    leading = [e for e in own if e.estimator == words.HEADLINE_ESTIMATOR]
    return next(iter(leading or own), None)


def interval_text(e: PolicyEstimate, leading: PolicyEstimate | None, most: int) -> IntervalText:
    """An estimate's text; without an interval it is rounded as its policy's leading estimate is."""
    if leading is not None and not (finite(e.low) and finite(e.high)):
        values = (leading.estimate, leading.low, leading.high)
        most = (
            min(most, numbers.decimals_that_matter(values, most=most)) if finite(leading.estimate) else most
        )
    return numbers.interval(e.estimate or 0.0, e.low, e.high, most=most)


def finite(value: float | None) -> TypeGuard[float]:
    """Whether there is a number to show."""
    return value is not None and math.isfinite(value)
