"""Exchange search: move money from one channel to another while that pays, in steps that halve."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Value = Callable[[Floats], tuple[float, float]]
"""multipliers (K,) -> (change in margin, change in spend) against today's split, same money unit."""

STEPS = (0.08, 0.04, 0.02, 0.01)
"""Money moved by one exchange, as a share of the budget."""
NARROW = 0.15
"""Step of a multiplier for the slopes at a candidate."""
TRIES = 4
"""Exchanges that are tried per round: the steepest."""
OVERSPEND_PRICE = 6.0
"""What a unit of spend above today's costs the search: more than any channel returns."""


@dataclass(frozen=True)
class _Bounds:
    weights: Floats  # (K,) today's spend, shares of the budget
    low: float
    high: float
    move: float

    def allow(self, plan: Floats) -> bool:
        moved = float((self.weights * np.abs(plan - 1)).sum())
        inside = bool(np.all(plan >= self.low - 1e-9) and np.all(plan <= self.high + 1e-9))
        return inside and moved <= self.move + 1e-9


def best_exchange(
    value: Value, slopes: Floats, *, weights: Floats, low: float, high: float, move: float
) -> Floats:
    """Multipliers (K,) with the largest profit at no more than today's spend, as far as the search finds.

    slopes (2, K): of margin and spend per unit of each multiplier, at today's split; weights (K,): shares
    of today's spend; bounds of every multiplier; move: largest sum of absolute budget changes as a share of
    the budget. Today's split is always allowed, so that the answer is never worse than it for `value`.
    """
    bounds = _Bounds(weights, low, high, move)

    def objective(plan: Floats) -> float:
        margin, spend = value(plan)
        return margin - spend - OVERSPEND_PRICE * max(spend, 0.0)

    unit = float(slopes[1].sum())  # the budget, in the unit of `value`
    far = _steepest(slopes, bounds, unit)
    starts = [1 + share * (far - 1) for share in (0.0, 0.4, 0.7, 1.0)]
    best = max(starts, key=objective)
    for step in STEPS:
        for _ in range(2 * len(best)):
            here = _slopes_at(value, best, bounds)
            saved = max(-value(best)[1], 0.0)
            pairs = _exchanges(here, best, step * unit, saved, bounds)[:TRIES]
            better = [plan for plan in pairs if objective(plan) > objective(best)]
            if not better:
                break
            best = max(better, key=objective)
    return _within_spend(value, best, slopes, unit)


def _steepest(slopes: Floats, bounds: _Bounds, unit: float) -> Floats:
    """The linear programme's answer: from the channel that returns least to the one that returns most."""
    plan = np.ones(slopes.shape[1])
    for _ in range(200):
        pairs = _exchanges(slopes, plan, 0.005 * unit, 0.0, bounds)
        if not pairs:
            break
        plan = pairs[0]
    return plan


def _exchanges(slopes: Floats, plan: Floats, money: float, saved: float, bounds: _Bounds) -> list[Floats]:
    """Allowed plans one exchange away that gain by these slopes, the steepest first.

    Besides every ordered pair of channels: spending less on one, and spending what was saved before. An
    exchange is as large as both sides can take; one too small to matter is none.
    """
    k = len(plan)
    returns = np.append(slopes[0] / slopes[1], 1.0)  # money that is not spent is worth itself
    can_give = np.append((plan - bounds.low) * slopes[1], saved)
    can_take = np.append((bounds.high - plan) * slopes[1], np.inf)
    found = []
    for giver in range(k + 1):
        for taker in range(k + 1):
            gain = float(returns[taker] - returns[giver])
            amount = min(money, can_give[giver], can_take[taker])
            if giver == taker or gain <= 0 or amount < 0.1 * money:
                continue
            moved = plan.copy()
            if giver < k:
                moved[giver] -= amount / slopes[1, giver]
            if taker < k:
                moved[taker] += amount / slopes[1, taker]
            if bounds.allow(moved):
                found.append((-gain * amount, giver, taker, moved))
    return [plan for *_, plan in sorted(found, key=lambda pair: pair[:3])]


def _slopes_at(value: Value, plan: Floats, bounds: _Bounds) -> Floats:
    """(2, K) slopes of margin and spend at a plan, by one difference each, towards today's split."""
    here = np.array(value(plan))
    slopes = np.zeros((2, len(plan)))
    for k in range(len(plan)):
        step = NARROW if plan[k] <= (bounds.low + bounds.high) / 2 else -NARROW
        there = plan.copy()
        there[k] += step
        slopes[:, k] = (np.array(value(there)) - here) / step
    slopes[1] = np.maximum(slopes[1], 1e-9 * np.abs(slopes[1]).max())  # an exhausted channel spends no more
    return slopes


def _within_spend(value: Value, plan: Floats, slopes: Floats, unit: float) -> Floats:
    """The plan, pulled towards today's split in what it raises until it spends no more than today."""
    for _ in range(8):
        excess = value(plan)[1]
        raised = np.maximum(plan - 1, 0.0)
        cost = float((raised * slopes[1]).sum())
        if excess <= 1e-4 * unit or cost <= 0:
            break
        plan = plan - raised * min(1.0, 1.05 * excess / cost)
    return plan
