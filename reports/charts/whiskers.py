"""Intervals as bars with ends: which part of the axis they deserve, and how they are drawn on it."""

from collections.abc import Sequence

from reports.scales import Scale
from reports.svg import Drawing

Whisker = tuple[float, float, float]
"""(low, estimate, high); the three are one where the interval is not known."""
LONGEST = 2.5
"""Of half the usual interval: what reaches further runs off the axis with an arrow."""


def shown_range(whiskers: Sequence[Whisker]) -> list[float]:
    """Values that an axis covers: every estimate, and intervals unless far wider than most.

    Longer intervals run off the axis; their figures stand beside them.
    """
    halves = sorted(max(high - middle, middle - low) for low, middle, high in whiskers if low < high)
    longest = LONGEST * halves[len(halves) // 2] if halves else 0.0
    return [
        v
        for low, middle, high in whiskers
        for v in (max(low, middle - longest), middle, min(high, middle + longest))
    ]


def draw_bar(d: Drawing, scale: Scale, low: float, high: float, y: float, cls: str, tip: str) -> None:
    """The interval as a line with a lip at each end, or an arrow where it runs off the axis; `cls`: tone."""
    marks = [(scale.held(low), y, scale.held(high), y)]
    for value, end, sign in ((low, scale.low, 1), (high, scale.high, -1)):
        x = scale.held(value)
        beyond = value < end if sign == 1 else value > end
        if beyond:
            marks += [(x + 5 * sign, y - 4, x, y), (x, y, x + 5 * sign, y + 4)]
        else:
            marks.append((x, y - 4, x, y + 4))
    d.strokes(marks, f"whisker {cls}", tip)
