"""Smaller steps in the direction of a plan that the log does not support.

Two of them: the whole step, shrunk towards today; and the cuts alone, since raising is supported and cutting
is not (`rare_none`), the cut that falls most on users who hardly ever see nothing first. Which keeps more is
for whoever values them to say. Both ask `passes` of plans as they are typed in, and of weights alone.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from models.split.limits import Limits
from models.split.rounding import round_plan

Floats = NDArray[np.float64]
Passes = Callable[[Floats], bool]

MIN_STEP = 0.2
"""A step that would have to shrink below this share of the wanted one is not taken: where so little passes,
the log says too little for any move in that direction."""
COARSE = (0.8, 0.6, 0.4, 0.2)
"""Shares of a step tried in turn, from the largest, since a tail's shape need not fall with the step;"""
HALVINGS = 3
"""of the interval between the first that passes and the one before."""


def kept_share(plan: Floats, wanted: Floats, limits: Limits) -> float:
    """Share of the wanted step's changes (K,) that a plan (K,) still makes."""
    anchor = limits.anchor()
    whole = float(np.abs(wanted - anchor).sum())
    return float(np.abs(plan - anchor).sum()) / whole if whole > 0 else 1.0


def whole_step(wanted: Floats, limits: Limits, passes: Passes) -> Floats | None:
    """(K,) the largest step towards `wanted` (K,) that passes, or None where none of MIN_STEP does."""
    anchor = limits.anchor()

    def plan_at(share: float) -> Floats:
        return round_plan(anchor + share * (wanted - anchor), limits)

    plan = _largest(plan_at, COARSE, passes)
    return plan if plan is not None and kept_share(plan, wanted, limits) > 0 else None


def fewer_cuts(wanted: Floats, limits: Limits, rarity: Floats, passes: Passes) -> Floats | None:
    """(K,) `wanted` (K,) with smaller cuts, and raises shrunk by what the budget then lacks.

    rarity (K,): how much of a cut falls on rare `none`. In the order of what each cut adds to the weights'
    variance, rarity x (1 - m)^2, cuts are given up until the plan passes, and the last of them is kept as far
    as it passes. None: there is no cut, the step left over is below MIN_STEP,
    or it is that of `whole_step`.
    """
    anchor = limits.anchor()
    cuts = np.maximum(anchor - wanted, 0.0)
    if (cuts > 0).sum() == 1 and wanted.sum() >= limits.budget - limits.step.max():
        return None  # the whole step, shrunk, is the same
    lost = rarity * (limits.multipliers(wanted) - limits.multipliers(anchor)) ** 2
    shares = np.ones(len(wanted))  # of each cut that is kept
    for k in np.argsort(-np.where(cuts > 0, lost, -1.0), kind="stable")[: int((cuts > 0).sum())]:

        def plan_at(share: float, k: int = int(k)) -> Floats:
            kept = np.where(np.arange(len(wanted)) == k, share, shares)
            return round_plan(_with_cuts(wanted, anchor, kept * cuts, limits), limits)

        if passes(plan_at(0.0)):
            plan = _largest(plan_at, (*COARSE, 0.0), passes)
            return plan if plan is not None and kept_share(plan, wanted, limits) >= MIN_STEP else None
        shares[k] = 0.0
    return None


def _with_cuts(wanted: Floats, anchor: Floats, cuts: Floats, limits: Limits) -> Floats:
    """(K,) the plan with these cuts (K,); what is no longer freed is missing from the raises."""
    raises = np.maximum(wanted - anchor, 0.0)
    fits = max(float(wanted.sum()), limits.budget) - float(anchor.sum() - cuts.sum())
    most = float(raises.sum())
    return anchor - cuts + raises * (min(1.0, max(fits, 0.0) / most) if most > 0 else 1.0)


def _largest(plan_at: Callable[[float], Floats], shares: Sequence[float], passes: Passes) -> Floats | None:
    """The plan of the first share that passes, then as far towards the share before as bisection finds."""
    above = 1.0
    for share in shares:
        best = plan_at(share)
        if passes(best):
            break
        above = share
    else:
        return None
    below = share
    for _ in range(HALVINGS):
        middle = (below + above) / 2
        plan = plan_at(middle)
        if passes(plan):
            best, below = plan, middle
        else:
            above = middle
    return best
