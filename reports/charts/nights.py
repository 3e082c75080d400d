"""What the last nights promised, a line each, tonight last."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from models.results import NightResult, PastNight
from reports import drawn, numbers, words
from reports.charts.grid import FOOT, panels, upright_axis
from reports.charts.key import Entry, dot, draw_key, stroke, whisker
from reports.charts.whiskers import draw_bar, shown_range
from reports.scales import Scale, axis_x, round_scale
from reports.svg import Chart, Drawing, Layout, chart

SHOWN = 14
"""Most past nights that a chart shows."""


@dataclass(frozen=True)
class Promise:
    """A night, and what it promised for the split it recommended, if anything."""

    as_of: str
    verdict: str
    promised: float | None
    low: float | None
    high: float | None

    @property
    def bar(self) -> tuple[float, float, float] | None:
        if self.promised is None or self.low is None or self.high is None:
            return None
        return (self.low, self.promised, self.high)


def past(result: NightResult) -> tuple[PastNight, ...]:
    """The latest nights before this one, oldest first."""
    return tuple(sorted(result.pictures.past_nights, key=lambda n: n.as_of))[-SHOWN:]


def promises(result: NightResult) -> list[Promise]:
    """The past nights and tonight, oldest first."""
    d = result.split
    u = d.uplift if words.moves(d) else None
    figures = (None, None, None) if u is None else (u.estimate, u.low, u.high)
    tonight = Promise(result.as_of, d.verdict, *figures)
    return [
        *(Promise(n.as_of, n.verdict, n.promised, n.low, n.high) for n in past(result)),
        tonight,
    ]


def promised_text(p: Promise) -> str:
    if p.bar is None:
        return "nothing promised"
    low, middle, high = p.bar
    return numbers.interval(middle, low, high, signed=True, most=2).full


def finding(result: NightResult) -> str:
    rows = promises(result)[:-1]
    made = sorted((p.bar for p in rows if p.bar is not None), key=lambda bar: bar[1])
    alone, nights = len(rows) == 1, words.counted(len(rows), "night")
    if not made:
        nothing = "The night before promised nothing"
        return nothing if alone else f"Not one of the last {nights} promised anything"
    # rounded as beside the bars
    least, most = (
        numbers.interval(middle, low, high, signed=True, most=2).estimate
        for low, middle, high in (made[0], made[-1])
    )
    money = words.budget_money(result)
    between = f"{least} {money}" if len(made) == 1 else f"{least} to {most} {money}"
    who = "The night before" if alone else f"{len(made)} of the last {nights}"
    return f"{who} promised a gain, {between}"


def promised(result: NightResult) -> Chart | None:
    """None where neither a past night nor tonight promised anything."""
    rows = promises(result)
    known = [p.bar for p in rows if p.bar is not None]
    if not known:
        return None
    reading = (
        "Each line is a night: the dot is the gain it promised over the split of that day, the bar its "
        "interval. Nights that share most of their logs agree by themselves, so like promises do not confirm "
        "each other."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout.narrow
        step = 52 if narrow else 30
        left, right = (4, layout.width - 4) if narrow else (230, layout.width - 220)
        top, bottom = 8, 8 + step * len(rows)
        d = Drawing(layout.width, bottom + 48)
        scale = round_scale(shown_range(known), left, right, most=4 if narrow else 6, zero=True)
        axis_x(d, scale, top, bottom, f"promised gain, {words.budget_money(result)}", most=4 if narrow else 6)
        for i, p in enumerate(rows):
            tonight, verdict = p is rows[-1], words.VERDICTS.get(p.verdict, p.verdict)
            if narrow:
                y = top + step * i + 38.0
                d.rect(0, y - 34, layout.width, 22, "paper")
                d.text(0, y - 18, "tonight" if tonight else p.as_of, "strong", within=90)
                text = promised_text(p) if p.bar else f"{verdict}: {promised_text(p)}"
                d.text(layout.width, y - 18, text, "quiet", anchor="end", within=245)
            else:
                y = top + step * (i + 0.5)
                name = f"{p.as_of}, tonight" if tonight else p.as_of
                d.text(0, y + 4.5, name, "strong" if tonight else "", within=140)
                d.text(142, y + 4.5, verdict, "quiet", within=86)
                d.text(layout.width, y + 4.5, promised_text(p), "quiet", anchor="end", within=212)
            if p.bar is None:
                continue
            low, middle, high = p.bar
            tone = "up" if low > 0 else "down" if high < 0 else "unsure"
            draw_bar(d, scale, low, high, y, tone, promised_text(p))
            d.circle(scale.held(middle), y, 5, f"dot {tone}", promised_text(p))
        return d

    return chart("promises", finding(result), reading, draw)


def budgets_by_night(result: NightResult) -> dict[str, dict[str, float]]:
    """Budget per night and channel, recommended or kept, tonight included; nights without any left out."""
    rows: dict[str, dict[str, float]] = {n.as_of: dict(n.budgets) for n in past(result) if n.budgets}
    tonight: dict[str, float] = {}
    for r in result.split.rows:
        tonight[r.channel] = tonight.get(r.channel, 0.0) + r.recommended
    return rows | ({result.as_of: tonight} if tonight else {})


def moved(result: NightResult) -> set[str]:
    """The nights that recommended other budgets; those of the rest are the ones they found."""
    tonight = {result.as_of} if words.moves(result.split) else set()
    return {n.as_of for n in past(result) if words.is_move(n.verdict)} | tonight


def largest_step(nights: dict[str, dict[str, float]]) -> tuple[str, str, float, float] | None:
    """(night, channel, before, after) of the largest change between neighbouring nights; None: no change."""
    dates = sorted(nights)
    steps = [
        (abs(nights[b][c] - nights[a][c]), b, c, nights[a][c], nights[b][c])
        for a, b in pairwise(dates)
        for c in sorted(nights[b])
        if c in nights[a]
    ]
    most = max(steps, default=None)
    return None if most is None or round(most[0], 4) == 0 else most[1:]


def history_finding(result: NightResult) -> str:
    nights = budgets_by_night(result)
    most = largest_step(nights)
    counted = words.counted(len(nights), "night")
    if most is None:
        return f"No budget changed over {counted}"
    night, channel, before, after = most
    unasked = "" if night in moved(result) else ", which that night did not recommend"
    return (
        f"Over {counted}, {words.shorten(channel, 40)} changed most from one to the next: "
        f"{numbers.budget(before)} → {numbers.budget(after)} {words.budget_money(result)} on {night}{unasked}"
    )


def history(result: NightResult) -> Chart:
    """Budgets from night to night, recommended or kept; expects two nights with budgets or more."""
    nights, recommended = budgets_by_night(result), moved(result)
    known = {name: i for i, name in enumerate(result.actions)}
    every = {c for row in nights.values() for c in row}
    channels = sorted(
        drawn.most_important(result, every, drawn.PANELS), key=lambda c: (known.get(c, len(known)), c)
    )
    days = {night: date.fromisoformat(night).toordinal() for night in nights}
    tonight = {r.channel: r for r in result.split.rows if r.segment is None}
    reading = (
        f"Each dot is a night’s budget, {words.budget_money(result)}: filled where it recommended a move, "
        "hollow where it kept what was given by then. The last one is tonight’s, with the range that the "
        f"data would support. Every {result.vocabulary.action} has scales of "
        "its own, from 0 on."
    ) + drawn.left_out(result, every, drawn.PANELS, all_in="ledger.parquet")

    def draw(layout: Layout) -> Drawing:
        d = Drawing(layout.width, 0)
        entries = [
            Entry(dot("dot accent"), 12, "recommended that night"),
            Entry(dot("hollow"), 12, "kept that night"),
            Entry(stroke("curve accent"), 26, "from night to night"),
            Entry(whisker("whisker unsure"), 26, "range of the data tonight"),
        ]
        placed, end = panels(len(channels), layout, draw_key(d, entries) + 12)
        d.height = end - FOOT / 4
        for channel, panel in zip(channels, placed, strict=True):
            points = [(night, row[channel]) for night, row in sorted(nights.items()) if channel in row]
            row = tonight.get(channel)
            reach = [row.low, row.high] if row else []
            y, left = upright_axis(d, panel, channel, [*(v for _, v in points), *reach])
            x = Scale(min(days.values()) - 0.5, max(days.values()) + 0.5, left, panel.right)
            if row is not None:
                at = x(days[result.as_of])
                d.line(at, y(row.low), at, y(row.high), "whisker unsure")
            d.path([(x(days[night]), y(v)) for night, v in points], "curve accent")
            for night, v in points:
                mark = "dot accent" if night in recommended else "hollow"
                d.circle(x(days[night]), y(v), 3.5, mark, f"{night}: {numbers.budget(v)}")
            d.text(left, panel.bottom + 18, min(days), "quiet")
            d.text(panel.right + 8, panel.bottom + 18, max(days)[5:], "quiet", anchor="end")
        return d

    return chart("history", history_finding(result), reading, draw)
