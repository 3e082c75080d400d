"""What a log of tables holds that know nobody: counts of a test, daily totals, regions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.overview import Asked, log_overview
from models.results import LogOverview, Vocabulary
from models.settings import DecisionSettings, SplitSettings
from reports.log_overview import overview_rows, overview_sentences
from tests.sql.tiny_logs import purchase, stage, write_log, write_table

ASKED = Asked(DecisionSettings(horizon_days=2, tail_days=1), SplitSettings())


def of_table(folder: Path, name: str, rows: list[dict[str, Any]]) -> LogOverview:
    """Of a log of one table that knows nobody."""
    write_table(folder / name / "log" / f"{name}.csv", rows)
    return log_overview(stage(folder / name / "log"), ASKED)


def test_counts_know_no_cost_and_sums_no_successes(tmp_path: Path) -> None:
    sizes = (("A", 300), ("B", 100))
    counts = of_table(tmp_path, "counts", [{"arm": a, "n": n, "successes": 70} for a, n in sizes])
    assert (counts.question, counts.outcomes, counts.obstacle) == ("which", 140, "")
    assert [(a.action, a.decisions, a.share) for a in counts.actions] == [("A", 300, 0.75), ("B", 100, 0.25)]
    assert overview_rows(counts)[0] == ("A", "300", "-", "75.0%", "-", "-", "-")
    rows = [{"arm": a, "n": n, "sum": 40.5, "sum_of_squares": 900} for a, n in sizes]
    sums = of_table(tmp_path / "sums", "counts", rows)
    assert (sums.outcomes, sums.obstacle) == (None, "")


def test_totals_need_sales_of_their_own_or_purchases(tmp_path: Path) -> None:
    rows = [{"date": "2026-01-01", "channel": c, "spend": s} for c, s in (("tv", 15), ("radio", 5))]
    without = of_table(tmp_path, "totals", rows)
    assert without.obstacle == "no revenue"
    assert [(a.action, a.share) for a in without.actions] == [("radio", 0.25), ("tv", 0.75)]
    write_table(tmp_path / "log" / "totals.csv", rows)
    sold = stage(write_log(tmp_path / "log", purchases=[purchase(1, "2026-01-01", "u1")]))
    assert log_overview(sold, ASKED).obstacle == "refused"
    alone = [rows[0], {"date": "2026-01-01", "channel": "none", "spend": 0, "revenue": 90}]
    assert of_table(tmp_path / "alone", "totals", alone).obstacle_action == "tv"


def sales(days: int) -> list[dict[str, Any]]:
    """Two channels on so many days, with sales."""
    first = np.datetime64("2025-11-01")
    return [
        {"date": str(first + d), "channel": c, "spend": 5 + d % 7, "revenue": 50}
        for d in range(days)
        for c in ("tv", "radio")
    ]


def test_totals_too_short_for_their_channels_are_told_as_a_night_would(tmp_path: Path) -> None:
    """Two channels take 66 days; and what totals alone are asked is no split."""
    short = overview_sentences(of_table(tmp_path / "short", "totals", sales(60)), Vocabulary(), "EUR")
    assert short[-1] == (
        "The likely obstacle: The daily totals hold 60 days with known sales; 2 channels need 66."
    )
    long = overview_sentences(of_table(tmp_path / "long", "totals", sales(66)), Vocabulary(), "EUR")
    assert long[-2:] == [
        "The question: what one more unit of spend on each of the channels brings; daily totals alone split "
        "no budget.",
        "The likely obstacle: none that shows before a night is run.",
    ]


def regions(n: int, treated: int, before: int = 10) -> list[dict[str, Any]]:
    """So many regions for 20 days, the first of them treated after so many."""
    draw = np.random.default_rng(1)
    return [
        {"region": f"r{r:02}", "day": f"2026-01-{1 + d:02}", "outcome": draw.normal(50, 1),
         "treated": int(r < treated and d >= before)}
        for r in range(n)
        for d in range(20)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (regions(25, 3), "none that shows before a night is run."),
        (regions(25, 0), "No row of the regions says `treated`: write true, for each treated region"),
        (regions(6, 3), "there are 3 treated and 3 control regions."),
        (regions(25, 3, before=2), "there are 2 before and 18 with it."),
        (regions(9, 1), "8 groups of the other regions can be held against the treated, and it takes 19"),
    ],
)
def test_regions_say_what_a_night_would_refuse(tmp_path: Path, rows: list[dict[str, Any]], said: str) -> None:
    found = of_table(tmp_path, "geo", rows)
    assert (found.question, found.actions) == ("regions", ())
    assert said in overview_sentences(found, Vocabulary(), "EUR")[-1]
