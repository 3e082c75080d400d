"""Margin against total budget, with its band, today's and the recommended budget.

The best split at each budget is worked out in `models/split/frontier.py`, personalised delivery in
`models/agents/frontier.py`.
"""

from collections.abc import Sequence

from models.results import FrontierPoint, NightResult, PersonalPoint
from reports import numbers, words
from reports.charts.key import Entry, draw_key, stroke
from reports.scales import Scale, axis_x, axis_y, round_scale, tick_text
from reports.svg import NARROW, Chart, Drawing, Layout, chart, text_width

Point = FrontierPoint | PersonalPoint


def in_order(result: NightResult) -> list[FrontierPoint]:
    return sorted(result.frontier, key=lambda p: (p.budget, -p.price))


def personal_points(result: NightResult) -> tuple[PersonalPoint, ...]:
    """Personalised delivery by ascending budgets; empty where there is none."""
    return result.personal.points if result.personal else ()


def break_even(points: list[FrontierPoint]) -> tuple[float, float] | None:
    """The budgets between which one more unit of money stops earning one unit of margin.

    Prices fall as budgets grow: from the last plan whose price is at least 1 to the first with a price
    of at most 1. None where all plans lie on one side.
    """
    above = [p.budget for p in points if p.price >= 1]
    below = [p.budget for p in points if p.price <= 1]
    if not above or not below:
        return None
    first, last = max(above), min(below)
    return (min(first, last), max(first, last))


def finding(result: NightResult) -> str:
    points, money = in_order(result), words.budget_money(result)
    if not points:
        return "What personalised delivery earns at each budget; no split could be vouched for"
    between = break_even(points)
    if between is None:
        always = all(p.price > 1 for p in points)
        return (
            f"By best guess, one more {result.currency} still earns more than 1 up to "
            f"{numbers.budget(points[-1].budget)} {money}"
            if always
            else f"By best guess, one more {result.currency} earns less than 1 from "
            f"{numbers.budget(points[0].budget)} {money} on"
        )
    low, high = (numbers.budget(b) for b in between)
    unit = result.currency
    one = f"By best guess, one more {unit}"
    if low == high:
        return f"{one} of budget earns just 1 {unit} of margin at {low} {money}"
    return f"{one} earns more than 1 {unit} of margin up to {low} {money}, from {high} on less"


def _mark_budget(
    d: Drawing, x: float, top: float, bottom: float, text: str, right: float, *, cls: str
) -> None:
    d.line(x, top, x, bottom, f"marker {cls}")
    fits = x + 6 + text_width(text) <= right
    d.text(x + 6 if fits else x - 6, top + 10, text, cls, anchor="start" if fits else "end")


def _mark_break_even(
    d: Drawing, scale: Scale, between: tuple[float, float], top: float, bottom: float
) -> None:
    low, high = scale(between[0]), scale(between[1])
    d.rect(low - 3, top, high - low + 6, bottom - top, "zone")


def _series(d: Drawing, x: Scale, y: Scale, points: Sequence[Point], band: str, line: str, name: str) -> None:
    """Band, line and dots of one way of spending, by ascending budgets."""
    if len(points) > 1:
        outline = [(x(p.budget), y(p.high)) for p in points]
        outline += [(x(p.budget), y(p.low)) for p in reversed(points)]
        d.path(outline, f"band {band}", closed=True)
        d.path([(x(p.budget), y(p.value)) for p in points], f"curve {line}")
    for p in points:
        d.line(x(p.budget), y(p.low), x(p.budget), y(p.high), "whisker unsure")
        tip = f"{name}{numbers.budget(p.budget)}: margin {numbers.interval(p.value, p.low, p.high).full}"
        d.circle(x(p.budget), y(p.value), 4.5, f"dot {line}", tip)


def reading(result: NightResult) -> str:
    points, personal, currency = in_order(result), personal_points(result), result.currency
    between = break_even(points)
    if points:
        lines = (
            "The line is the margin that the best plan we can vouch for earns at each total budget, the "
            "band its interval"
            + ("; the dashed line and the grey band are personalised delivery" if personal else "")
        )
    else:
        lines = (
            "The dashed line is the margin that personalised delivery earns at each total budget, the grey "
            "band its interval"
        )
    zone = "" if between is None else f": in the shaded zone one more {currency} earns one {currency}"
    return f"{lines}. Where the line gets flat, more budget no longer pays{zone}."


def frontier(result: NightResult) -> Chart:
    points, personal, currency = in_order(result), personal_points(result), result.currency
    now, then = result.split.budget_current, result.split.budget_recommended
    between = break_even(points)

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        d = Drawing(layout.width, 0)
        key = [Entry(stroke("curve accent"), 26, "the best split"),
               Entry(stroke("curve plain"), 26, "personalised delivery")]  # fmt: skip
        keyed = draw_key(d, key) if points and personal else 0  # one line alone needs no key
        top, height, right = keyed + 74, 260 if narrow else 320, layout.width - 16
        bottom = top + height
        d.height = bottom + 48
        drawn: list[Point] = [*points, *personal]
        values = [v for p in drawn for v in (p.low, p.high, p.value)]
        lowest, highest = min(values), max(values)
        y = round_scale(values, bottom, top, most=5, zero=lowest <= 0 or lowest < 0.5 * highest)
        label = tick_text(y.ticks(5))
        left = max(text_width(label(t)) for t in y.ticks(5)) + 14
        budgets = [p.budget for p in drawn]
        x = round_scale([*budgets, now, then], left, right, most=3 if narrow else 7)
        if between is not None:
            _mark_break_even(d, x, between, top, bottom)
        axis_y(d, y, left, right)
        axis_x(
            d, x, bottom, bottom + 4, f"total budget, {words.budget_money(result)}", most=3 if narrow else 7
        )
        d.text(0, keyed + 14, f"margin, {words.budget_money(result)}", "quiet")
        _series(d, x, y, personal, "unsure", "plain", "personalised, ")
        _series(d, x, y, points, "accent", "accent", "")
        if numbers.budget(now) == numbers.budget(then):
            _mark_budget(
                d,
                x(now),
                top - 42,
                bottom,
                f"today’s budget, kept: {numbers.budget(now)}",
                right,
                cls="strong",
            )
        else:
            _mark_budget(d, x(now), top - 48, bottom, f"today {numbers.budget(now)}", right, cls="")
            _mark_budget(
                d, x(then), top - 26, bottom, f"recommended {numbers.budget(then)}", right, cls="strong"
            )
        if between is not None:
            text = f"one more {currency} earns 1"
            fits = x(between[1]) + 10 + text_width(text) <= right
            edge = x(between[1]) + 10 if fits else x(between[0]) - 10
            d.text(edge, bottom - 10, text, "quiet halo", anchor="start" if fits else "end")
        return d

    return chart("frontier", finding(result), reading(result), draw)
