"""A chart's key: each mark once, with a word or two beside it, flowing over as many lines as it needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.svg import Drawing, text_width

LINE = 22
"""Height of a line of the key, in px."""


@dataclass(frozen=True)
class Entry:
    """`mark` draws at (x, y), y the middle of the line, and takes `width` px."""

    mark: Callable[[Drawing, float, float], None]
    width: float
    text: str


def draw_key(d: Drawing, entries: Sequence[Entry], top: float = 0) -> float:
    """Draws the key from `top` on and returns where it ends, in px."""
    x, y = 0.0, top
    for entry in entries:
        needed = entry.width + 8 + text_width(entry.text)
        if x > 0 and x + needed > d.width:
            x, y = 0.0, y + LINE
        entry.mark(d, x, y + 11)
        d.text(x + entry.width + 8, y + 15, entry.text, "quiet", within=d.width - x - entry.width - 8)
        x += needed + 24
    return y + LINE


def dot(cls: str, r: float = 5) -> Callable[[Drawing, float, float], None]:
    return lambda d, x, y: d.circle(x + r + 1, y, r, cls)


def box(cls: str, width: float = 26) -> Callable[[Drawing, float, float], None]:
    return lambda d, x, y: d.rect(x, y - 6, width, 12, cls)


def hatched(width: float = 26) -> Callable[[Drawing, float, float], None]:
    return lambda d, x, y: d.hatch(x, y - 6, width, 12)


def stroke(cls: str, width: float = 26) -> Callable[[Drawing, float, float], None]:
    return lambda d, x, y: d.line(x, y, x + width, y, cls)


def upright(cls: str) -> Callable[[Drawing, float, float], None]:
    return lambda d, x, y: d.line(x + 3, y - 8, x + 3, y + 8, cls)


def whisker(cls: str, width: float = 26) -> Callable[[Drawing, float, float], None]:
    def draw(d: Drawing, x: float, y: float) -> None:
        d.line(x, y, x + width, y, cls)
        for end in (x, x + width):
            d.line(end, y - 4, end, y + 4, cls)

    return draw
