"""Which rows speak of the coming period: its forerunners, and the states it starts from.

The coming period is taken to begin with the newest decisions that are logged, whose states and eligible
actions are known. Its forerunners are the periods before them, back to back, so that all begin on one
weekday. The coming one is thus taken a day too early, which the rolling origins of `todays_spend` count as an
error.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import MICROS, FeatureRows, Transitions, Windows, day_grid

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calendar:
    """The periods before the newest decisions. Days are days since 1970-01-01."""

    windows: Windows  # W of them, ascending, without an excluded day
    newest: int
    """First day of the newest decisions."""
    epoch_days: int

    @property
    def period_days(self) -> int:
        return int(self.windows.end[0] - self.windows.start[0])

    def last(self, count: int) -> Windows:
        """The newest few."""
        return Windows(self.windows.start[-count:], self.windows.end[-count:], single_step=False)


def calendar_of(
    transitions: Transitions, period_days: int, excluded_days: Collection[int], *, single_step: bool
) -> Calendar | None:
    """None where nothing follows: single steps, a log shorter than a period and an epoch, or a period that is
    no multiple of the epoch."""
    if single_step or not transitions.n_rows:
        return None
    days, epoch = day_grid(transitions.day)
    first, newest = int(days[0]), int(days[-1])
    ends = [
        end
        for end in range(newest, first + period_days - 1, -period_days)
        if not any(end - period_days <= day < end for day in excluded_days)
    ]
    if period_days % epoch or not ends:
        return None
    last = np.array(ends[::-1], np.int64)
    return Calendar(Windows(last - period_days, last, single_step=False), newest, epoch)


@dataclass(frozen=True)
class Starts:
    """The first decisions of m entities in one stretch of days."""

    rows: NDArray[np.int64]  # (m,) of the table
    spend: Floats  # (m, K) of the whole stretch, currency units
    whole: NDArray[np.bool_]  # (m,) there from its first day on

    def design(self, transitions: Transitions) -> NDArray[np.float32]:
        """(w, 1 + d) states of those who are there from the first day on, standardised; a constant first."""
        features = FeatureRows(transitions.features, self.rows[self.whole], transitions.feature_moments)[:]
        return np.column_stack([np.ones(len(features), np.float32), features])


def starts_in(transitions: Transitions, spend: NDArray[np.int64], start: int, end: int) -> Starts:
    """On the days start..end - 1; spend (n, K) micros by row of the table."""
    rows = np.flatnonzero((transitions.day >= start) & (transitions.day < end))
    entity = transitions.entity[rows]
    first = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]]) if len(rows) else rows
    totals = np.add.reduceat(spend[rows], first, axis=0) if len(rows) else spend[:0]
    return Starts(rows[first], totals.astype(np.float64) * MICROS, transitions.day[rows[first]] == start)
