"""Today's budget and the recommended one per channel, with interval and bounds."""

from models.results import NightResult, SplitRow
from reports import drawn, numbers, words
from reports.scales import Scale, axis_x, round_scale
from reports.svg import NARROW, Chart, Drawing, Layout, chart


def direction(row: SplitRow) -> str:
    delta = words.change(row)
    return "up" if delta > 0 else "down" if delta < 0 else "unsure"


def value_text(row: SplitRow) -> str:
    if words.change(row) == 0:
        return f"{numbers.budget(row.current)} kept"
    return f"{numbers.budget(row.current)} → {numbers.to_type_in(row.recommended)}"


def axis_end(rows: tuple[SplitRow, ...]) -> float:
    """Far enough for every mark; a bound far beyond all budgets is drawn as an arrow instead."""
    marks = max(max(r.current, r.recommended, r.low, r.high) for r in rows)
    return max([marks, *(r.max_allowed for r in rows if r.max_allowed <= 1.7 * marks)])


def finding(result: NightResult) -> str:
    rows = result.split.rows
    moved = [r for r in rows if words.change(r) != 0]
    if not moved:
        return f"Every {result.vocabulary.action} keeps today’s budget"
    most = max(moved, key=lambda r: (abs(words.change(r)), words.row_name(r)))
    return (
        f"{words.shorten(words.row_name(most), 40)} moves most: {numbers.budget(most.current)} → "
        f"{numbers.to_type_in(most.recommended)} {words.budget_money(result)}; "
        f"{len(moved)} of {len(rows)} budgets change"
    )


def _track(d: Drawing, row: SplitRow, scale: Scale, y: float) -> None:
    tone = direction(row)
    d.line(scale.held(row.min_allowed), y, scale.held(row.max_allowed), y, "rule")
    d.bracket(scale.held(row.min_allowed), y, 8, 1, "outline")
    if row.max_allowed <= scale.high:
        d.bracket(scale(row.max_allowed), y, 8, -1, "outline")
    else:
        end = scale(scale.high)
        d.path([(end - 5, y - 5), (end, y), (end - 5, y + 5)], "outline")
    between = f"{numbers.budget(row.low)} to {numbers.budget(row.high)}"
    d.rect(scale.held(row.low), y - 5, scale.held(row.high) - scale.held(row.low), 10, "band unsure", between)
    d.line(scale(row.current), y, scale(row.recommended), y, f"link {tone}")
    d.circle(scale(row.recommended), y, 6.5, f"dot {tone}", f"type in {numbers.to_type_in(row.recommended)}")
    d.circle(scale(row.current), y, 5, "hollow", f"today {numbers.budget(row.current)}")


def _key(d: Drawing, x: float, y: float, *, narrow: bool, typing: bool) -> None:
    gap = (82, 112, 82) if narrow else (110, 130, 150)
    d.circle(x + 6, y - 4, 5, "hollow")
    d.text(x + 16, y, "today", "quiet")
    x += gap[0]
    if typing:
        d.circle(x, y - 4, 6.5, "dot up")
        d.circle(x + 15, y - 4, 6.5, "dot down")
        d.text(x + 26, y, "more, less", "quiet")
        x += gap[1]
    if narrow:
        x, y = 0, y + 22
    d.rect(x, y - 9, 26, 10, "band unsure")
    d.text(x + 32, y, "range of the data" if narrow else "range the data would support", "quiet")
    x += 150 if narrow else 230
    d.bracket(x, y - 4, 8, 1, "outline")
    d.line(x, y - 4, x + 22, y - 4, "rule")
    d.bracket(x + 22, y - 4, 8, -1, "outline")
    d.text(x + 30, y, "allowed", "quiet")


def dumbbell(result: NightResult) -> Chart:
    named = [words.row_name(r) for r in result.split.rows]
    shown = drawn.most_important(result, named)
    rows = tuple(r for r in result.split.rows if words.row_name(r) in shown)
    beyond = any(r.max_allowed > axis_end(rows) for r in rows)
    typing = words.moves(result.split)
    dot = "the filled dot the one to type in; the " if typing else "kept tonight; the "
    reading = (
        f"Each line is one {result.vocabulary.action}: the ring is today’s budget, {dot}"
        "grey bar is the range in which the best budget lies as far as the logs can tell; "
        "the brackets are what you allow"
        + ("; an arrow means that you allow more than the picture shows." if beyond else ".")
        + drawn.left_out(result, named, all_in="split.csv")
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        row_height, top = (56, 58) if narrow else (36, 42)
        left, right = (10, layout.width - 12) if narrow else (230, layout.width - 185)
        bottom = top + row_height * len(rows)
        d = Drawing(layout.width, bottom + 48)
        scale = round_scale([axis_end(rows)], left, right, most=4 if narrow else 6, zero=True)
        axis_x(d, scale, top, bottom, words.budget_money(result), most=4 if narrow else 6)
        _key(d, 0 if narrow else left - 6, 16, narrow=narrow, typing=typing)
        for i, row in enumerate(rows):
            name, value = words.row_name(row), value_text(row)
            if narrow:
                y = top + row_height * i + 18.0
                d.rect(0, y - 13, layout.width, 17, "paper")
                d.text(0, y, name, "strong", within=170)
                d.text(layout.width, y, value, "", anchor="end")
                _track(d, row, scale, y + 20)
            else:
                y = top + row_height * (i + 0.5)
                d.text(0, y + 4.5, name, "strong", within=left - 20)
                _track(d, row, scale, y)
                d.text(layout.width, y + 4.5, value, "", anchor="end")
        return d

    return chart("budgets", finding(result), reading, draw)
