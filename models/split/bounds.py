"""Today's split where it breaks the study's own bounds: it stays, and that is said."""

from models.results import BrokenBound
from models.split.limits import Limits


def broken_bound(limits: Limits, k: int) -> BrokenBound | None:
    """The bound that row k's budget today breaks; None where it keeps both."""
    today, low, high = (float(x[k]) for x in (limits.current, limits.low, limits.high))
    if today > high * (1 + 1e-9) + 1e-9:
        return BrokenBound("above", high)
    if today < low * (1 - 1e-9) - 1e-9:
        return BrokenBound("below", low)
    return None
