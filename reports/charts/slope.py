"""What a last-ad count credits and what one more unit of spend earns, both in margin: a line per channel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.results import NightResult
from reports import drawn, numbers, words
from reports.charts.whiskers import shown_range
from reports.last_count import count_head, counted_by, counted_sales
from reports.scales import Scale, round_scale, tick_text
from reports.svg import Chart, Drawing, Layout, chart, text_width

LABEL = 17
"""Least distance between two labels, in px."""
REACH = 26
"""How far intervals stand left and right of the right axis, so that they do not cover each other, in px."""


@dataclass(frozen=True)
class Claim:
    """One row of the split where both figures are known."""

    name: str
    claimed: float
    earned: float
    low: float
    high: float

    @property
    def tone(self) -> str:
        """Orange where the count lies above the whole interval, blue where below, grey within."""
        return "down" if self.claimed > self.high else "up" if self.claimed < self.low else "unsure"


def claims(result: NightResult) -> list[Claim]:
    """In the order of the split's rows; those without both figures and an interval are left out. An interval
    may have one end only."""
    found = []
    for r in result.split.rows:
        claimed = result.claimed_margins.get(r.channel)
        figures = (claimed, r.marginal_iroas, r.marginal_iroas_low, r.marginal_iroas_high)
        known = tuple(float(v) for v in figures if v is not None)
        if len(known) == len(figures) and all(map(math.isfinite, known[:2])):
            found.append(Claim(words.row_name(r), *known))
    return found


def earned_text(c: Claim) -> str:
    return f"{numbers.per_unit(c.earned)} ({numbers.ends(c.low, c.high)})"


def finding(result: NightResult) -> str:
    found = claims(result)
    most = max(found, key=lambda c: (c.claimed, c.name))
    name = words.shorten(most.name, 40)
    return (
        f"{counted_by(result)} credits {name} with a margin of {numbers.per_unit(most.claimed)} per "
        f"{result.currency}; one more "
        f"{result.currency} there earns {earned_text(most)}"
    )


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones, in px, at least `gap` apart and within [low, high] where they fit."""
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    placed: list[float] = []
    for i in order:
        placed.append(max(wanted[i], placed[-1] + gap if placed else low))
    limit = high
    for k in reversed(range(len(placed))):
        placed[k] = min(placed[k], limit)
        limit = placed[k] - gap
    by_row = [0.0] * len(wanted)
    for i, y in zip(order, placed, strict=True):
        by_row[i] = y
    return by_row


def _label(d: Drawing, x: float, y: float, figure: str, name: str) -> None:
    """A figure to the right of its mark, and the name after it as far as there is room."""
    d.text(x, y + 4.5, figure, "strong")
    after = x + text_width(figure) * 1.08 + 8
    d.text(after, y + 4.5, name, "quiet", within=d.width - after)


def _labels(
    d: Drawing, found: list[Claim], y: Scale, x: Scale, ends: tuple[float, float], *, narrow: bool
) -> None:
    """Names and figures beside the ends of the lines, moved apart, each with a thin line to its mark."""
    lefts = spread([y.held(c.claimed) for c in found], LABEL, *ends)
    rights = spread([y.held(c.earned) for c in found], LABEL, *ends)
    edge = x.end + REACH + 6
    for c, at_left, at_right in zip(found, lefts, rights, strict=True):
        d.line(x.start - 18, at_left, x.start - 6, y.held(c.claimed), "rule")
        d.line(edge, y.held(c.earned), edge + 12, at_right, "rule")
        d.text(x.start - 22, at_left + 4.5, numbers.per_unit(c.claimed), "strong", anchor="end")
        if not narrow:
            d.text(x.start - 70, at_left + 4.5, c.name, "", anchor="end", within=x.start - 74)
        _label(d, edge + 16, at_right, numbers.per_unit(c.earned) if narrow else earned_text(c), c.name)


def _draw_interval(d: Drawing, c: Claim, at: float, y: Scale) -> None:
    """Upright, with an arrow where it runs off the axis."""
    marks = [(at, y.held(c.low), at, y.held(c.high))]
    for beyond, end, sign in ((c.high > y.high, y.end, 1), (c.low < y.low, y.start, -1)):
        if beyond:
            marks += [(at - 4, end + 5 * sign, at, end), (at, end, at + 4, end + 5 * sign)]
    d.strokes(marks, f"link {c.tone}", earned_text(c))


def slope(result: NightResult) -> Chart:
    every, currency = claims(result), result.currency
    names = drawn.most_important(result, [c.name for c in every])
    found = [c for c in every if c.name in names]
    reading = (
        f"Both sides count margin per {currency}. Left: {counted_sales(result)}, on average over all its "
        f"spend. Right: what one more {currency} really causes, with its interval. "
        "Orange: the count lies above that whole interval; blue: below it; grey: within. The last of many "
        f"{result.vocabulary.treatments} often earns less than the first, so even an honest average "
        "stands higher. Dashed: what was "
        "spent comes just back."
    ) + drawn.left_out(result, [c.name for c in every], all_in="the table below")

    def draw(layout: Layout) -> Drawing:
        narrow = layout.narrow
        x = Scale(0, 1, 72, 172) if narrow else Scale(0, 1, 300, 540)
        top, bottom = 40.0, 40.0 + max(300, 26 * len(found))
        d = Drawing(layout.width, bottom + 14)
        values = [*shown_range([(c.low, c.earned, c.high) for c in found]), *(c.claimed for c in found), 1.0]
        y = round_scale(values, bottom, top, most=10, zero=True)
        claimed, earned = (
            ("credited", "earned") if narrow else (count_head(result), f"one more {currency} earns")
        )
        d.text(x.start, 14, claimed, "quiet", anchor="middle")
        d.text(x.end, 14, earned, "quiet", anchor="middle", within=170)
        ticks = y.ticks(5)
        label = tick_text(ticks)
        for tick in ticks:
            d.line(x.start, y(tick), x.end, y(tick), "zero" if tick == 0 else "grid")
        d.line(x.start, y(1.0), x.end, y(1.0), "marker")
        for i, c in enumerate(found):
            at = x.end + (i - (len(found) - 1) / 2) * min(8.0, 2 * REACH / len(found))
            d.line(x.start, y.held(c.claimed), at, y.held(c.earned), f"whisker thin {c.tone}", c.name)
            _draw_interval(d, c, at, y)
            d.circle(at, y.held(c.earned), 5, f"dot {c.tone}", f"{c.name}: {earned_text(c)}")
            d.circle(x.start, y.held(c.claimed), 5, f"hollow {c.tone}", c.name)
        for tick in ticks:  # last, so that no line crosses a figure
            d.text((x.start + x.end) / 2, y(tick) - 4, label(tick), "quiet halo", anchor="middle")
        _labels(d, found, y, x, (top, bottom), narrow=narrow)
        return d

    return chart("claims", finding(result), reading, draw)
