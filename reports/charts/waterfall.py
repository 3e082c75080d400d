"""The uplift, channel by channel: each part starts where the one above ends; the last bar is their sum."""

from dataclasses import dataclass, replace

from models.results import NightResult, Uplift
from reports import drawn, numbers, words
from reports.charts.key import Entry, box, draw_key, whisker
from reports.charts.whiskers import draw_bar, shown_range
from reports.scales import Scale, axis_x, round_scale
from reports.svg import Chart, Drawing, Layout, chart

TOTAL = "Together"


@dataclass(frozen=True)
class Step:
    """One bar: from `start` on by `estimate`, its interval measured from `start` too."""

    name: str
    start: float
    estimate: float
    low: float
    high: float
    several: bool = False
    """Whether it is the sum of parts that are not drawn: then its interval is not known."""

    @property
    def end(self) -> float:
        return self.start + self.estimate

    @property
    def bar(self) -> tuple[float, float, float]:
        return (self.start + self.low, self.end, self.start + self.high)


def steps(result: NightResult, total: Uplift) -> list[Step]:
    """The channels in the order of their parts, largest gain first, and the total."""
    ordered = sorted(result.pictures.channel_uplifts, key=lambda u: (-u.estimate, u.channel))
    found, start = [], 0.0
    for part in ordered:
        found.append(Step(part.channel, start, part.estimate, part.low, part.high))
        start += part.estimate
    return [*found, Step(TOTAL, 0.0, total.estimate, total.low, total.high)]


def drawn_steps(result: NightResult, total: Uplift) -> list[Step]:
    """The same where they are too many to read: the largest parts, and the others in one bar."""
    *parts, whole = steps(result, total)
    if len(parts) <= drawn.ROWS:
        return [*parts, whole]
    largest = sorted(parts, key=lambda s: (-abs(s.estimate), s.name))[: drawn.ROWS - 1]
    found, start = [], 0.0
    for step in (s for s in parts if s in largest):
        found.append(replace(step, start=start))
        start += step.estimate
    rest = sum(s.estimate for s in parts if s not in largest)
    name = f"{words.actions(result, len(parts) - len(largest))}, small parts"
    return [*found, Step(name, start, rest, rest, rest, several=True), whole]


def step_text(step: Step) -> str:
    text = numbers.interval(step.estimate, step.low, step.high, signed=True, most=2)
    return text.estimate if step.several else text.full


def sure(step: Step) -> bool:
    return step.low > 0 or step.high < 0


def finding(result: NightResult, total: Uplift) -> str:
    *parts, whole = steps(result, total)
    most = max(parts, key=lambda s: (abs(s.estimate), s.name))
    money, name = words.budget_money(result), words.shorten(most.name, 40)
    part = numbers.interval(most.estimate, most.low, most.high, signed=True, most=2).estimate
    all_of_it = numbers.interval(whole.estimate, whole.low, whole.high, signed=True, most=2).estimate
    head = f"{name} accounts for {part} of the {all_of_it} {money}"
    known = sum(map(sure, parts))
    if not words.moves(result.split):
        return f"{head} that the best move would bring"
    if len(parts) == 1:
        return head
    if not known:
        return f"{head}; no single part is beyond doubt"
    return f"{head}; {known} of {len(parts)} parts {'is' if known == 1 else 'are'} beyond doubt"


def _tone(step: Step, *, moves: bool) -> str:
    if not moves:
        return "unsure"
    return "unsure" if step.several else "up" if step.low > 0 else "down" if step.high < 0 else "unsure"


def _mark(d: Drawing, step: Step, scale: Scale, y: float, tone: str) -> None:
    tip = step_text(step)
    x1, x2 = sorted((scale.held(step.start), scale.held(step.end)))
    d.rect(x1, y - 8, max(x2 - x1, 1), 16, f"band {tone}", tip)
    low, _, high = step.bar
    if not step.several:
        draw_bar(d, scale, low, high, y, tone, tip)
    d.circle(scale.held(step.end), y, 4, f"dot {tone}", tip)


def waterfall(result: NightResult, total: Uplift) -> Chart:
    found, moves = drawn_steps(result, total), words.moves(result.split)
    reading = (
        f"Each bar is one {result.vocabulary.action}’s part of the extra {total.outcome} and starts "
        "where the one above ends; "
        "the last bar is all of them together. The thin line is the interval of that bar. The parts share "
        f"the same {result.vocabulary.people}, so the interval of the whole is not the sum of theirs."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout.narrow
        row = 54 if narrow else 32
        left, right = (6, layout.width - 6) if narrow else (230, layout.width - 220)
        d = Drawing(layout.width, 0)
        entries = [
            *((Entry(box("band up"), 26, "gain"), Entry(box("band down"), 26, "loss")) if moves else ()),
            Entry(box("band unsure"), 26, "either is possible" if moves else "held back tonight"),
            Entry(whisker("whisker plain"), 26, f"{numbers.percent(total.level)} interval"),
        ]
        top = draw_key(d, entries) + 8
        bottom = top + row * len(found)
        d.height = bottom + 48
        values = [*shown_range([s.bar for s in found]), *(s.start for s in found)]
        scale = round_scale(values, left, right, most=4 if narrow else 6, zero=True)
        title = f"extra {total.outcome}, {words.budget_money(result)}"
        axis_x(d, scale, top, bottom, title, most=4 if narrow else 6)
        for i, step in enumerate(found):
            y = top + row * i + (row - 14 if narrow else row / 2)
            if i + 2 < len(found):
                d.line(scale.held(step.end), y, scale.held(step.end), y + row, "rule")
        rule = bottom - row + (2 if narrow else 0)
        d.line(0, rule, layout.width, rule, "rule")
        for i, step in enumerate(found):
            y = top + row * i + (row - 14 if narrow else row / 2)
            strong = "strong" if i + 1 == len(found) or narrow else ""
            if narrow:
                d.rect(0, y - 36, layout.width, 22, "paper")
                d.text(0, y - 20, step.name, strong, within=150)
                d.text(layout.width, y - 20, step_text(step), "", anchor="end", within=180)
            else:
                d.text(0, y + 4.5, step.name, strong, within=left - 16)
                d.text(layout.width, y + 4.5, step_text(step), strong, anchor="end", within=212)
            _mark(d, step, scale, y, _tone(step, moves=moves))
        return d

    return chart("waterfall", finding(result, total), reading, draw)
