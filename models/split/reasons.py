"""The reason of each row: why its budget is kept, raised or cut."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.results import (
    Disagreement,
    Earns,
    Interval,
    Kept,
    Moved,
    MovedInPart,
    NeverSpent,
    NoSegment,
    Objection,
    RowReason,
    Why,
)
from models.split.choice import SplitChoice


def row_reasons(
    choice: SplitChoice, plan: NDArray[np.float64], iroas: Sequence[Interval | None], kept: Why | None
) -> tuple[RowReason, ...]:
    """One per row. plan (K,), iroas (K,) or None each. kept: why every row is, if so.

    A plan is picked for more than each row's return alone: where the two do not tell the same story, the
    reason says so instead of ranking.
    """
    moved = plan - choice.limits.current
    raised = [i for i, change in zip(iroas, moved, strict=True) if i is not None and change > 0]
    return tuple(
        _reason(choice, k, float(plan[k]), kept, earns(iroas[k], moved[k] > 0, raised), iroas[k])
        for k in range(len(plan))
    )


def _reason(
    choice: SplitChoice, k: int, recommended: float, kept: Why | None, earning: Earns, iroas: Interval | None
) -> RowReason:
    name, current = choice.limits.channels[k], float(choice.limits.current[k])
    if current <= 0:
        return NeverSpent()
    if name in choice.held:
        return choice.held[name]
    if choice.cells is not None and not choice.cells.cells[k].addressed:
        return NoSegment()
    if recommended == current and name in choice.uncut:
        return choice.uncut[name]
    if kept is None and (limited := _in_part(choice, k, recommended, earning)):
        return limited
    if recommended == current:
        return _kept(iroas, kept, used_up=choice.step_cap_binds)
    return _moved(choice, k, recommended, earning)


def _kept(iroas: Interval | None, kept: Why | None, *, used_up: bool) -> RowReason:
    """kept: why every row is, if so; used_up: the plan moves as much as one step may."""
    if iroas is None:
        return Kept("not told")
    if iroas.high < 0:
        return Kept("harms")
    known = not iroas.low <= 1 <= iroas.high
    if kept is not None and not known:
        return Kept("either way")
    if isinstance(kept, Disagreement):
        return Kept("doubted")
    if isinstance(kept, Objection):
        return Kept("waits")
    if used_up and kept is None and known:
        return Kept("step used up")
    return Kept("nothing better")


def _moved(choice: SplitChoice, k: int, recommended: float, earning: Earns) -> Moved:
    limits = choice.limits
    if recommended > limits.current[k]:
        at_bound = recommended > limits.high[k] - limits.step[k]
        return Moved("raised to the bound" if at_bound else "raised", earning)
    if recommended < limits.low[k] + limits.step[k]:
        return Moved("cut to the bound", earning)
    judged = recommended < limits.judged_low[k] + limits.step[k]
    return Moved("cut as far as judged" if judged else "cut", earning)


def _in_part(choice: SplitChoice, k: int, recommended: float, earning: Earns) -> MovedInPart | None:
    """None where what limited the step did not limit this row."""
    found, current = choice.limited_by, float(choice.limits.current[k])
    if found is None:
        return None
    name, wanted = found.wanted[k]
    if abs(recommended - wanted) <= float(choice.limits.step[k]) / 2:
        return None
    if wanted > current:
        return MovedInPart("raised", False, earning) if recommended > current else None
    return MovedInPart("not cut" if recommended >= current else "cut", name in found.rare_none, earning)


def earns(iroas: Interval | None, is_raised: bool, raised: list[Interval]) -> Earns:
    """What a row's return says of its change. raised: returns of the rows that are raised."""
    if iroas is None:
        return "unknown"
    if iroas.high < 0 and not is_raised:
        return "harms"
    if is_raised and iroas.estimate >= 1:
        return "pays"
    if not is_raised and iroas.estimate < 0:
        return "may harm"
    if not is_raised and iroas.estimate < 1:
        return "less than it costs"
    if not is_raised and raised and iroas.high < min(one.low for one in raised):
        return "surely less than what is raised"
    if not is_raised and raised and iroas.estimate < min(one.estimate for one in raised):
        return "less than what is raised"
    return "uncertain"
