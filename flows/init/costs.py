"""What a row of a test cost: the column that says so, and what is no cost of it."""

from flows.init.lines import Line, quoted
from flows.init.look import Column, Seen
from flows.init.roles import COSTS, money_unit, named
from flows.init.wide import NO_CHANNELS

WORDS = {"cost", "costs", "kosten", "postage", "porto"}


def is_cost(column: Column) -> bool:
    """Whether its name speaks of costs, of whatever."""
    return column.word in COSTS or bool({*column.word.split("_")} & WORDS) or column.word.endswith("kosten")


def cost_lines(seen: Seen, goal: Column | None) -> list[Line]:
    """The cost of a decision: its column and unit, or nothing; `goal`, what the test is about, is none."""
    about = [c for c in seen.columns.values() if is_cost(c) and c != goal and c.given]
    told = [c for c in about if c.is_number and not {*c.word.split("_")} & NO_CHANNELS]
    best = named(seen, COSTS, lambda c: c in told) + told
    if not best:
        others = ", ".join(c.name for c in about)
        why = f"CHECK: {others} is not read as what a row cost" if others else "the file has no costs: CHECK"
        return [Line("constants.cost", quoted("0"), why)]
    cost = best[0]
    unit, why = money_unit(cost, 0.0)
    others = ", ".join(c.name for c in dict.fromkeys(best[1:]) if c != cost)
    why = f"CHECK: what a row cost; {others} could be meant too" if others else f"what a row cost; {why}"
    lines = [Line("columns.cost", quoted(cost.name), why)]
    return lines + (
        [Line("money_units.cost", quoted(unit), "see the column's line")] if unit != "currency" else []
    )
