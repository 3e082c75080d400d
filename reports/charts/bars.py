"""Sums of money as bars, one a line: what is or was spent, the range expected of it, and what was planned."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports import numbers
from reports.charts.key import Entry, box, draw_key, upright, whisker
from reports.charts.whiskers import draw_bar
from reports.scales import Scale, axis_x, round_scale
from reports.svg import Chart, Drawing, Layout, chart


@dataclass(frozen=True)
class Bar:
    """One line. Every part may be missing: the bar, the range around it, the mark of the plan."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    plan: float | None = None
    text: str = ""
    """The figures at the end of the line."""
    strong: bool = False


@dataclass(frozen=True)
class BarWords:
    """What the marks of one chart mean; empty where the chart has no such mark."""

    value: str
    range: str
    plan: str
    axis: str


def _mark(d: Drawing, bar: Bar, scale: Scale, y: float) -> None:
    if bar.value is not None:
        d.rect(
            scale(0.0), y - 7, scale.held(bar.value) - scale(0.0), 14, "bar soft", numbers.budget(bar.value)
        )
    if bar.low is not None and bar.high is not None and bar.low < bar.high:
        tip = f"{numbers.budget(bar.low)} to {numbers.budget(bar.high)}"
        draw_bar(d, scale, bar.low, bar.high, y, "plain", tip)
    if bar.plan is not None:
        x = scale.held(bar.plan)
        d.line(x, y - 11, x, y + 11, "plan", numbers.budget(bar.plan))


def bars(ident: str, finding: str, reading: str, rows: Sequence[Bar], said: BarWords) -> Chart:
    """The chart of the given lines, from 0 on."""

    def draw(layout: Layout) -> Drawing:
        narrow = layout.narrow
        step = 52 if narrow else 32
        left, right = (2, layout.width - 8) if narrow else (230, layout.width - 220)
        d = Drawing(layout.width, 0)
        entries = [
            *((Entry(box("bar soft"), 26, said.value),) if said.value else ()),
            *((Entry(whisker("whisker plain"), 26, said.range),) if said.range else ()),
            *((Entry(upright("plan"), 6, said.plan),) if said.plan else ()),
        ]
        top = draw_key(d, entries) + 8
        bottom = top + step * len(rows)
        d.height = bottom + 48
        values = [v for b in rows for v in (b.value, b.low, b.high, b.plan) if v is not None]
        scale = round_scale(values, left, right, most=4 if narrow else 6, zero=True)
        axis_x(d, scale, top, bottom, said.axis, most=4 if narrow else 6)
        for i, bar in enumerate(rows):
            if narrow:
                y = top + step * i + 36.0
                d.rect(0, y - 32, layout.width, 20, "paper")
                d.text(0, y - 17, bar.name, "strong", within=165)
                d.text(layout.width, y - 17, bar.text, "", anchor="end", within=168)
            else:
                y = top + step * (i + 0.5)
                d.text(0, y + 4.5, bar.name, "strong" if bar.strong else "", within=left - 16)
                d.text(layout.width, y + 4.5, bar.text, "quiet", anchor="end", within=212)
            _mark(d, bar, scale, y)
        return d

    return chart(ident, finding, reading, draw)
