"""Linear scales and axes with round ticks, shared by all charts."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from reports import numbers
from reports.svg import Drawing, text_width


@dataclass(frozen=True)
class Scale:
    """Maps [low, high] in data units to [start, end] in px."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def held(self, value: float) -> float:
        """Like calling, but values beyond the ends stay at the ends."""
        return self(min(max(value, self.low), self.high))

    def ticks(self, most: int) -> list[float]:
        return round_ticks(self.low, self.high, most)


def _round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 2.5, 5 x 10^k that leaves at most `most` steps in `span`."""
    rough = span / max(most, 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next(
        (f * magnitude for f in (1, 2, 2.5, 5) if f * magnitude >= rough * (1 - 1e-9)), 10 * magnitude
    )


def round_ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers within [low, high], at most `most` + 1 of them."""
    step = _round_step(high - low, most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 10) + 0.0 for i in range(first, last + 1)]


def round_scale(values: list[float], start: float, end: float, *, most: int = 6, zero: bool = False) -> Scale:
    """A scale over all values, widened to round ends; `zero` makes it include 0.

    The more steps (`most`), the closer the ends lie to the values.
    """
    finite = [v for v in values if math.isfinite(v)] + ([0.0] if zero else [])
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if high - low < 1e-9 * max(abs(low), abs(high), 1e-9):
        reach = abs(high) * 0.1 or 1.0
        low, high = low - (0 if zero and low == 0 else reach), high + reach
    step = _round_step(high - low, most)
    return Scale(math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, start, end)


def tick_text(ticks: list[float], *, percent: bool = False) -> Callable[[float], str]:
    """Text of a tick with as many decimals as the ticks need, and no more."""
    factor = 100 if percent else 1
    decimals = next(
        (d for d in range(7) if all(abs(round(t * factor, d) - t * factor) < 1e-9 for t in ticks)), 6
    )
    return lambda value: numbers.grouped(value * factor, decimals) + (f"{numbers.NBSP}%" if percent else "")


def axis_x(
    d: Drawing, scale: Scale, top: float, bottom: float, title: str, *, most: int = 6, percent: bool = False
) -> None:
    """Vertical grid lines with labels below `bottom`, and the axis' title, if any, under them."""
    ticks = scale.ticks(most)
    label = tick_text(ticks, percent=percent)
    room = abs(scale.end - scale.start) / max(len(ticks) - 1, 1)
    if max(text_width(label(t)) for t in ticks) + 8 > room:  # labels would touch: every second one
        ticks = ticks[::2]
    for tick in ticks:
        x = scale(tick)
        d.line(x, top, x, bottom, "zero" if tick == 0 else "grid")
        anchor = "middle"
        if x + text_width(label(tick)) / 2 > d.width:
            anchor = "end"
        elif x - text_width(label(tick)) / 2 < 0:
            anchor = "start"
        d.text(x if anchor != "end" else d.width, bottom + 18, label(tick), "quiet", anchor=anchor)
    if title:
        d.text((scale.start + scale.end) / 2, bottom + 38, title, "quiet", anchor="middle", within=d.width)


def axis_y(
    d: Drawing, scale: Scale, left: float, right: float, *, most: int = 5, percent: bool = False
) -> None:
    """Horizontal grid lines with labels left of `left`."""
    ticks = scale.ticks(most)
    label = tick_text(ticks, percent=percent)
    for tick in ticks:
        y = scale(tick)
        d.line(left, y, right, y, "zero" if tick == 0 else "grid")
        d.text(left - 8, y + 4.5, label(tick), "quiet", anchor="end")
