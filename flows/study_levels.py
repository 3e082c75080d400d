"""Settings of ordered levels that are wrong together: (key, what is wrong and what would be right)."""

from itertools import pairwise

from models.settings import DecisionSettings, SplitSettings

FEWEST = 3
"""Levels of which a curve is made."""
WHOLE = 100.0
"""Per cent."""


def level_contradictions(decision: DecisionSettings, split: SplitSettings) -> list[tuple[str, str]]:
    """Of `decision.levels` and what belongs to them."""
    levels = decision.levels
    if not levels:
        lone = [key for key in ("level_unit", "demand", "stock", "second_price") if getattr(decision, key)]
        return [(f"decision.{key}", "belongs to ordered levels; write `levels`, too.") for key in lone]
    found = []
    if len(levels) < FEWEST or any(b <= a for a, b in pairwise(levels)):
        wrong = f"{[float(f'{one:g}') for one in levels]}: write {FEWEST} levels or more, the lowest first."
        found.append(("decision.levels", wrong))
    if not decision.single_step:
        asks = "asks how much of one decision per entity; write single_step = true, or take the levels out."
        found.append(("decision.levels", asks))
    if split.total is not None:
        asks = "is a budget to split, and `decision.levels` asks which level to choose; keep one of the two."
        found.append(("split.total", asks))
    if decision.demand and not (decision.level_unit == "%" and levels[0] >= 0 and levels[-1] < WHOLE):
        asks = 'asks for levels in per cent off; write level_unit = "%" and levels from 0 to below 100.'
        found.append(("decision.demand", asks))
    if decision.demand and decision.stock:
        found.append(("decision.stock", "is for levels of stock, `demand` for levels of price; keep one."))
    if decision.second_price and decision.stock:
        found.append(("decision.stock", "is for levels of stock, `second_price` for bids; keep one."))
    return found
