"""Today's split where it breaks the study's own bounds: it stays, and that is said."""

from models.split.limits import Limits
from models.split.words import listed, typed


def broken_bound(limits: Limits, k: int, currency: str) -> str:
    """`above the 340 EUR it may get at most`, of row k's budget today; empty where it keeps its bounds."""
    today, low, high = (float(x[k]) for x in (limits.current, limits.low, limits.high))
    if today > high * (1 + 1e-9) + 1e-9:
        return f"above the {typed(high, currency)} it may get at most"
    if today < low * (1 - 1e-9) - 1e-9:
        return f"below the {typed(low, currency)} it should get at least"
    return ""


def broken_bounds(limits: Limits, currency: str) -> str:
    """One sentence on all of them, for a night that keeps today's split; empty where there is none."""
    broken = [
        f"{channel} spends {typed(float(limits.current[k]), currency)} today, {words}"
        for k, channel in enumerate(limits.channels)
        if (words := broken_bound(limits, k, currency))
    ]
    if not broken:
        return ""
    which, what = ("this bound", "it") if len(broken) == 1 else ("these bounds", "they")
    return (
        f"Today's split breaks {which} of the study: {listed(broken)}; if {what} must hold, change these "
        "budgets by hand, which these logs do not judge."
    )
