"""Channel by segment: what one more unit of spend earns, coloured only where it is told apart from 1."""

from models.results import NightResult, SegmentSlope
from reports import drawn, numbers, words
from reports.charts.key import Entry, box, draw_key, hatched
from reports.svg import Chart, Drawing, Layout, chart

CELL, ACROSS, MOST, LINES = 44, 3, 7, 8
"""Height of a cell in px; cells a row in a block; most segments side by side; most actions drawn."""


def told_apart(s: SegmentSlope) -> str:
    """`up` where the whole interval is above 1, `down` where below, else `unsure`; empty without a figure."""
    if s.estimate is None or s.low is None or s.high is None:
        return ""
    return "up" if s.low > 1 else "down" if s.high < 1 else "unsure"


def channels(result: NightResult) -> list[str]:
    """Those that are drawn, in the order of the study's actions, unknown ones last by name."""
    known = {name: i for i, name in enumerate(result.actions)}
    names = drawn.most_important(result, _all(result), LINES)
    return sorted(names, key=lambda c: (known.get(c, len(known)), c))


def _all(result: NightResult) -> set[str]:
    return {s.channel for s in result.pictures.segment_slopes}


def segments(result: NightResult) -> list[str]:
    return sorted({s.segment for s in result.pictures.segment_slopes})


def in_doubt(result: NightResult) -> bool:
    """Does a placebo find an effect where there is none? Then a cell, a part of all, is no finding."""
    return any(c.kind == "placebo" and c.status != "ok" for c in result.health)


def finding(result: NightResult) -> str:
    slopes, one = result.pictures.segment_slopes, f"one more {result.currency}"
    if in_doubt(result):
        return (
            f"What {one} earns by {result.vocabulary.action} and segment cannot be relied on tonight: "
            "a check finds an effect "
            "where there can be none"
        )
    known = [s for s in slopes if told_apart(s)]
    paying = [s for s in known if told_apart(s) == "up"]
    losing = [s for s in known if told_apart(s) == "down"]
    if not paying and not losing:
        return f"In none of {len(slopes)} cells can the logs tell whether {one} pays"
    best = max(paying or losing, key=lambda s: (s.estimate or 0.0, s.channel, s.segment))
    where = words.shorten(f"{best.channel} · {best.segment}", 60)
    band = f"{numbers.per_unit(best.estimate)} ({numbers.ends(best.low, best.high)})"
    head = f"{where} earns {'most' if paying else 'less than it costs'}, {band} on {one}"
    pays, loses = f"{len(paying)} of {len(slopes)} cells", len(losing)
    return f"{head}; more surely pays in {pays}, and surely does not in {loses or 'none'}"


def _cell(d: Drawing, s: SegmentSlope | None, x: float, y: float, width: float, sure: bool) -> None:
    """Colour, figure and interval in a box whose top left corner is (x, y); not sure: no colour."""
    tone = told_apart(s) if s is not None else ""
    tone = tone if sure or not tone else "unsure"
    if s is None or not tone:
        d.rect(x, y, width, CELL, "node")
        d.hatch(x, y, width, CELL)
        return
    band = numbers.ends(s.low, s.high)
    tip = f"{s.channel} · {s.segment}: {numbers.per_unit(s.estimate)} ({band})"
    d.rect(x, y, width, CELL, f"band {tone}", tip)
    d.text(x + width / 2, y + 18, numbers.per_unit(s.estimate), "strong", anchor="middle")
    d.text(x + width / 2, y + 36, band, "", anchor="middle", within=width - 6)


def _side_by_side(d: Drawing, result: NightResult, top: float) -> float:
    by_key = {(s.channel, s.segment): s for s in result.pictures.segment_slopes}
    across, left, sure = segments(result), 230, not in_doubt(result)
    width = (d.width - left) / len(across)
    for j, segment in enumerate(across):
        d.text(left + width * (j + 0.5), top + 14, segment, "quiet", anchor="middle", within=width - 10)
    y = top + 24
    for channel in channels(result):
        d.text(0, y + CELL / 2 + 4.5, channel, "strong", within=left - 16)
        for j, segment in enumerate(across):
            _cell(d, by_key.get((channel, segment)), left + width * j + 2, y, width - 4, sure)
        y += CELL + 4
    return y


def _blocks(d: Drawing, result: NightResult, top: float) -> float:
    """A block per channel, with as many cells a row as can be read."""
    by_key = {(s.channel, s.segment): s for s in result.pictures.segment_slopes}
    per_row, sure = ACROSS if d.width < 500 else MOST, not in_doubt(result)
    width, y = d.width / per_row, top
    for channel in channels(result):
        d.text(0, y + 16, channel, "strong", within=d.width)
        y += 24
        for j, segment in enumerate(segments(result)):
            if j and j % per_row == 0:
                y += CELL + 26
            x = width * (j % per_row)
            d.text(x + width / 2, y + 14, segment, "quiet", anchor="middle", within=width - 8)
            _cell(d, by_key.get((channel, segment)), x + 2, y + 20, width - 4, sure)
        y += CELL + 34
    return y


def heat(result: NightResult) -> Chart:
    one, word = f"one more {result.currency}", result.vocabulary
    reading = (
        f"Each cell is what {one} on {word.an_action} earns among the {word.people} of a segment, "
        "with its interval. "
        "Coloured only where the whole interval lies above or below 1; hatched where spend does not follow "
        f"the budget clearly enough for a figure, or too few {word.people} were reached to tell of them. "
        "With many cells a few are coloured by chance."
    ) + drawn.left_out(result, _all(result), LINES)
    if in_doubt(result):
        reading += (
            " Tonight none is coloured: delivery may react to something that these logs do not hold, and "
            f"cells, smaller than {word.actions}, bear the most of it."
        )

    def draw(layout: Layout) -> Drawing:
        d = Drawing(layout.width, 0)
        entries = [
            Entry(box("band up"), 26, "earns more than 1"),
            Entry(box("band down"), 26, "less than 1"),
            Entry(box("band unsure"), 26, "cannot be told"),
            Entry(hatched(), 26, "no figure"),
        ]
        top = draw_key(d, entries[2:] if in_doubt(result) else entries) + 12
        wide = not layout.narrow and len(segments(result)) <= MOST
        d.height = (_side_by_side if wide else _blocks)(d, result, top) + 4
        return d

    return chart("segments", finding(result), reading, draw)
