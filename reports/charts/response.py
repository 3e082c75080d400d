"""Response curves, one small chart per channel: margin against its budget, and where the log ends."""

from dataclasses import dataclass

from models.results import NightResult, ResponseCurve, SplitRow
from reports import drawn, numbers, words
from reports.charts.grid import Panel, along, frame, panels
from reports.charts.key import Entry, box, dot, draw_key, hatched, stroke
from reports.scales import Scale
from reports.svg import Chart, Drawing, Layout, chart


def budgets_of(result: NightResult, channel: str) -> tuple[float, float] | None:
    """Today's and the recommended budget of a channel, over all its segments; None where it has no row."""
    rows = [r for r in result.split.rows if r.channel == channel]
    return (sum(r.current for r in rows), sum(r.recommended for r in rows)) if rows else None


@dataclass(frozen=True)
class Earning:
    """What one more unit of spend earns on one row of the split."""

    name: str
    estimate: float
    low: float
    high: float


def earning(row: SplitRow) -> Earning | None:
    """None where it, or its interval, is not known."""
    estimate, low, high = row.marginal_iroas, row.marginal_iroas_low, row.marginal_iroas_high
    if estimate is None or low is None or high is None:
        return None
    return Earning(words.row_name(row), estimate, low, high)


def finding(result: NightResult) -> str:
    """Whether one more unit of money is sure to pay anywhere at today's budget."""
    known_curves = {c.channel for c in result.pictures.response_curves}
    one = f"one more {result.currency}"
    rows = [r for r in result.split.rows if r.channel in known_curves]
    known = [e for e in map(earning, rows) if e is not None]
    if not known:
        return f"What another budget would earn, over {words.actions(result, len(known_curves))}"
    paying = [e for e in known if e.low > 1]
    if paying:
        best = max(paying, key=lambda e: (e.estimate, e.name))
        others = f"; so do {len(paying) - 1} others of {len(known)}" if len(paying) > 2 else ""
        others = f"; so does 1 other of {len(known)}" if len(paying) == 2 else others
        earns = numbers.per_unit(best.estimate)
        band = numbers.ends(best.low, best.high)
        name = words.shorten(best.name, 40)
        return f"{name} still earns {earns} on {one} at today’s budget ({band}){others}"
    losing = sum(e.high < 1 for e in known)
    tail = f"; {losing} of {len(known)} surely {'does' if losing == 1 else 'do'} not" if losing else ""
    return f"No {result.vocabulary.action} is sure to earn back {one} at today’s budget{tail}"


def _break_even(d: Drawing, today: float, x: Scale, y: Scale) -> None:
    """Where one more unit of budget earns just one unit of margin: a line of slope 1 through today."""
    first, last = max(x.low, today + y.low), min(x.high, today + y.high)
    if first < last:
        d.line(x(first), y(first - today), x(last), y(last - today), "outline dashed")


def _extrapolation(d: Drawing, curve: ResponseCurve, x: Scale, panel: Panel) -> None:
    low, high = x.held(curve.logged_low), x.held(curve.logged_high)
    height = panel.bottom - panel.top
    d.rect(low, panel.top, high - low, height, "zone")
    for start, end in ((x.start, low), (high, x.end)):
        if end - start > 3:
            d.hatch(start, panel.top, end - start, height)


def _panel(d: Drawing, result: NightResult, curve: ResponseCurve, panel: Panel) -> None:
    budgets = budgets_of(result, curve.channel)
    ends = [v for v in (*curve.low, *curve.high, *curve.margin) if abs(v) != float("inf")]
    across = [*curve.budgets, *(budgets or ()), *(v for v in (curve.logged_low, curve.logged_high))]
    x, y = frame(d, panel, curve.channel, [v for v in across if v <= 1.5 * curve.budgets[-1]], ends)
    _extrapolation(d, curve, x, panel)
    if budgets is not None:
        _break_even(d, budgets[0], x, y)
    outline = [(x(b), y.held(v)) for b, v in zip(curve.budgets, curve.high, strict=True)]
    outline += [(x(b), y.held(v)) for b, v in reversed(list(zip(curve.budgets, curve.low, strict=True)))]
    d.path(outline, "band accent", closed=True)
    d.path([(x(b), y.held(v)) for b, v in zip(curve.budgets, curve.margin, strict=True)], "curve accent")
    if budgets is None:
        return
    today, then = budgets
    height = y.held(along(curve.budgets, curve.margin, today))
    d.circle(x.held(today), height, 5.5, "hollow", f"today {numbers.budget(today)}")
    if words.moves(result.split) and round(then - today, 4) != 0:
        tip = f"recommended {numbers.budget(then)}"
        height = y.held(along(curve.budgets, curve.margin, then))
        d.circle(x.held(then), height, 5, f"dot {'up' if then > today else 'down'}", tip)


def in_order(result: NightResult) -> list[ResponseCurve]:
    """Curves with at least two points, in the order of the study's actions, unknown channels last by name."""
    known = {name: i for i, name in enumerate(result.actions)}
    curves = [c for c in result.pictures.response_curves if len(c.budgets) > 1]
    return sorted(curves, key=lambda c: (known.get(c.channel, len(known)), c.channel))


def shown(result: NightResult) -> list[ResponseCurve]:
    """Those that are drawn, and stand in the table below."""
    curves = in_order(result)
    names = drawn.most_important(result, [c.channel for c in curves], drawn.PANELS)
    return [c for c in curves if c.channel in names]


def _both(d: Drawing, x: float, y: float) -> None:
    d.circle(x + 6, y, 5, "dot up")
    d.circle(x + 20, y, 5, "dot down")


def response(result: NightResult) -> Chart:
    curves, word = shown(result), result.vocabulary
    every = [c.channel for c in in_order(result)]
    money = words.budget_money(result)
    level = numbers.percent(curves[0].level)
    reading = (
        f"Across: the {word.action}’s budget, {money}. Up: the margin that this budget brings compared with "
        f"today’s, {money}, all other {word.actions} as they are; the band is its {level} interval. "
        "Beyond the "
        "shaded part the logs hold no such budget, so the curve is a guess of the model. Every "
        f"{word.action} has "
        "scales of its own."
        f"{drawn.left_out(result, every, drawn.PANELS)}"
    )

    def draw(layout: Layout) -> Drawing:
        d = Drawing(layout.width, 0)
        entries = [
            Entry(dot("hollow"), 12, "today"),
            *((Entry(_both, 28, "recommended: more, less"),) if words.moves(result.split) else ()),
            Entry(box("zone"), 26, "in the logs"),
            Entry(hatched(), 26, "a guess"),
            Entry(stroke("outline dashed"), 26, f"one more {result.currency} earns 1"),
        ]
        placed, d.height = panels(len(curves), layout, draw_key(d, entries) + 12)
        for curve, panel in zip(curves, placed, strict=True):
            _panel(d, result, curve, panel)
        return d

    return chart("response", finding(result), reading, draw)
