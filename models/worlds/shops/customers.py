"""The shop's customers: hidden intent, a slow mood, and what ads do to them late, early, and too often."""

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.worlds.shops.memory import WeekMemory
from models.worlds.shops.settings import ShopSettings

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
BEFORE_DAYS = 120
"""How long before the log the earliest known customers entered."""
LAST_ENTRY_DAYS = 3
"""The last ones enter so long before its end."""
MAX_RATE = 0.5
MAX_PUSH = 1.2
"""Of the log purchase rate."""
HARM = -0.5
"""What an exposure of an exhausted customer is worth, as a share of a rested one's."""


@dataclass(frozen=True)
class Answer:
    """What n customers did on one day."""

    visited: Bools  # (n,)
    rate: Floats  # (n,) purchases to be expected once intent is known,
    mean_rate: Floats  # (n,) and before it is drawn


class Customers:
    """n customers. State is replaced every day, never changed in place, but for the memory."""

    def __init__(
        self, settings: ShopSettings, n: int, rng: np.random.Generator, first_day: int, days: int
    ) -> None:
        s, k = settings, len(settings.channels)
        self.settings = settings
        u, z = rng.random((n, 4)), rng.standard_normal(n)
        shares = np.cumsum([x.share for x in s.segments])
        self.segment = np.searchsorted(shares, u[:, 0] * shares[-1], side="right")
        span = max(days - LAST_ENTRY_DAYS, 1)
        late = first_day + (u[:, 2] * span).astype(np.int64)
        self.entry = np.where(u[:, 1] < s.late_share, late, first_day - (u[:, 2] * BEFORE_DAYS).astype(int))
        self.hot = u[:, 3] < s.gain_intent / (s.gain_intent + s.lose_intent)
        self.mood = z  # (n,) in standard deviations
        self.stock = np.zeros((n, k))  # exposures whose effect is still at work
        self.tired = np.zeros(n)
        self.memory = WeekMemory(n, k)
        of = [s.segments[i] for i in range(len(s.segments))]
        self._rate_cold = np.array([x.purchase_cold for x in of])[self.segment]  # (n,), as the next
        self._rate_hot = np.array([x.purchase_hot for x in of])[self.segment]
        self.amount_mean = np.array([x.amount_mean for x in of])[self.segment]
        self.margin_rate = np.array([x.margin_rate for x in of])[self.segment]
        self.order_margin = self.amount_mean * self.margin_rate
        scale = s.ad_effects
        self._hazard = scale * np.array([c.hazard for c in s.channels]).T[self.segment]  # (n, K)
        self._intent = scale * np.array([c.intent for c in s.channels]).T[self.segment]
        self._carry_over = np.array([c.carry_over for c in s.channels])

    def copy(self) -> "Customers":
        other = copy.copy(self)
        other.memory = self.memory.copy()
        return other

    def pass_day(
        self,
        shown: Bools,
        here: Bools,
        enters: Bools,
        demand: float,
        u_intent: Floats,
        u_visit: Floats,
        z_mood: Floats,
    ) -> Answer:
        """Exposures (n, K) act, intent and mood move on, visits happen; all else (n,)."""
        s = self.settings
        worth = np.clip(1 - s.fatigue * self.tired, HARM, 1.0)
        if s.mood_response:
            worth = worth * np.clip(1 + s.mood_response * self.mood, 0.0, 2.0)
        fresh = shown * worth[:, None]
        acting = self.stock + fresh if s.same_day else self.stock
        self.stock = self._carry_over * acting if s.same_day else self._carry_over * self.stock + fresh
        push = np.clip((acting * self._hazard).sum(1), -MAX_PUSH, MAX_PUSH)
        gain = np.clip(s.gain_intent + (acting * self._intent).sum(1), 0.0, 1.0)
        self.tired = s.recovery * self.tired + shown.sum(1)
        chance = np.where(self.hot, 1 - s.lose_intent, gain)  # of intent today
        self.hot = np.where(self.hot, u_intent > s.lose_intent, u_intent > 1 - gain)
        visited = here & ((u_visit < np.where(self.hot, s.visit_hot, s.visit_cold)) | enters)
        urge = here * demand * np.exp(push + s.mood * self.mood - s.mood**2 / 2)
        cold, hot = np.minimum(self._rate_cold * urge, MAX_RATE), np.minimum(self._rate_hot * urge, MAX_RATE)
        self.mood = s.mood_persistence * self.mood + np.sqrt(1 - s.mood_persistence**2) * z_mood
        self.memory.advance(visited, shown)
        return Answer(visited, np.where(self.hot, hot, cold), chance * hot + (1 - chance) * cold)
