"""What happened within so many days of a state? Windows cut from rows of a transition table (landmarking, van
Houwelingen 2007): every so many days everybody present is asked, and what follows is the answer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Windows:
    """m states whose windows have ended."""

    rows: Ints  # (m,) of the log
    entity: Ints  # (m,)
    active: Bools  # (m,) whether anything happened within the window


@dataclass(frozen=True)
class ActivityLog:
    """n rows, as `transitions/` has them: sorted by entity and day."""

    entity: Ints  # (n,) key
    day: NDArray[np.integer]  # (n,) days since whenever, ascending within an entity
    features: NDArray[np.floating]  # (n, d) known strictly before the row
    happened: NDArray[np.number]  # (n,) purchases, visits, ... from the row's day until the next row; 0: none
    mature: Bools | None = None
    """(n,) whether all of that is known yet; None: all is."""

    def __post_init__(self) -> None:
        n = len(self.entity)
        others = (self.day, self.features, self.happened)
        if any(len(one) != n for one in others) or (self.mature is not None and len(self.mature) != n):
            raise ValueError("entity, day, features, happened and mature need one entry per row each")
        same = self.entity[1:] == self.entity[:-1]
        if (np.diff(self.day)[same] < 0).any() or len(np.unique(self.entity)) != n - same.sum():
            raise ValueError("rows must be sorted by entity and, within an entity, by day")

    def windows(self, days: int) -> Windows:
        """The windows of so many days, one after the other, the last one ending with what is known.

        An entity that left has no rows and did nothing from then on. Windows that touch a row which is not
        mature are left out.
        """
        mature = np.ones(len(self.entity), bool) if self.mature is None else self.mature
        if not mature.any():
            return Windows(np.zeros(0, np.int64), self.entity[:0], np.zeros(0, bool))
        seen = np.unique(self.day)
        epoch = int(np.diff(seen).min()) if len(seen) > 1 else 1
        newest = seen[seen + days <= int(self.day[mature].max()) + epoch]
        if not len(newest):
            return Windows(np.zeros(0, np.int64), self.entity[:0], np.zeros(0, bool))
        first = np.r_[True, (np.diff(self.entity) != 0) | (np.diff(self.day) != 0)]  # of its day
        rows = np.flatnonzero(first & (self.day <= newest[-1]) & ((newest[-1] - self.day) % days == 0))
        cluster = np.cumsum(np.r_[True, np.diff(self.entity) != 0]) - 1
        since = self.day.astype(np.int64) - int(seen[0])
        place = cluster * (int(since.max()) + days + 1) + since  # ascending; entities are days apart
        end = np.searchsorted(place, place[rows] + days)
        so_far = np.r_[0, np.cumsum(np.asarray(self.happened) > 0)]
        unknown = np.r_[0, np.cumsum(~mature)]
        known = unknown[end] == unknown[rows]
        rows, end = rows[known], end[known]
        return Windows(rows, self.entity[rows], so_far[end] > so_far[rows])
