"""How the money was spent over time: the log's weeks, and what a week of the recommended split looks like."""

from collections.abc import Collection
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from models.mdp import MICROS, DailyMoney, Transitions
from models.numerics import stands_out
from models.picture.plans import EPOCH, WEEK
from models.results import PacingDay, WeekSpend

MIN_WEEKS = 4
"""Fewer whole weeks give no range of a weekday."""
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def daily_money(transitions: Transitions) -> DailyMoney:
    """What was spent by day and channel, to hold budgets against; of a sample of entities, as all would."""
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
    micros = np.rint(spend * transitions.stands_for).astype(np.int64)
    return DailyMoney(transitions.actions[1:], first, micros, np.ones(micros.shape, np.bool_))


def logged_range(
    money: DailyMoney,
    period_days: int,
    excluded_days: Collection[int] = (),
    plans: DailyMoney | None = None,
) -> dict[str, tuple[float, float]]:
    """Channel -> least and largest budget of a whole period of the log, cut backwards from its last day;
    currency units. Like today's (`todays_budget`), a period's budget is what was typed in for every day of it
    (plans), and else what was spent. Periods with an excluded day (epoch days) do not count. Empty where no
    period is left."""
    spend = money.micros
    periods = len(spend) // period_days
    first = money.first_day + len(spend) - periods * period_days
    sound = _without(first, periods, period_days, excluded_days)
    if not sound.any():
        return {}
    spans = spend[len(spend) - periods * period_days :].reshape(periods, period_days, -1)
    budgets = spans.sum(axis=1)  # (periods, K)
    if plans is not None:
        for span, start in enumerate(range(first, first + periods * period_days, period_days)):
            planned, whole = plans.total(start, start + period_days)
            typed = dict(zip(plans.channels, np.where(whole, planned, -1).tolist(), strict=True))
            given = [typed.get(channel, -1) for channel in money.channels]
            budgets[span] = np.where(np.array(given) >= 0, given, budgets[span])
    sums = budgets[sound] * MICROS
    lows, highs = sums.min(axis=0).tolist(), sums.max(axis=0).tolist()
    return {a: (low, high) for a, low, high in zip(money.channels, lows, highs, strict=True)}


def weeks_of(money: DailyMoney, excluded_days: Collection[int] = ()) -> tuple[WeekSpend, ...]:
    """All channels' spend of each whole week, Monday to Sunday, oldest first, without the weeks that hold an
    excluded day (epoch days)."""
    mondays, weeks = _whole_weeks(money, excluded_days)
    return tuple(
        WeekSpend((EPOCH + timedelta(days=monday)).isoformat(), float(micros * MICROS), None)
        for monday, micros in zip(mondays.tolist(), weeks.sum(axis=1), strict=True)
    )


def _without(first: int, spans: int, days: int, excluded_days: Collection[int]) -> NDArray[np.bool_]:
    """(spans,) whether a span of `days` days holds no excluded day; the first begins on the day `first`."""
    spoilt = {(day - first) // days for day in excluded_days}
    return np.array([span not in spoilt for span in range(spans)], np.bool_)


def _whole_weeks(
    money: DailyMoney, excluded_days: Collection[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(W,) Mondays and (W, 7) micros of all channels by weekday, of weeks without an excluded day."""
    lead = -(money.first_day + 3) % WEEK  # days before that Monday; 1970-01-01 was a Thursday
    total = money.micros.sum(axis=1)[lead:]
    weeks = len(total) // WEEK
    monday = money.first_day + lead
    sound = _without(monday, weeks, WEEK, excluded_days)
    mondays = monday + WEEK * np.arange(weeks, dtype=np.int64)
    return mondays[sound], total[: weeks * WEEK].reshape(weeks, WEEK)[sound]


def pacing(
    money: DailyMoney, weekly_spend: float, level: float, excluded_days: Collection[int] = ()
) -> tuple[PacingDay, ...]:
    """Spend of each weekday when a week spends `weekly_spend` (currency units): the log's mean share of that
    weekday, with the range in which a single day fell (Student-t prediction interval over weeks). Empty with
    fewer than four whole weeks without an excluded day, or without spend. Wrong when the days to come differ
    (a holiday, a sale)."""
    _, weeks = _whole_weeks(money, excluded_days)
    table = weeks[weeks.sum(axis=1) > 0].astype(np.float64)
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
            stands_out=stands_out(share[:, i], 1 / WEEK, level=level, among=WEEK),
        )
        for i, name in enumerate(DAYS)
    )
