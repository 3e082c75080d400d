"""What the n-th exposure within seven days earns, one small chart per channel, and the cap it suggests."""

from models.results import ExposureValue, NightResult
from reports import drawn, numbers, words
from reports.charts.grid import Panel, panels, upright_axis
from reports.charts.key import Entry, dot, draw_key, hatched, stroke, whisker
from reports.charts.whiskers import shown_range
from reports.scales import Scale
from reports.svg import Chart, Drawing, Layout, chart


def by_channel(result: NightResult) -> dict[str, list[ExposureValue]]:
    """Those that are drawn."""
    values = every(result)
    names = drawn.most_important(result, values, drawn.PANELS)
    return {name: of for name, of in values.items() if name in names}


def every(result: NightResult) -> dict[str, list[ExposureValue]]:
    """Values by n, channels in the study's order, unknown ones last by name."""
    known = {name: i for i, name in enumerate(result.actions)}
    found: dict[str, list[ExposureValue]] = {}
    for e in sorted(
        result.pictures.exposure_values, key=lambda e: (known.get(e.channel, len(known)), e.channel, e.n)
    ):
        found.setdefault(e.channel, []).append(e)
    return found


def cap_of(result: NightResult, channel: str) -> int | None:
    return next((c.cap for c in result.pictures.frequency_caps if c.channel == channel), None)


def finding(result: NightResult) -> str:
    capped = [(c.cap, c.channel) for c in result.pictures.frequency_caps if c.cap is not None]
    dear = [c.channel for c in result.pictures.frequency_caps if c.cap is None and c.beyond is not None]
    if not capped and dear:
        more = f", and {len(dear) - 1} more, keep" if len(dear) > 1 else " keeps"
        said = f"whether {words.shorten(dear[0], 40)}{more} a budget is for the split to say"
        return f"No cap is suggested: {said}"
    if not capped:
        said = f"no {result.vocabulary.treatment} surely costs more than it earns"
        return f"No cap is suggested: counting how many were looked at, {said}"
    (cap, name), word = min(capped), result.vocabulary
    more = f"; caps for {len(capped)} of {len(every(result))} {word.actions}" if len(capped) > 1 else ""
    ads = words.counted(cap, word.treatment, word.treatments)
    return f"{words.shorten(name, 40)} no longer pays after {ads} in seven days{more}"


def _panel(d: Drawing, result: NightResult, values: list[ExposureValue], panel: Panel) -> None:
    channel, cap = values[0].channel, cap_of(result, values[0].channel)
    costs = [e.cost for e in values if e.cost is not None]
    up = [*shown_range([(e.low, e.estimate, e.high) for e in values]), *costs]
    y, left = upright_axis(d, panel, channel, up)
    x = Scale(values[0].n - 0.5, values[-1].n + 0.5, left, panel.right)
    if cap is not None and cap < values[-1].n:
        edge = x.held(cap + 0.5)
        d.hatch(edge, panel.top, panel.right - edge, panel.bottom - panel.top)
        d.line(edge, panel.top, edge, panel.bottom, "marker")
    step = max(1, -(-len(values) // 12))
    for i, e in enumerate(values):
        tip = numbers.interval(e.estimate, e.low, e.high, signed=True, most=4).full
        tone = "up" if e.low > (e.cost or 0.0) else "down" if e.high < (e.cost or 0.0) else "unsure"
        if e.cost is not None:
            d.line(x(e.n - 0.45), y(e.cost), x(e.n + 0.45), y(e.cost), "outline")
        vertical(d, y, e, x(e.n), tone, tip)
        if i % step == 0:
            last = e is values[-1] and len(values) > 1
            d.text(x(e.n), panel.bottom + 18, f"{e.n}{'+' if last else ''}", "quiet", anchor="middle")


def vertical(d: Drawing, y: Scale, e: ExposureValue, x: float, tone: str, tip: str) -> None:
    """The interval upright, with a lip or an arrow at each end, and the estimate on it."""
    low, high = y.held(e.low), y.held(e.high)
    marks = [(x, low, x, high)]
    for value, at, down in ((e.low, low, 1), (e.high, high, -1)):
        lip = 0 if y.low <= value <= y.high else 5 * down  # an arrow where it runs off the axis
        marks += [(x - 4, at - lip, x, at), (x, at, x + 4, at - lip)]
    d.strokes(marks, f"whisker {tone}")
    d.circle(x, y.held(e.estimate), 4.5, f"dot {tone}", tip)


def within(result: NightResult) -> str:
    """For how long what an exposure earns is counted."""
    days = result.pictures.exposure_days
    return f" within {words.counted(days, 'day', 'days')}" if days else ""


def exposures(result: NightResult) -> Chart:
    panes, word = by_channel(result), result.vocabulary
    level = numbers.percent(result.pictures.exposure_values[0].level)
    reading = (
        f"Across: the how-many-th {word.treatment} of the {word.action} within seven days, the last one "
        f"standing for all later ones. Up: the margin it causes{within(result)}, {result.currency}, with its "
        f"{level} interval. Blue: surely more than the {word.treatment} costs; orange: surely less; grey: "
        f"either. Of {len(result.pictures.exposure_values)} intervals a few lie apart by chance, so a cap "
        f"needs one that holds together with all others. Every {word.action} has scales of its own."
    ) + drawn.left_out(result, every(result), drawn.PANELS)

    def draw(layout: Layout) -> Drawing:
        d = Drawing(layout.width, 0)
        entries = [
            Entry(dot("dot plain"), 12, f"one more {word.treatment} earns"),
            Entry(whisker("whisker plain"), 26, "interval"),
            Entry(stroke("outline"), 26, f"what the {word.treatment} costs"),
            Entry(hatched(), 26, "beyond the suggested cap"),
        ]
        placed, d.height = panels(len(panes), layout, draw_key(d, entries) + 12)
        for values, panel in zip(panes.values(), placed, strict=True):
            _panel(d, result, values, panel)
        return d

    return chart("exposures", finding(result), reading, draw)
