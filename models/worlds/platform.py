"""The ad platform of a journey world: whom it can reach today, and whom it chooses to show what."""

import copy

import numpy as np
from numpy.typing import NDArray

from models.worlds.config import JourneyConfig

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MEMORY_DAYS = 7


class Platform:
    """Delivers to n customers over K channels on what it remembers of the last seven days.

    Its inputs are features of the state (`visits_7d`, `shown_<channel>_7d`), so that its choice can be learnt
    from logs; with `hidden_targeting` it also senses intent, which no log holds.
    """

    def __init__(self, config: JourneyConfig, n: int) -> None:
        channels = config.channels
        self._needs_visit = [c.needs_visit for c in channels]
        self._cold, self._hot = [c.chance_cold for c in channels], [c.chance_hot for c in channels]
        self._base = np.array([c.delivery for c in channels])  # (K,), as the next two
        self._per_visit = np.array([c.delivery_visits for c in channels])
        self._per_shown = np.array([c.delivery_shown for c in channels])
        self._sensing = config.hidden_targeting
        # visits, then exposures per channel: counts of each day in memory, and of all of them
        self._days = np.zeros((MEMORY_DAYS, n, 1 + len(channels)), np.float32)
        self._week = np.zeros((n, 1 + len(channels)), np.float32)
        self._day = 0

    def copy(self) -> "Platform":
        """The same platform, with a future of its own."""
        other = copy.copy(self)
        other._days, other._week = self._days.copy(), self._week.copy()
        return other

    def eligible(self, u: Floats, hot: Bools, here: Bools) -> Bools:
        """Whom each channel could reach today, (n, 1 + K), from draws u (n, K); none is always possible."""
        eligible = np.zeros((len(u), 1 + u.shape[1]), bool)
        eligible[:, 0] = True
        visited = self._week[:, 0] > 0
        for i, needs_visit in enumerate(self._needs_visit):
            chance = np.where(hot, self._hot[i], self._cold[i])
            eligible[:, i + 1] = here & (u[:, i] < chance) & (visited | (not needs_visit))
        return eligible

    def delivery(self, eligible: Bools, hot: Bools, shock: Floats) -> Floats:
        """Today's probabilities (n, 1 + K): a masked softmax. shock (K,): of the day, in log-odds."""
        logits = np.zeros(eligible.shape)
        logits[:, 1:] = (
            self._base
            + self._per_visit * self._week[:, [0]]
            + self._per_shown * self._week[:, 1:]
            + self._sensing * hot[:, None]
        )
        logits[:, 1:] += shock
        weights = np.where(eligible, np.exp(logits), 0)
        return weights / weights.sum(1, keepdims=True)

    def advance(self, action: NDArray[np.int64], visited: Bools) -> None:
        """Remember one day: what was shown, (n,) with 0 for nothing, and who visited."""
        slot = self._days[self._day % MEMORY_DAYS]
        self._week -= slot  # counts are small integers: exact in float32
        slot[:] = 0
        slot[:, 0] = visited
        shown = np.flatnonzero(action)
        slot[shown, action[shown]] = 1
        self._week += slot
        self._day += 1
