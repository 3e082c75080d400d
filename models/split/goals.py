"""What a split is for: the quantity it should raise, and the target it must keep to.

Both are linear in (margin, all spend, purchases), so one program serves every goal:

| goal | raises | subject to |
|---|---|---|
| profit | margin - spend | |
| marginal, target T | margin - T spend: the last unit of spend earns T | |
| target_roas, T | margin | margin - T spend >= 0 |
| target_cpa, T | T purchases, a currency amount | T purchases - spend >= 0 |

Targets count all margin and all purchases, as a platform's report does, not only those ads caused.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.results import Target
from models.settings import SplitSettings
from models.split.delivery import standard_error, total

Floats = NDArray[np.float64]
Weights = tuple[float, float, float]
"""Of margin, all spend, purchases."""


@dataclass(frozen=True)
class Goal:
    """A quantity to raise and a target to keep, as weights of margin, spend and purchases."""

    outcome: str
    """Name of what is raised, in currency units, as it stands after `EUR more ...`."""
    weights: Weights
    floor: Weights | None = None
    """The weighted total that must be 0 or more, or None."""
    target: Target | None = None
    """What the floor keeps to."""
    surplus_outcome: str = ""
    """Name of the weighted total that must be 0 or more, where there is one."""

    def value(self, quantities: Floats) -> Floats:
        """(C,) of what is raised, from (C, 3) quantities."""
        return weighted(quantities, self.weights)

    def surplus(self, quantities: Floats) -> Floats:
        """(C,) of what must stay at 0 or above; 0 without a target."""
        return np.zeros(len(quantities)) if self.floor is None else weighted(quantities, self.floor)


def weighted(quantities: Floats, weights: Weights) -> Floats:
    """(C,) weighted sum of (C, 3) quantities, one term after the other: the same bits everywhere."""
    return quantities[:, 0] * weights[0] + quantities[:, 1] * weights[1] + quantities[:, 2] * weights[2]


def goal_of(split: SplitSettings, currency: str = "EUR") -> Goal:
    """The goal of a study. Assumes that a target is there where one is needed: `check_bounds` asks."""
    target = 1.0 if split.target is None else split.target
    if split.goal == "target_roas":
        beyond = f"margin beyond {target:g} per {currency} spent"
        kept = Target("margin", target)
        return Goal("margin", (1.0, 0.0, 0.0), (1.0, -target, 0.0), kept, beyond)
    if split.goal == "target_cpa":
        worth = f"worth of purchases at {target:g} {currency} each"
        kept = Target("spend", target)
        return Goal(worth, (0.0, 0.0, target), (0.0, -1.0, target), kept, f"{worth}, less spend")
    if split.goal == "marginal" and target != 1.0:
        return Goal(f"margin beyond {target:g} per {currency} spent", (1.0, -target, 0.0))
    return Goal("profit", (1.0, -1.0, 0.0))


def surplus_bound(goal: Goal, quantities: Floats, z: float) -> float:
    """Lower bound of the total that must be 0 or more; infinite without a target."""
    if goal.floor is None:
        return float("inf")
    surplus = goal.surplus(quantities)
    return total(surplus) - z * standard_error(surplus)


def reached(goal: Goal, quantities: Floats) -> float:
    """The ratio the target is about, as estimated: margin per spend, or spend per purchase."""
    margin, spend, purchases = (float(x) for x in quantities.sum(axis=0))
    top, bottom = (margin, spend) if goal.weights[0] else (spend, purchases)
    return top / bottom if bottom > 0 else float("nan")
