"""What a log holds, before anything is learnt: shares, money, outcomes in their window, the question."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.health import log_overview
from models.results import LogOverview, Vocabulary, vocabulary_of
from models.settings import DecisionSettings
from reports.log_overview import overview_header, overview_rows, overview_sentences
from tests.sql.tiny_logs import day, impression, purchase, stage, write_log, write_table

SINGLE = DecisionSettings(single_step=True, horizon_days=2, tail_days=0)
PANEL = DecisionSettings(horizon_days=2, tail_days=1)


def overview(folder: Path, decision: DecisionSettings = PANEL, **tables: Any) -> LogOverview:
    log = write_log(folder / "log", **tables)
    return log_overview(stage(log, single_step=decision.single_step), decision)


def trial(sent: dict[str, int], told: dict[str, float], buyers: int = 100) -> dict[str, Any]:
    """A test's log: so many customers per arm, each row with its arm's probability as told."""
    arms = [arm for arm, n in sent.items() for _ in range(n)]
    shown = [impression(i, "2026-01-01", f"u{i}", arm, 0, propensity=told[arm]) for i, arm in enumerate(arms)]
    return {
        "impressions": shown,
        "purchases": [purchase(i, "2026-01-02", f"u{i}") for i in range(buyers)],
    }


def test_an_outcome_belongs_to_the_last_decision_within_the_window(tmp_path: Path) -> None:
    """Three days after a decision its window is over; before any decision there is none."""
    found = overview(
        tmp_path,
        impressions=[
            impression(1, "2026-01-02 10:00", "u1", "search", "0.50"),
            impression(2, "2026-01-03 10:00", "u1", "video", "0.25"),
            impression(3, "2026-01-03 10:00", "u2", "search", "0.50"),
        ],
        purchases=[
            purchase(1, "2026-01-01 10:00", "u1", "1"),
            purchase(2, "2026-01-02 12:00", "u1", "2"),
            purchase(3, "2026-01-05 12:00", "u1", "4"),
            purchase(4, "2026-01-06 12:00", "u1", "8"),
            purchase(5, "2026-01-09 12:00", "u3", "16"),
        ],
    )
    assert (found.first_day, found.last_day) == (day("2026-01-01"), day("2026-01-09"))
    assert (found.outcomes, found.outcomes_inside, found.window_days) == (5, 2, 3)
    told = [(a.action, a.decisions, a.entities, a.cost_micros, a.revenue_micros) for a in found.actions]
    assert told == [("search", 2, 2, 1_000_000, 2_000_000), ("video", 1, 1, 250_000, 4_000_000)]
    assert (found.question, found.obstacle) == ("split", "impressions only")


def test_inverse_propensities_say_what_the_shares_should_be(tmp_path: Path) -> None:
    found = overview(tmp_path, SINGLE, **trial({"A": 300, "B": 100}, {"A": 0.75, "B": 0.25}))
    assert [(a.share, a.expected_share) for a in found.actions] == [(0.75, 0.75), (0.25, 0.25)]
    assert (found.question, found.obstacle) == ("which", "")


def test_a_propensity_that_denies_its_share_is_told(tmp_path: Path) -> None:
    found = overview(tmp_path, SINGLE, **trial({"A": 300, "B": 100}, {"A": 0.5, "B": 0.5}))
    assert (found.obstacle, found.obstacle_action) == ("propensities contradict", "A")


def test_right_propensities_are_seldom_denied(tmp_path: Path) -> None:
    """Drawn with the probabilities told, unlike from row to row. At 4 standard errors a true log is denied
    about once in 8,000 times (two arms); 10 logs with a fixed seed are denied never."""
    draw = np.random.default_rng(5)
    for n in range(10):
        p = draw.uniform(0.1, 0.9, 400)
        is_a = draw.random(400) < p
        shown = [
            impression(i, "2026-01-01", f"u{i}", "A" if a else "B", 0, propensity=q if a else 1 - q)
            for i, (a, q) in enumerate(zip(is_a.tolist(), p.tolist(), strict=True))
        ]
        bought = [purchase(i, "2026-01-02", f"u{i}") for i in range(150)]
        assert overview(tmp_path / str(n), SINGLE, impressions=shown, purchases=bought).obstacle == ""


@pytest.mark.parametrize(
    ("tables", "obstacle"),
    [
        (trial({"A": 120}, {"A": 1.0}), "one action"),
        (trial({"A": 60, "B": 60}, {"A": 0.5, "B": 0.5}, buyers=0), "no outcomes"),
        (trial({"A": 60, "B": 60}, {"A": 0.5, "B": 0.5}, buyers=9), "few outcomes"),
        (trial({"A": 60, "B": 60}, {"A": "", "B": ""}), "no propensities"),  # type: ignore[dict-item]
    ],
)
def test_the_gravest_obstacle_is_told(tmp_path: Path, tables: dict[str, Any], obstacle: str) -> None:
    assert overview(tmp_path, SINGLE, **tables).obstacle == obstacle


def test_ordered_levels_ask_how_much_and_what_costs_nothing_whom(tmp_path: Path) -> None:
    names = ("0", "20", "40", "60.5")
    levels = trial(dict.fromkeys(names, 50), dict.fromkeys(names, 0.25))
    assert overview(tmp_path / "levels", SINGLE, **levels).question == "how much"
    shown = [impression(n, "2026-01-01", f"u{n}", "AB"[n % 2], 0) for n in range(4)]
    assert overview(tmp_path / "free", impressions=shown).question == "whom"


def test_counts_regions_and_totals_have_an_overview_too(tmp_path: Path) -> None:
    """Nobody is told apart there: sizes, days and money as they are reported."""

    def found(name: str, rows: list[dict[str, Any]]) -> LogOverview:
        write_table(tmp_path / name / "log" / f"{name}.csv", rows)
        return log_overview(stage(tmp_path / name / "log"), PANEL)

    counts = found("counts", [{"arm": a, "n": n, "successes": 70} for a, n in (("A", 300), ("B", 100))])
    assert (counts.question, counts.outcomes, counts.obstacle) == ("which", 140, "")
    assert [(a.action, a.decisions, a.share) for a in counts.actions] == [("A", 300, 0.75), ("B", 100, 0.25)]
    geo = found("geo", [{"region": r, "day": "2026-01-01", "outcome": 1} for r in ("north", "east")])
    assert (geo.question, geo.obstacle, geo.actions) == ("regions", "", ())
    totals = [{"date": "2026-01-01", "channel": c, "spend": 5} for c in ("tv", "radio")]
    without = found("totals", [row | {"spend": 5 + 10 * (row["channel"] == "tv")} for row in totals])
    assert (without.obstacle, [a.share for a in without.actions]) == ("no revenue", [0.25, 0.75])


def test_a_log_s_own_words_are_printable(tmp_path: Path) -> None:
    """The name of an action reaches the terminal in a sentence, and clears no screen there."""
    found = overview(tmp_path, SINGLE, **trial({"A\x1b[2J": 120}, {"A\x1b[2J": 1.0}))
    said = overview_sentences(found, Vocabulary(), "EUR")
    assert said[-1] == "The likely obstacle: there is only one channel, A?[2J: nothing to compare it with."


def test_every_word_is_the_study_s(tmp_path: Path) -> None:
    words = vocabulary_of("SKU", "", "reorder_level", {"success": "sale", "successes": "sales"})
    found = overview(tmp_path, SINGLE, **trial({"A": 300, "B": 100}, {"A": 0.75, "B": 0.25}))
    assert overview_header(found, words)[:3] == ("reorder level", "decisions", "SKUs")
    assert overview_rows(found)[1] == ("B", "100", "100", "25.0%", "25.0%", "0.00", "0.00")
    said = overview_sentences(found, words, "EUR")
    assert said == [
        "Days: 2026-01-01 to 2026-01-02. Money is in EUR.",
        "Outcomes: 100 of 100 sales come within 2 days after a decision about their SKU.",
        "The question: which one of the reorder levels to take.",
        "The likely obstacle: none that shows before a night is run.",
    ]
    assert not {"user", "channel", "purchase"} & set(" ".join(said).split())
    assert overview_header(found, Vocabulary())[0] == "channel"
