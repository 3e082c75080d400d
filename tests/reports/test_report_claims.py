"""Claimed and earned, where an interval has one end only or is far longer than the others."""

import math
import re
from dataclasses import replace

import samples

from models.results import Kept, NightResult
from reports.charts import slope
from reports.html import report_html
from reports.numbers import NBSP


def with_high(high: float) -> NightResult:
    """Search's marginal return is 0.31, at least -0.40."""
    night = samples.move()
    search, *others = (replace(r, reason=Kept("either way")) for r in night.split.rows)
    rows = (replace(search, marginal_iroas_high=high), *others)
    claimed = {r.channel: 1.8 for r in rows}
    return replace(night, split=replace(night.split, rows=rows), claimed_margins=claimed)


def section(night: NightResult, page: str) -> str:
    html = report_html(night).decode().replace(NBSP, " ")
    return re.search(rf'<section id="{page}".*?</section>', html, re.DOTALL)[0]  # type: ignore[index]


def test_an_upper_end_that_is_no_bound_is_not_told_as_one() -> None:
    night = with_high(math.inf)
    budgets = re.sub("<[^>]*>", "", section(night, "page-2"))
    assert "at least −0.40; no upper bound can be told" in budgets
    search = slope.claims(night)[0]
    assert (search.tone, slope.earned_text(search)) == ("unsure", "0.31 (at least −0.40)")
    assert "at least −0.40" in section(night, "page-7") and "inf" not in section(night, "page-7")


def test_an_interval_that_runs_off_the_axis_has_an_arrow() -> None:
    """Three strokes instead of one."""

    def strokes(night: NightResult) -> int:
        wide = slope.slope(night).svg.partition('class="chart narrow"')[0]
        return max(bar.count("M") for bar in re.findall(r'class="link [a-z]+" d="([^"]*)"', wide))

    assert strokes(with_high(1.05)) == 1
    assert strokes(with_high(6156.6)) == strokes(with_high(math.inf)) == 3


def test_no_line_crosses_a_figure_of_the_axis() -> None:
    wide = slope.slope(with_high(1.05)).svg.partition('class="chart narrow"')[0]
    assert wide.index("quiet halo") > wide.rindex("whisker thin")


def test_a_count_of_ours_is_not_called_the_platforms_own() -> None:
    night = with_high(1.05)
    night = replace(night, settings={**night.settings, "decision.attribution_days": "7"})
    budgets = re.sub("<[^>]*>", "", section(night, "page-2"))
    assert (
        "“By the last ad” is what a count by the last ad before each purchase, at most 7 days before it, as "
        "platforms use it, would credit"
    ) in budgets
    assert slope.finding(night).startswith("A count by the last ad credits video with a margin of 1.80")
    assert "Left: the purchases whose last ad it was" in section(night, "page-7")
    totals = re.sub("<[^>]*>", "", section(replace(night, tier="C"), "page-2"))
    assert "“As reported” is what the daily totals credit" in totals
    for page in (section(night, "page-2"), section(night, "page-7"), totals):
        assert "latform claims" not in page and "own count" not in page and "platform credits" not in page
