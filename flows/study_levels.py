"""Settings of ordered levels that are wrong together: (key, what is wrong and what would be right)."""

from itertools import pairwise

from models.settings import DecisionSettings

FEWEST = 3
"""Levels of which a curve is made."""
WHOLE = 100.0
"""Per cent."""


def level_contradictions(decision: DecisionSettings) -> list[tuple[str, str]]:
    """Of `decision.levels` and what belongs to them."""
    levels = decision.levels
    if not levels:
        lone = [key for key in ("level_unit", "demand", "stock", "second_price") if getattr(decision, key)]
        return [(f"decision.{key}", "belongs to ordered levels; write `levels`, too.") for key in lone]
    found = []
    if len(levels) < FEWEST or any(b <= a for a, b in pairwise(levels)):
        wrong = f"{[float(f'{one:g}') for one in levels]}: write {FEWEST} levels or more, the lowest first."
        found.append(("decision.levels", wrong))
    if decision.demand and not (decision.level_unit == "%" and levels[0] >= 0 and levels[-1] < WHOLE):
        asks = 'asks for levels in per cent off; write level_unit = "%" and levels from 0 to below 100.'
        found.append(("decision.demand", asks))
    if decision.demand and decision.stock:
        found.append(("decision.stock", "is for levels of stock, `demand` for levels of price; keep one."))
    if decision.second_price and decision.stock:
        found.append(("decision.stock", "is for levels of stock, `second_price` for bids; keep one."))
    return found
