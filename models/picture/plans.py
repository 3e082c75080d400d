"""What was planned: budgets that were typed in, beside what was spent and what a night recommended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from models.mdp import MICROS, DailyMoney
from models.results import WeekSpend

EPOCH = date(1970, 1, 1)
WEEK = 7


def with_plans(weeks: tuple[WeekSpend, ...], plans: DailyMoney, spend: DailyMoney) -> tuple[WeekSpend, ...]:
    """The weeks, each with what was planned for it, all channels together, in currency units.

    A week's plan is known where every channel that spent in it has a budget on each of its days: a plan for
    some of the channels cannot be held against what all of them spent.
    """
    return tuple(replace(week, budget=_planned(week, plans, spend)) for week in weeks)


def followed(
    plans: DailyMoney, recommended: Sequence[tuple[str, float]], start: int, stop: int, step: float
) -> bool | None:
    """Whether the recommended budgets (channel, currency units) were typed in for the days start..stop - 1.

    Yes, where every channel's budgets of these days add up to what was recommended, to within `step` currency
    units. No, where one channel's do not. None where that is not known: a channel has a day without a budget.
    """
    planned, whole = plans.total(start, stop)
    alike: list[bool | None] = []
    for channel, budget in recommended:
        k = plans.channels.index(channel) if channel in plans.channels else None
        known = k is not None and whole[k]
        alike.append(bool(abs(planned[k] * MICROS - budget) <= step * (1 + 1e-9)) if known else None)
    if False in alike:
        return False
    return None if None in alike or not alike else True


def _planned(week: WeekSpend, plans: DailyMoney, spend: DailyMoney) -> float | None:
    start = (date.fromisoformat(week.week_start) - EPOCH).days
    planned, whole = plans.total(start, start + WEEK)
    spent = spend.total(start, start + WEEK)[0] > 0
    return float(planned.sum() * MICROS) if whole.any() and whole[spent].all() else None
