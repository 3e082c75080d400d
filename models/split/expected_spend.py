"""What a plan will spend in the next period, by row and in total.

From the newest states: today's delivery in them, scaled by recommended / current, as the platform would be
told (`models.spending`). Where no period follows the log's, from what delivery spends on the log's average.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.policies import Logged, Policy, ScaledDelivery
from models.results import Interval
from models.spending import SpendForecast
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.doubt import Doubt
from models.split.limits import Limits

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ExpectedSpend:
    """Currency units per period."""

    rows: tuple[Interval, ...]
    """As delivery would spend, were it not for the budget."""
    total: Interval
    """Of all rows, each of which stops at the budget that is typed in."""


def expected_spend(
    choice: SplitChoice, plan: Floats, delivery: DeliveryValue, ahead: SpendForecast | None, doubt: Doubt
) -> ExpectedSpend:
    """Of budgets (K,)."""
    limits = choice.limits
    spends = average_spend(limits, delivery.today()[:, 1:], delivery.at(limits.multipliers(plan))[:, 1:])
    if ahead is None:
        rows = tuple(doubt.of(np.ascontiguousarray(column)) for column in spends.T)
        return ExpectedSpend(rows, _capped(rows, plan, doubt.of(spends.sum(axis=1))))
    found = ahead.of(_as_typed(choice, plan))
    channels = [ahead.doubt.of_channel(found, k, doubt.level) for k in range(len(found.by_channel))]
    of_row = [ahead.channels.index(name) for name in _channels_of(choice)]
    shares = _shares(spends.sum(axis=0), of_row)
    rows = tuple(_times(share, channels[k]) for share, k in zip(shares, of_row, strict=True))
    return ExpectedSpend(rows, _capped(rows, plan, ahead.doubt.of_total(found, doubt.level)))


def average_spend(limits: Limits, today: Floats, plan: Floats) -> Floats:
    """(C, K) what a plan spends, from what today's delivery and the plan spend on the log's average (C, K).

    Columns add up to today's spend and what the plan changes of it, 0 where nothing is spent today; their
    spread is that of totals over such entities, of today's spend and of the change.
    """
    logged = today.sum(axis=0)  # (K,)
    known = logged > 0
    level = np.divide(limits.spent, logged, out=np.ones(len(logged)), where=known)
    change = np.divide(limits.valued, logged, out=np.ones(len(logged)), where=known) * (limits.spent > 0)
    found: Floats = level * today + change * (plan - today)
    return found


def _as_typed(choice: SplitChoice, plan: Floats) -> Policy:
    """Today's delivery, each row scaled as its budget is."""
    current = choice.limits.current
    scaled = np.divide(plan, current, out=np.ones(len(plan)), where=current > 0)
    if np.all(scaled == 1.0):
        return Logged()
    multipliers = (1.0, *scaled.tolist())
    name = "budgets as typed"
    return (
        ScaledDelivery(multipliers, name) if choice.cells is None else choice.cells.policy(multipliers, name)
    )


def _channels_of(choice: SplitChoice) -> tuple[str, ...]:
    """Of each row, the channel it is about."""
    cells = choice.cells
    return choice.limits.channels if cells is None else tuple(map(cells.channel_of, range(len(cells.cells))))


def _shares(spends: Floats, of_row: list[int]) -> list[float]:
    """Of each row in its channel's spend."""
    channels = np.bincount(of_row, np.maximum(spends, 0.0))
    rows = np.bincount(of_row)
    return [
        max(float(spend), 0.0) / float(channels[k]) if channels[k] > 0 else 1.0 / float(rows[k])
        for spend, k in zip(spends, of_row, strict=True)
    ]


def _times(share: float, found: Interval) -> Interval:
    return Interval(share * found.estimate, share * found.low, share * found.high, found.level)


def _capped(rows: tuple[Interval, ...], plan: Floats, total: Interval) -> Interval:
    """Of all rows, as sure as of their total without budgets."""
    estimate = sum(min(row.estimate, budget) for row, budget in zip(rows, plan.tolist(), strict=True))
    least = max(estimate - (total.estimate - total.low), 0.0)
    return Interval(
        estimate, least, min(estimate + total.high - total.estimate, float(plan.sum())), total.level
    )
