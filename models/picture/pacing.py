"""How the money was spent over time: the log's weeks, and what a week of the recommended split looks like."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from models.page_results import PacingDay, WeekSpend
from models.picture.plans import DailyMoney
from models.transition_table import Transitions

EPOCH = date(1970, 1, 1)
WEEK = 7
MIN_WEEKS = 4
"""Fewer whole weeks give no range of a weekday."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MICROS = 1e-6


def daily_spend(transitions: Transitions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(first day .. last day,), (days, K) spend in micros of each channel by day."""
    first, last = int(transitions.day.min()), int(transitions.day.max())
    offset = transitions.day - first
    spend = np.stack(
        [
            np.bincount(
                offset,
                weights=transitions.outcome(f"cost:{a}").astype(np.float64),
                minlength=last - first + 1,
            )
            for a in transitions.actions[1:]
        ],
        axis=1,
    )
    return np.arange(first, last + 1), np.rint(spend).astype(np.int64)


def daily_money(transitions: Transitions) -> DailyMoney:
    """What was spent by day and channel, to hold budgets against."""
    days, spend = daily_spend(transitions)
    return DailyMoney(transitions.actions[1:], int(days[0]), spend, np.ones(spend.shape, np.bool_))


def logged_range(transitions: Transitions, period_days: int) -> dict[str, tuple[float, float]]:
    """Channel -> least and most spent in a whole period of the log, cut backwards from its last day; currency
    units. Empty for a log shorter than a period."""
    _, spend = daily_spend(transitions)
    periods = len(spend) // period_days
    if not periods:
        return {}
    sums = spend[-periods * period_days :].reshape(periods, period_days, -1).sum(axis=1) * MICROS
    lows, highs = sums.min(axis=0).tolist(), sums.max(axis=0).tolist()
    return {a: (low, high) for a, low, high in zip(transitions.actions[1:], lows, highs, strict=True)}


def week_spends(transitions: Transitions) -> tuple[WeekSpend, ...]:
    """Whole weeks of the log, Monday to Sunday, oldest first."""
    return weeks_of(daily_money(transitions))


def weeks_of(money: DailyMoney) -> tuple[WeekSpend, ...]:
    """The same of money by day."""
    total = money.micros.sum(axis=1)
    days = money.first_day + np.arange(len(total))
    if not len(days):
        return ()
    start = int(np.argmax((days + 3) % WEEK == 0))  # 1970-01-01 was a Thursday
    weeks = (len(days) - start) // WEEK if (days[start] + 3) % WEEK == 0 else 0
    return tuple(
        WeekSpend(
            (EPOCH + timedelta(days=int(days[start + w * WEEK]))).isoformat(),
            float(total[start + w * WEEK : start + (w + 1) * WEEK].sum() * MICROS),
            None,
        )
        for w in range(weeks)
    )


def pacing(transitions: Transitions, weekly_spend: float, level: float) -> tuple[PacingDay, ...]:
    """Spend of each weekday when a week spends `weekly_spend` (currency units): the log's mean share of that
    weekday, with the range in which a single day fell (Student-t prediction interval over weeks). Empty with
    fewer than four whole weeks, or without spend. Wrong when the days to come differ (a holiday, a sale)."""
    days, spend = daily_spend(transitions)
    weeks = week_spends(transitions)
    if len(weeks) < MIN_WEEKS:
        return ()
    start = int(np.argmax((days + 3) % WEEK == 0))
    table = spend.sum(axis=1)[start : start + WEEK * len(weeks)].reshape(len(weeks), WEEK).astype(np.float64)
    table = table[table.sum(axis=1) > 0]
    if len(table) < MIN_WEEKS:
        return ()
    share = table / table.sum(axis=1, keepdims=True)  # (W, 7)
    mean, spread = share.mean(axis=0), share.std(axis=0, ddof=1)
    reach = student_t.ppf(0.5 + level / 2, len(table) - 1) * spread * np.sqrt(1 + 1 / len(table))
    low, high = np.maximum(mean - reach, 0.0), mean + reach
    return tuple(
        PacingDay(
            name,
            spend=float(weekly_spend * mean[i]),
            low=float(weekly_spend * low[i]),
            high=float(weekly_spend * high[i]),
            level=level,
        )
        for i, name in enumerate(DAYS)
    )
