"""The verdict's interval on one line: what the move is worth against today's split."""

from models.results import NightResult, Uplift
from reports import numbers, words
from reports.scales import axis_x, round_scale
from reports.svg import Chart, Drawing, Layout, chart


def colour(uplift: Uplift) -> str:
    """Blue where surely up, orange where surely down, grey where either is possible."""
    return "up" if uplift.low > 0 else "down" if uplift.high < 0 else "unsure"


def strip(result: NightResult, uplift: Uplift) -> Chart:
    text = numbers.interval(uplift.estimate, uplift.low, uplift.high, signed=True, most=2)
    level = numbers.percent(uplift.level)
    surely = uplift.low > 0 or uplift.high < 0
    if surely and not words.moves(result.split):
        finding = "What the best move would bring, if the estimate could be relied on"
    elif surely:
        finding = f"The whole range lies {'above' if uplift.low > 0 else 'below'} today’s split"
    else:
        finding = "The range reaches below today’s split: a loss is possible"
    reading = (
        f"The dot is our best guess, the bar the range that holds the truth in {level} of such cases. "
        "Left of the line at 0 you would lose."
    )
    tone = colour(uplift) if words.moves(result.split) else "unsure"

    def draw(layout: Layout) -> Drawing:
        d = Drawing(layout.width, 92)
        scale = round_scale(
            [uplift.low, uplift.high, uplift.estimate],
            24,
            layout.width - 24,
            most=4 if layout.narrow else 8,
            zero=True,
        )
        d_title = f"more {uplift.outcome} than today’s split, {words.budget_money(result)}"
        axis_x(d, scale, 8, 48, d_title, most=4 if layout.narrow else 8)
        d.rect(
            scale.held(uplift.low),
            21,
            scale.held(uplift.high) - scale.held(uplift.low),
            14,
            f"band {tone}",
            text.full,
        )
        d.circle(scale(uplift.estimate), 28, 7, f"dot {tone}", text.estimate)
        return d

    return chart("uplift", finding, reading, draw)
