"""The curve of values over ordered levels, each with its interval, the raw values beside it."""

from models.results import Answer, LevelsResult
from reports import numbers
from reports.scales import Scale, axis_x, axis_y, round_scale
from reports.sentences.levels import LevelWords
from reports.svg import NARROW, Chart, Drawing, Layout, chart

HEIGHT = 260


def levels_chart(found: LevelsResult, said: LevelWords) -> Chart | None:
    """None where no level has an interval."""
    known = [one for one in found.values if one.value is not None]
    if not known:
        return None
    ends = [v for one in known if one.value for v in (one.value.low, one.value.high, one.raw)]
    reading = (
        f"The line is what each {said.word.action} is worth, were all {said.word.entities} given it, "
        f"{said.per}; "
        f"the band holds all levels at once in {numbers.percent(found.test.level)} of cases. Small dots "
        "are what "
        "each level tells by itself. Filled are the levels that may be best."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        d = Drawing(layout.width, HEIGHT + 50)
        left, right = (48 if narrow else 72), layout.width - 14
        y = round_scale(ends, HEIGHT - 4, 12)
        first, last = found.values[0].level, found.values[-1].level
        margin = 0.04 * (last - first)
        x = Scale(first - margin, last + margin, left, right)
        axis_y(d, y, left, right)
        title = f"{said.word.action}, {found.unit}" if found.unit else said.word.action
        axis_x(d, x, 8, HEIGHT - 4, title, most=4 if narrow else 8)
        outline = [(x(one.level), y(one.value.high)) for one in known if one.value]
        outline += [(x(one.level), y(one.value.low)) for one in reversed(known) if one.value]
        d.path(outline, "band accent", closed=True)
        d.path([(x(one.level), y(one.estimate)) for one in known], "curve accent")
        for one in known:
            text = f"{said.name(one.arm)}: {said.interval(one.estimate, one.value).full}"
            d.circle(x(one.level), y.held(one.raw), 2.5, "dot plain", text)
            tone = "accent" if one.may_be_best else "unsure"
            d.circle(x(one.level), y(one.estimate), 5, f"dot {tone}", text)
        return d

    return chart("levels", _finding(found, said), reading, draw)


def _finding(found: LevelsResult, said: LevelWords) -> str:
    verdict = found.test.verdict
    if verdict.kind == Answer.ONE or (verdict.kind == Answer.IDLE):
        return f"Best beyond doubt: {said.names(verdict.arms)}"
    if verdict.kind == Answer.SEVERAL:
        return f"The best level is one of these beyond doubt: {said.names(verdict.arms)}"
    return "No level stands out beyond doubt"
