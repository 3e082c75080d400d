"""What platforms remember of the last seven days: visits and exposures, all of it in the log."""

import copy

import numpy as np
from numpy.typing import NDArray

MEMORY_DAYS = 7


class WeekMemory:
    """Counts of n customers: visits, and exposures by channel (K), of each of the last seven days."""

    def __init__(self, n: int, k: int) -> None:
        self._days = np.zeros((MEMORY_DAYS, n, 1 + k), np.uint8)
        self._week = np.zeros((n, 1 + k), np.int16)
        self._day = 0

    @property
    def visits(self) -> NDArray[np.int16]:
        """(n,) of the last seven days, today not included."""
        return self._week[:, 0]

    @property
    def shown(self) -> NDArray[np.int16]:
        """(n, K) likewise."""
        return self._week[:, 1:]

    def copy(self) -> "WeekMemory":
        other = copy.copy(self)
        other._days, other._week = self._days.copy(), self._week.copy()
        return other

    def advance(self, visited: NDArray[np.bool_], shown: NDArray[np.bool_]) -> None:
        """Remember one day: visits (n,), exposures (n, K)."""
        slot = self._days[self._day % MEMORY_DAYS]
        self._week -= slot
        slot[:, 0], slot[:, 1:] = visited, shown
        self._week += slot
        self._day += 1
