"""Arms that are amounts: the question is then how much."""

from flows.init.lines import comment, quoted
from flows.init.look import Column
from flows.init.roles import LEVELS

FEWEST, MOST = 3, 12
"""Levels that are proposed: fewer make no curve, more are not all looked at."""
PER_CENT = {"discount", "pct", "percent", "off", "rabatt", "prozent"}


def are_levels(arm: Column) -> bool:
    """Whether all of its few values are numbers."""
    return arm.is_number and not arm.bad and FEWEST <= arm.distinct <= MOST


def level_lines(arm: Column) -> list[str]:
    """Lines of the decision, commented where its name does not say that its numbers are amounts."""
    if not are_levels(arm):
        return []
    at = sorted(arm.top, key=float)
    levels = f"levels = [{', '.join(f'{float(one):g}' for one in at)}]"
    if arm.word not in LEVELS:
        why = "without its first #, where these are ordered amounts: how much is then asked"
        return [f"# {levels}  {comment(why)}"]
    lines = [f"{levels}  {comment('CHECK: ordered amounts? how much is then asked; else take it out')}"]
    if PER_CENT & {*arm.word.split("_")}:
        lines.append('level_unit = "%"  # by its name: CHECK')
    idle = [one for one in at if float(one) == 0]
    return lines + [f"idle = {quoted(one)}  # CHECK: the level that does nothing" for one in idle[:1]]
