"""Today's budgets cut to the study's total: in proportion, as far as every bound allows.

    b_k = min(max(t c_k, l_k), h_k),   t <= 1 the largest at which they add up to no more than the total

c: today's budgets, l and h: what the study allows. It takes no side, and no log judges it: wrong where one
channel's last unit is worth more than another's. It changes no more money than the bounds and the total force
(`Limits.anchor`), so that the step cap holds wherever any plan keeps it.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.results import SplitDecision
from models.split.limits import Limits
from models.split.rounding import on_steps

Floats = NDArray[np.float64]


def cut_in_proportion(limits: Limits) -> Floats:
    """(K,) budgets on the platforms' steps; those at their least, and all where steps break the total, are
    exact. Assumes bounds that the total allows (`check_bounds`)."""
    plan = np.clip(_share(limits) * limits.current, limits.low, limits.high)
    rounded = on_steps(plan, limits, np.where(plan <= limits.low, plan, np.nan))
    return rounded if rounded.sum() <= limits.budget * (1 + 1e-9) else plan


def with_cut(decision: SplitDecision, limits: Limits) -> SplitDecision:
    """The decision with budgets that keep the study's total, where today's are above it and a bound forbids
    to cut all of them alike."""
    if decision.over_budget is None:
        return decision
    alike = limits.budget / limits.current.sum() * limits.current
    slack = 1e-9 * limits.budget
    if np.all((alike >= limits.low - slack) & (alike <= limits.high + slack)):
        return decision
    return replace(decision, cut_budgets=tuple(cut_in_proportion(limits).tolist()))


def _share(limits: Limits) -> float:
    """t: the budgets' sum rises with it, in straight lines between the shares at which a bound is met."""
    known = limits.current > 0
    met = np.concatenate([bound[known] / limits.current[known] for bound in (limits.low, limits.high)])
    shares = np.unique(np.append(met, (0.0, 1.0)))
    sums = np.clip(shares[:, None] * limits.current, limits.low, limits.high).sum(axis=1)
    return min(float(np.interp(limits.budget, sums, shares)), 1.0)
