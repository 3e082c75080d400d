"""Budgets as they are typed: multiples of the platform's step that keep every limit."""

import numpy as np
from numpy.typing import NDArray

from models.split.limits import Limits

Floats = NDArray[np.float64]


def round_plan(plan: Floats, limits: Limits) -> Floats:
    """(K,) nearest budgets on the platforms' steps, within bounds, step cap and total.

    A budget that would change by less than half a step keeps today's figure. Where rounding breaks
    a limit the plan is drawn towards today's, 2.5 % at a time; today's own plan needs no rounding.
    """
    anchor = limits.anchor()
    for share in np.linspace(1.0, 0.0, 41)[:-1]:
        rounded = _rounded(anchor + share * (plan - anchor), limits)
        if limits.allows(rounded):
            return rounded
    return anchor


def _rounded(plan: Floats, limits: Limits) -> Floats:
    """On the steps; what is held or hardly changes has today's figure, where that is allowed."""
    kept = ~limits.free | (np.abs(plan - limits.current) < limits.step / 2)
    allowed = (limits.low <= limits.current) & (limits.current <= limits.high)
    return on_steps(plan, limits, np.where(kept, np.where(allowed, limits.current, plan), np.nan))


def on_steps(plan: Floats, limits: Limits, stays: Floats) -> Floats:
    """(K,) down to the step, then up again where most was lost, while the plan's own total lasts. stays (K,):
    figures that are not rounded; nan where the plan's is."""
    rounds = np.isnan(stays)
    down = np.where(rounds, plan, stays)
    up = down.copy()
    for k in range(len(plan)):
        if rounds[k]:
            step = limits.step[k]
            floor, ceiling = step * np.floor(plan[k] / step + 1e-9), step * np.ceil(plan[k] / step - 1e-9)
            inside = [v for v in (floor, ceiling) if limits.low[k] <= v <= limits.high[k]]
            if inside:  # else no multiple of the step is allowed here, and the exact figure stays
                down[k], up[k] = inside[0], inside[-1]
    rounded = down
    for k in np.argsort(-(plan - down), kind="stable"):
        if up[k] > down[k] and rounded.sum() + up[k] - down[k] <= plan.sum() + 1e-9 * limits.budget:
            rounded = np.where(np.arange(len(plan)) == k, up, rounded)
    return rounded
