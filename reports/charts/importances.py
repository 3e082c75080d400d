"""Which facts about a person drive the plan's choice."""

from models.results import Explanation, Vocabulary
from reports import facts, numbers
from reports.scales import Scale, round_scale
from reports.svg import NARROW, Chart, Drawing, Layout, chart

MOST = 12
"""Bars drawn; the table below the chart has all."""


def finding(explanation: Explanation, entity: str) -> str:
    feature, text, share = explanation.importances[0]
    said = facts.fact_text(feature, text, entity)
    return f"“{said}” matters most: without it {numbers.percent(share)} of the choices would differ"


def importances(explanation: Explanation, word: Vocabulary) -> Chart:
    """The facts that change a choice, most important first; `explanation` has at least one."""
    rows = [(f, facts.fact_text(f, t, word.entity), v) for f, t, v in explanation.importances if v > 0][:MOST]
    reading = (
        "Each bar is one fact known before the decision; its length is the share of decisions that "
        f"change when that fact is shuffled between {word.entities}."
    )

    def draw(layout: Layout) -> Drawing:
        narrow = layout is NARROW
        step = 46 if narrow else 30
        left, right = (0, layout.width - 60) if narrow else (360, layout.width - 70)
        d = Drawing(layout.width, step * len(rows) + 8)
        ends = round_scale([share for _, _, share in rows], left, right, most=4, zero=True)
        scale = Scale(0, max(ends.high, 1e-9), left, right)
        d.line(left, 0, left, step * len(rows) + 4, "zero")
        for i, (feature, text, share) in enumerate(rows):
            y = step * i + (20 if narrow else 4)
            if narrow:
                d.rect(0, y - 17, layout.width, 18, "paper")
                d.text(0, y - 3, text, "", within=layout.width)
            else:
                d.text(left - 14, y + 15, text, "", anchor="end", within=left - 20)
            d.rect(left, y + 2, scale.held(share) - left, 17, "bar", f"{feature}: {numbers.percent(share)}")
            d.text(scale.held(share) + 8, y + 15, numbers.percent(share), "")
        return d

    return chart("importances", finding(explanation, word.entity), reading, draw)
