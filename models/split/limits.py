"""How far each budget may go: multiplier and currency bounds, the total, the step cap."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

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
    spent: Floats  # (K,) how much of today's budget is spent
    valued: Floats  # (K,) what the log's average delivery would spend on as many as come today: by it plans
    # are valued

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

    @cached_property
    def per_unit(self) -> Floats:
        """(K,) by how much one unit of budget changes the multiplier of the log's delivery; 0 where nothing
        can be scaled."""
        scale = self.current * self.valued
        found: Floats = np.divide(self.spent, scale, out=np.zeros(len(scale)), where=scale > 0)
        return found

    @property
    def judged_low(self) -> Floats:
        """(K,) the least budget the log can judge: it cannot show a cut by more than it delivered."""
        known = self.per_unit > 0
        reach = np.divide(1.0, self.per_unit, out=np.zeros(len(self.current)), where=known)
        return np.where(known, np.maximum(self.low, self.current - reach), self.low)

    def multipliers(self, plan: Floats) -> Floats:
        """(K,) of the log's delivery, for budgets (K,): the same change of money, made to what the log's
        average delivery would spend on as many as come today, on which every plan is valued. A unit more or
        less is thus taken to earn today what it earned then, and where a channel's share has not changed the
        multiplier is the budget's own; a channel that spends nothing today stays (1)."""
        return np.maximum(1.0 + self.per_unit * (plan - self.current), 0.0)


def budget_limits(
    current: Mapping[str, float],
    settings: SplitSettings,
    held: frozenset[str] = frozenset(),
    uncut: frozenset[str] = frozenset(),
    *,
    spent: Mapping[str, float] | None = None,
    valued: Mapping[str, float] | None = None,
) -> Limits:
    """Limits of a study. `current`: today's budget per period of each channel, in the order of the channels.
    `held` may not move, `uncut` not fall. `spent`: how much of today's budget is spent (left out: all);
    `valued`: what the delivery spends on which plans are valued (left out: the same).

    Assumes bounds without contradiction: `check_bounds` says which one to relax.
    """
    spend = np.array(list(current.values()), dtype=np.float64)
    used = spend if spent is None else np.array([spent[c] for c in current])
    base = used if valued is None else np.array([valued[c] for c in current])
    low, high = settings.min_multiplier * spend, settings.max_multiplier * spend
    for k, channel in enumerate(current):
        bounds = settings.channels.get(channel)
        if bounds is not None and bounds.min is not None:
            low[k] = max(low[k], bounds.min)
        if bounds is not None and bounds.max is not None:
            high[k] = min(high[k], bounds.max)
        if channel in uncut:
            low[k] = max(low[k], min(spend[k], high[k]))
    free = np.array([c not in held for c in current], dtype=bool) & (spend > 0) & (used > 0) & (base > 0)
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
        spent=used,
        valued=base,
    )


def moving_range(limits: Limits) -> tuple[Floats, Floats]:
    """(K,), (K,) bounds for the optimiser: a held channel's are both its anchor."""
    fixed = np.clip(limits.current, limits.low, limits.high)
    low = np.minimum(limits.judged_low, fixed)
    return np.where(limits.free, low, fixed), np.where(limits.free, limits.high, fixed)
