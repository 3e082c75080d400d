"""Small multiples: equal panels, one per channel, each on scales of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from reports.scales import Scale, axis_x, axis_y, round_scale, tick_text
from reports.svg import Drawing, Layout, text_width

GAP, PLOT, HEAD, FOOT = 30, 132, 26, 44
"""Between panels, the height of the plot, of its name above and of its ticks below, in px."""
CLOSE = 12
"""Steps of the scales: ends close to the data, since panels are small; labels are fewer."""


@dataclass(frozen=True)
class Panel:
    """Where one panel stands, in px: `x` its left edge, the plot from `top` to `bottom`."""

    x: float
    width: float
    top: float
    bottom: float

    @property
    def right(self) -> float:
        return self.x + self.width - 10


def panels(count: int, layout: Layout, top: float) -> tuple[list[Panel], float]:
    """Panels in reading order from `top` on, three a row where there is room, and where they end."""
    per_row = 1 if layout.narrow else min(3, max(count, 2))
    width = (layout.width - GAP * (per_row - 1)) / per_row
    step = HEAD + PLOT + FOOT
    placed = []
    for i in range(count):
        row, column = divmod(i, per_row)
        head = top + row * step
        placed.append(Panel(column * (width + GAP), width, head + HEAD, head + HEAD + PLOT))
    return placed, top + -(-count // per_row) * step - 12


def frame(
    d: Drawing, panel: Panel, name: str, across: Sequence[float], up: Sequence[float]
) -> tuple[Scale, Scale]:
    """The panel's name, its grid and its two scales over the given values; the vertical one includes 0."""
    y, left = upright_axis(d, panel, name, up)
    x = round_scale(list(across), left, panel.right, most=CLOSE)
    axis_x(d, x, panel.bottom, panel.bottom + 4, "", most=3)
    return x, y


def upright_axis(d: Drawing, panel: Panel, name: str, up: Sequence[float]) -> tuple[Scale, float]:
    """The panel's name and its vertical scale, which includes 0, and where the plot begins, in px."""
    d.text(panel.x, panel.top - 10, name, "strong", within=panel.width - 4)
    y = round_scale(list(up), panel.bottom, panel.top, most=CLOSE, zero=True)
    label = tick_text(y.ticks(3))
    left = panel.x + max(text_width(label(t)) for t in y.ticks(3)) + 12
    axis_y(d, y, left, panel.right, most=3)
    return y, left


def along(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    """Where a line through the points (xs ascending) stands at x: level beyond the ends."""
    for (x1, y1), (x2, y2) in pairwise(zip(xs, ys, strict=True)):
        if x <= x2:
            return y1 if x <= x1 else y1 + (y2 - y1) * (x - x1) / (x2 - x1)
    return ys[-1]
