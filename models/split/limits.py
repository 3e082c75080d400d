"""How far each budget may go: multiplier and currency bounds, the total, the step cap."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.settings import SplitSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Limits:
    """Budgets per period in currency units, one entry per channel (K,)."""

    channels: tuple[str, ...]
    current: Floats  # (K,) today's spend
    low: Floats  # (K,) least budget allowed
    high: Floats  # (K,) largest budget allowed
    free: NDArray[np.bool_]  # (K,) False: held at today's budget, or at its nearest bound
    budget: float
    move_cap: float
    """Largest sum of absolute changes."""
    step: Floats  # (K,) the platforms' budget steps

    def anchor(self) -> Floats:
        """(K,) the allowed plan nearest to today's split in total change.

        Today's split itself where it is allowed; else clipped to the bounds, and what is above the
        budget is cut from the free channels in proportion to how far each may fall.
        """
        plan = np.clip(self.current, self.low, self.high)
        excess = plan.sum() - self.budget
        slack = np.where(self.free, plan - self.low, 0.0)
        if excess > 1e-9 * self.budget and slack.sum() > 0:
            plan = plan - slack * min(1.0, excess / slack.sum())
        return plan

    def allows(self, plan: Floats) -> bool:
        """Does the plan (K,) keep to bounds, budget and step cap (to a billionth of the budget)?"""
        tolerance = 1e-9 * self.budget
        return bool(
            np.all(plan >= self.low - tolerance)
            and np.all(plan <= self.high + tolerance)
            and plan.sum() <= self.budget + tolerance
            and np.abs(plan - self.current).sum() <= self.move_cap + tolerance
        )

    def multipliers(self, plan: Floats) -> Floats:
        """(K,) budgets as multiples of today's; 1 where nothing is spent today."""
        spent = self.current > 0
        return np.where(spent, plan / np.where(spent, self.current, 1.0), 1.0)


def budget_limits(
    current: Mapping[str, float],
    settings: SplitSettings,
    held: frozenset[str] = frozenset(),
    uncut: frozenset[str] = frozenset(),
) -> Limits:
    """Limits of a study. `current`: today's spend per period of each channel, in the order of the channels.
    `held` may not move, `uncut` not fall.

    Assumes bounds without contradiction: `check_bounds` says which one to relax.
    """
    spend = np.array(list(current.values()), dtype=np.float64)
    low, high = settings.min_multiplier * spend, settings.max_multiplier * spend
    for k, channel in enumerate(current):
        bounds = settings.channels.get(channel)
        if bounds is not None and bounds.min is not None:
            low[k] = max(low[k], bounds.min)
        if bounds is not None and bounds.max is not None:
            high[k] = min(high[k], bounds.max)
        if channel in uncut:
            low[k] = max(low[k], min(spend[k], high[k]))
    free = np.array([c not in held for c in current], dtype=bool) & (spend > 0)
    budget, moving = settings.total, settings.total
    if budget is None:
        today = float(spend.sum())
        # an upper limit only, unless the goal is the most profit from today's money
        budget, moving = (today if settings.goal == "profit" else max(float(high.sum()), today)), today
    steps = [
        own.rounding if (own := settings.channels.get(c)) and own.rounding else settings.rounding
        for c in current
    ]
    return Limits(
        channels=tuple(current),
        current=spend,
        low=low,
        high=high,
        free=free,
        budget=budget,
        move_cap=settings.max_move_share * (moving or budget),
        step=np.array(steps, dtype=np.float64),
    )


def moving_range(limits: Limits) -> tuple[Floats, Floats]:
    """(K,), (K,) bounds for the optimiser: a held channel's are both its anchor."""
    fixed = np.clip(limits.current, limits.low, limits.high)
    return np.where(limits.free, limits.low, fixed), np.where(limits.free, limits.high, fixed)
