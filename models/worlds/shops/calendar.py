"""The shop's calendar: demand by season and week, and budgets that follow it, so that the calendar confounds.

In weeks in which more is shown more is bought anyway. All customers of a day share it.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.worlds.shops.settings import ShopSettings

Floats = NDArray[np.float64]
WEEK_DAYS = 7


@dataclass(frozen=True)
class CalendarDay:
    """What everybody shares on one day."""

    demand: float
    """Multiple of the mean purchase rate, and of all base budgets."""
    shock: Floats  # (K,) multiple of each channel's budget, its own
    order: NDArray[np.int64]  # (K,) in which the channels reach people today


@dataclass(frozen=True)
class Calendar:
    """Days counted from the log's first. `seed` drives what is drawn from here on."""

    settings: ShopSettings
    seed: int
    drift: float = 0.0
    """Log demand of the current week."""

    def on(self, day: int) -> tuple["Calendar", CalendarDay]:
        """One day, 0 or later, and the calendar after it; days come in order."""
        s, rng = self.settings, self._random(day)
        z = rng.standard_normal(1 + len(s.channels))
        order = rng.permutation(len(s.channels))
        drift = self.drift
        if day % WEEK_DAYS == 0:
            moves = np.sqrt(1 - s.drift_persistence**2) if day else 1.0  # stationary from the first week on
            drift = s.drift_persistence * drift + moves * s.drift * float(z[0])
        wave = np.sin(2 * np.pi * (day - s.season_phase) / s.season_days)
        demand = float((1 + s.season * wave) * np.exp(drift))
        shock = np.exp(s.budget_shock * z[1:] - s.budget_shock**2 / 2)
        return replace(self, drift=drift), CalendarDay(demand, shock, order)

    def _random(self, day: int) -> np.random.Generator:
        return np.random.Generator(np.random.Philox(key=[self.seed, day * 8 + 1]))
