"""The sentences and the page of a test by region."""

from dataclasses import replace

import pytest

from models.results import (
    Interval,
    NightResult,
    Pictures,
    Region,
    RegionsDay,
    RegionsJudged,
    RegionsLog,
    RegionsResult,
    SplitDecision,
)
from reports.html import regions_html
from reports.sentences import regions as said
from reports.write import write_reports
from tests.reports.samples import one_decision_each

FOUND = RegionsResult(
    found=True,
    added=Interval(3.0, 1.0, 5.0),
    total=Interval(60.0, 20.0, 100.0),
    p_value=0.02,
    placebos=49,
    placebos_needed=19,
    difference_in_differences=Interval(2.5, 0.5, 4.5),
    extra_spend=40.0,
    per_spend=Interval(1.5, 0.5, 2.5),
    log=RegionsLog("2026-01-01", "2026-01-11", "2026-01-20", 10, 10, 1),
    regions=(
        Region("north", True, None, 3.5),
        Region("<b>east", True, None, 2.5),
        *(Region(f"r{k}", False, 0.25, None) for k in range(4)),
    ),
    daily=(RegionsDay("2026-01-01", 10.0, 10.0), RegionsDay("2026-01-20", 13.0, 10.0)),
    level=0.95,
)
TAKEN = replace(
    FOUND,
    added=Interval(-3.0, -5.0, -1.0),
    total=Interval(-60.0, -100.0, -20.0),
    per_spend=Interval(-1.5, -2.5, -0.5),
)
OPEN = replace(FOUND, found=False, added=Interval(1.0, -1.0, 3.0), more_regions=34, more_days=56)


def why(found: RegionsResult) -> str:
    return said.why(found, "EUR").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("found", "headline", "sentence"),
    [
        (
            FOUND,
            "The treatment added 3.00 per region and day.",
            "40 EUR more was spent: each EUR added 1.50 (between 0.50 and 2.50).",
        ),
        (
            TAKEN,
            "The treatment took away 3.00 per region and day.",
            "each EUR took away 1.50 (between 0.50 and 2.50).",
        ),
        (
            replace(TAKEN, extra_spend=-40.0, per_spend=FOUND.per_spend),
            "The treatment took away 3.00 per region and day.",
            "40 EUR less was spent: each EUR added 1.50",
        ),
        (
            replace(FOUND, per_spend=None),
            "The treatment added 3.00 per region and day.",
            "The extra spend cannot be told from none",
        ),
        (
            OPEN,
            "Nothing was found that the treatment added.",
            "34 more regions (treated and not, as now), or 56 more days with treatment, tell it from none",
        ),
        (
            replace(OPEN, placebos=6),
            "Nothing was found that the treatment added.",
            "The control regions form 6 groups like the treated one, and with fewer than 19",
        ),
        (
            replace(OPEN, more_regions=None, more_days=None),
            "Nothing was found that the treatment added.",
            "No test of a size that can be run",
        ),
    ],
)
def test_the_answer_is_a_sentence(found: RegionsResult, headline: str, sentence: str) -> None:
    assert said.headline(found) == headline
    assert sentence in why(found)
    assert "in all, in 2 regions over 10 days" in why(found) and "Of " in why(found)


def test_what_was_lost_is_told_without_a_sign_and_so_is_its_interval() -> None:
    assert "they lost 3.00 (1.00 to 5.00) per region and day; in all" in why(TAKEN)
    assert "in 2 regions over 10 days, 60 (20 to 100)." in why(TAKEN)
    assert "they gained +3.00 (+1.00 to +5.00) per region and day" in why(FOUND)


def test_the_page_and_the_files(tmp_path) -> None:
    split = SplitDecision("FOUND", RegionsJudged(FOUND, None), 7, 0.0, 0.0, None, ())
    bare: NightResult = replace(
        one_decision_each(), split=split, regions=FOUND, evaluation=(), evidence=(), health=()
    )
    result = replace(bare, frontier=(), pictures=Pictures(), explanation=None, training=())
    html = regions_html(result).decode()
    page = html[html.index("<body") : html.index('id="page-14"')].replace("\u00a0", " ")
    assert "&lt;b&gt;east" in page and "<b>east" not in page
    assert "1 day are left out" not in page and "1 day is left out" in page
    assert not any(word in page for word in ("split", "frontier", "channel", " user"))
    names = {path.name for path in write_reports(result, tmp_path)}
    assert names == {"health.json", "regions.csv", "report.html", "split.json"}
