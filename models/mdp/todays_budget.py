"""Today's budget: what the newest complete budget period was given, and what it spent.

Never the log's mean: a channel that ended three weeks ago has no budget today, and one that began two weeks
ago has all of it. Where budgets were typed in for every day of that period, they are today's; the share of
them that was spent is kept beside them, since a plan's spend follows it.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from models.mdp.daily_money import DailyMoney
from models.mdp.journeys import MICROS

LATE_DAYS = 3
"""Days without any spend at the end of a log that may be a feed running late; more of them are a stop."""


@dataclass(frozen=True)
class TodaysBudget:
    """Per channel and budget period, in currency units; 0 where nothing was spent, or planned."""

    budgets: dict[str, float]
    spent: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.budgets.values())


def todays_budget(
    spend: DailyMoney,
    plans: DailyMoney | None = None,
    *,
    period_days: int,
    days: range,
    excluded_days: Collection[int] = (),
    single_step: bool = False,
) -> TodaysBudget:
    """Of the newest `period_days` of a log of these `days`, days since 1970-01-01.

    The period ends with the last day that spent anything, unless that is more than `LATE_DAYS` back, and
    earlier where it would hold an excluded day; where every period of the log holds one, the newest counts. A
    log shorter than a period stands for one by the average of its days: three days that spent 600 spend 1,400
    a week. That of a test (`single_step`) is all that the test spent. plans: a channel's typed budgets stand
    where every day of the period has one; None: nothing was typed in.
    """
    start, stop = _newest_period(spend, period_days, days.start, days.stop - 1, excluded_days)
    is_short = 0 < stop - start < period_days and not single_step  # no day at all: an empty log
    periods = (stop - start) / period_days if is_short else 1.0
    spent = {channel: money / periods for channel, (money, _) in _by_channel(spend, start, stop).items()}
    planned = {} if plans is None else _by_channel(plans, start, stop)
    typed = {channel: money / periods for channel, (money, whole) in planned.items() if whole}
    return TodaysBudget({channel: typed.get(channel, money) for channel, money in spent.items()}, spent)


def _newest_period(
    spend: DailyMoney, period_days: int, first_day: int, last_day: int, excluded_days: Collection[int]
) -> tuple[int, int]:
    """(first day, first day after) of the period that counts."""
    spending = np.flatnonzero(spend.micros.any(axis=1))
    newest = spend.first_day + int(spending[-1]) if len(spending) else last_day
    stop = min(last_day, max(newest, last_day - LATE_DAYS)) + 1
    for end in range(stop, first_day + period_days - 1, -1):
        if not any(end - period_days <= day < end for day in excluded_days):
            return end - period_days, end
    return max(stop - period_days, first_day), stop


def _by_channel(money: DailyMoney, start: int, stop: int) -> dict[str, tuple[float, bool]]:
    """Channel -> (currency units of the days start..stop - 1, whether every one of them is logged)."""
    micros, whole = money.total(start, stop)
    return {
        channel: (float(m * MICROS), bool(known))
        for channel, m, known in zip(money.channels, micros, whole, strict=True)
    }
