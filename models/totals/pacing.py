"""What a channel spends on each day of the week, at its recent level."""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from models.numerics import stands_out
from models.results import PacingDay, WeekSpend

WEEKS = 12
FEWEST_WEEKS = 3
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday_spend(day: NDArray[np.int64], spend: NDArray[np.float64], level: float) -> tuple[PacingDay, ...]:
    """Expected spend of one coming day per weekday, from the last 12 weeks of spend (n,); () below 3 weeks.

    mean +- t_(w-1) sd sqrt(1 + 1/w) over the w past days of that weekday, not below 0: the range of a single
    day, not of the mean. Assumes the coming weeks are like these; wrong when the budget has just changed.
    """
    recent = day > day[-1] - 7 * WEEKS
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    usual, found = float(spend[recent].mean()), []
    for d, label in enumerate(WEEKDAYS):
        past = spend[recent & (weekday == d)]
        if len(past) < FEWEST_WEEKS:
            return ()
        middle = float(past.mean())
        half = float(t.ppf((1 + level) / 2, len(past) - 1) * past.std(ddof=1) * np.sqrt(1 + 1 / len(past)))
        apart = stands_out(past, usual, level=level, among=len(WEEKDAYS))
        found.append(PacingDay(label, middle, max(0.0, middle - half), middle + half, level, apart))
    return tuple(found)


def week_spends(day: NDArray[np.int64], spend: NDArray[np.float64]) -> tuple[WeekSpend, ...]:
    """Spend (n,) of each whole week, Monday to Sunday, oldest first; days without a hole."""
    first = int((-(day[0] + 3)) % 7)  # days until the first Monday
    return tuple(
        WeekSpend(
            (date(1970, 1, 1) + timedelta(int(day[i]))).isoformat(), float(spend[i : i + 7].sum()), None
        )
        for i in range(first, len(day) - 6, 7)
    )
