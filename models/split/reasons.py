"""The reason of each row, in the words of the person who types the budget in."""

import numpy as np
from numpy.typing import NDArray

from models.results import Interval
from models.split.choice import SplitChoice
from models.split.limit_words import row_limit
from models.split.words import per_unit, ratio


def row_reasons(
    choice: SplitChoice,
    plan: NDArray[np.float64],
    iroas: tuple[Interval | None, ...],
    kept: bool,
    currency: str,
) -> tuple[str, ...]:
    """One phrase per row: kept, held, raised or cut, and why. plan (K,), iroas (K,) or None each.

    The returns stand on the reporting entities, the plan on the choosing ones: where the two do not
    tell the same story the phrase gives the interval instead of a ranking.
    """
    limits = choice.limits
    moved = plan - limits.current
    raised = [i.estimate for i, change in zip(iroas, moved, strict=True) if i is not None and change > 0]
    unit = per_unit(currency)
    reasons = []
    for k, channel in enumerate(limits.channels):
        if limits.current[k] <= 0:
            reasons.append(
                "stays at 0: nothing was spent on it in the newest budget period, so there is no "
                "budget to scale"
            )
        elif channel in choice.held:
            reasons.append(choice.held[channel])
        elif choice.cells is not None and not choice.cells.cells[k].addressed:
            reasons.append("kept: these users are in no segment, so they have no budget of their own")
        elif moved[k] == 0 and channel in choice.uncut:
            reasons.append(choice.uncut[channel])
        elif limit := None if kept else row_limit(choice, k, float(plan[k]), currency):
            reasons.append(_limited(*limit, _return(iroas[k], moved[k] > 0, raised, unit)))
        elif moved[k] == 0:
            reasons.append(_kept(iroas[k], kept, unit, used_up=choice.step_cap_binds))
        else:
            reasons.append(
                f"{_head(choice, k, float(plan[k]))}: {_return(iroas[k], moved[k] > 0, raised, unit)}"
            )
    return tuple(reasons)


def _kept(iroas: Interval | None, all_kept: bool, unit: str, *, used_up: bool) -> str:
    """used_up: the plan moves as much as one step may."""
    if iroas is None:
        return "kept: the logs cannot tell"
    band = f"earns {ratio(iroas.estimate)} {unit} at the margin, {_between(iroas)}"
    if iroas.high < 0:
        return f"kept, though {_harms(iroas, unit)}"
    if all_kept and iroas.low <= 1 <= iroas.high:
        return f"kept: the logs cannot tell whether more or less pays ({band})"
    if used_up and not all_kept and not iroas.low <= 1 <= iroas.high:
        return f"kept tonight, since the step is used up by other channels ({band})"
    return f"kept: no change is better beyond doubt ({band})"


def _limited(head: str, why: str, earns: str) -> str:
    """`cut only to 310 EUR: nearly everyone ... (earns 0.3 per euro at the margin, less than it costs)`."""
    return f"{head}: {why} ({earns})" if why else f"{head}: {earns}"


def _head(choice: SplitChoice, k: int, recommended: float) -> str:
    limits = choice.limits
    if recommended > limits.current[k]:
        at_bound = recommended > limits.high[k] - limits.step[k]
        return "raised to its upper bound" if at_bound else "raised"
    if recommended < limits.low[k] + limits.step[k]:
        return "cut to its lower bound"
    return (
        "cut as far as the logs can judge" if recommended < limits.judged_low[k] + limits.step[k] else "cut"
    )


def _return(iroas: Interval | None, is_raised: bool, raised: list[float], unit: str) -> str:
    if iroas is None:
        return "its spend does not clearly follow its budget, so its return per unit is unknown"
    if iroas.high < 0 and not is_raised:
        return _harms(iroas, unit)
    earns = f"earns {ratio(iroas.estimate)} {unit} at the margin"
    if is_raised and iroas.estimate >= 1:
        return earns
    if not is_raised and iroas.estimate < 0:
        return f"{earns}, so it may do harm ({_between(iroas)})"
    if not is_raised and iroas.estimate < 1:
        return f"{earns}, less than it costs"
    if not is_raised and raised and iroas.estimate < min(raised):
        return f"{earns}, less than what is raised"
    return (
        f"its return is uncertain (between {ratio(iroas.low)} and {ratio(iroas.high)} {unit} at the margin)"
    )


def _harms(iroas: Interval, unit: str) -> str:
    """A channel whose ads lower the margin, beyond doubt."""
    return f"it does harm: it earns {ratio(iroas.estimate)} {unit} at the margin ({_between(iroas)})"


def _between(iroas: Interval) -> str:
    return f"between {ratio(iroas.low)} and {ratio(iroas.high)}"
