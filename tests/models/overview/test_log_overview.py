"""What a log holds, before anything is learnt: shares, money, outcomes in their window, the question."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models.health.log_checks import log_freshness
from models.mdp import build_transitions
from models.overview import Asked, log_overview
from models.results import LogOverview, Vocabulary, vocabulary_of
from models.settings import ChannelBounds, DecisionSettings, OutcomeSettings, SplitSettings
from models.trials import asks_which_one
from reports.log_overview import overview_header, overview_rows, overview_sentences
from tests.sql.tiny_logs import day, impression, purchase, stage, write_log, write_table

SINGLE = DecisionSettings(single_step=True, horizon_days=2, tail_days=0)
PANEL = DecisionSettings(horizon_days=2, tail_days=1)


def overview(
    folder: Path, decision: DecisionSettings = PANEL, split: SplitSettings | None = None, **tables: Any
) -> LogOverview:
    log = write_log(folder / "log", **tables)
    events = stage(log, single_step=decision.single_step)
    return log_overview(events, Asked(decision, split or SplitSettings()))


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


def test_propensities_of_all_arms_that_add_up_to_more_than_1_are_told(tmp_path: Path) -> None:
    """Half for each of three arms, though all three have as many as a third."""
    found = overview(tmp_path, SINGLE, **trial(dict.fromkeys("ABC", 80), dict.fromkeys("ABC", 0.5)))
    assert found.obstacle == "propensities over one"
    assert overview_sentences(found, Vocabulary(), "EUR")[-1] == (
        "The likely obstacle: the propensities of A, B and C add up to 1.5: they are 0.5, 0.5 and 0.5, and "
        "each must be the probability with which its own arm was drawn, so that all together make 1."
    )


def test_right_propensities_are_seldom_denied(tmp_path: Path) -> None:
    """Drawn with the probabilities told, unlike from row to row. A sound log is denied once in 1,000 times;
    10 logs with a fixed seed are denied never."""
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
    """Where the study says that levels are decided; ids of campaigns are numbers too."""

    def question(name: str, action: str, levels: tuple[int, ...]) -> str:
        shown = [impression(n, "2026-01-01", f"u{n}", str(levels[n % len(levels)]), 0) for n in range(12)]
        decision = PANEL.model_copy(update={"action": action})
        return overview(tmp_path / name, decision, impressions=shown).question

    assert question("levels", "reorder_level", (20, 40, 60)) == "how much"
    assert question("campaigns", "campaign", (1042, 1077, 2231)) == "whom"
    assert question("channels", "channel", (20, 40, 60)) == "whom"
    sent, decision = ("20", "40", "60"), SINGLE.model_copy(update={"action": "level"})
    test = trial(dict.fromkeys(sent, 60), dict.fromkeys(sent, 1 / 3))
    assert overview(tmp_path / "test", decision, **test).question == "which"


@pytest.mark.parametrize(
    ("told", "split", "question"),
    [
        (0.5, SplitSettings(), "which"),
        (0.5, SplitSettings(total=100.0), "split"),
        ("", SplitSettings(), "whom"),
    ],
)
def test_the_question_is_the_one_that_a_night_answers(
    tmp_path: Path, told: Any, split: SplitSettings, question: str
) -> None:
    """Of arms drawn at random without a budget to split: which one."""
    tables = trial({"A": 60, "B": 60}, {"A": told, "B": told})
    assert overview(tmp_path, SINGLE, split, **tables).question == question
    events = stage(tmp_path / "log", single_step=True, work=tmp_path / "again")
    asks = asks_which_one(build_transitions(events, SINGLE), events, SINGLE, split)
    assert asks == (question == "which")


@pytest.mark.parametrize("controls", ["arms", "opportunities"])
def test_controls_that_left_no_impression_are_decisions(tmp_path: Path, controls: str) -> None:
    """150 were sent the mail and 50 were not: put into an arm, or at an opportunity with its probability."""
    sent = [impression(n, "2026-01-01", f"u{n}", "mail", 0, propensity=0.75) for n in range(150)]
    rows: list[dict[str, Any]] = [
        {"user_id": f"u{n}", "arm": "holdout", "since": "2026-01-01"} for n in range(150, 200)
    ]
    if controls == "opportunities":
        chance = {"ts": "2026-01-01", "channel": "mail", "propensity": 0.75}
        rows = [{"opportunity_id": n, "user_id": f"u{n}", **chance} for n in range(200)]
    bought = [purchase(n, "2026-01-02", f"u{n}") for n in range(120)]
    found = overview(tmp_path, SINGLE, impressions=sent, purchases=bought, **{controls: rows})
    assert [(a.action, a.decisions, a.share) for a in found.actions] == [
        ("none", 50, 0.25),
        ("mail", 150, 0.75),
    ]
    assert [a.expected_share for a in found.actions] == pytest.approx([0.25, 0.75])
    assert (found.question, found.obstacle) == ("which", "")


def test_what_was_not_open_to_all_is_not_held_against_its_propensities(tmp_path: Path) -> None:
    """Half could be sent A alone: three in four decisions are A, and 0.5 is right where both could be."""
    sent = ["A"] * 100 + ["AB"[n % 2] for n in range(100)]
    shown, chances = list[dict[str, Any]](), list[dict[str, Any]]()
    for n, arm in enumerate(sent):
        shown.append(impression(n, "2026-01-01", f"u{n}", arm, 0, propensity=1.0 if n < 100 else 0.5))
        chances += [
            {"opportunity_id": f"{n}{open_}", "ts": "2026-01-01", "user_id": f"u{n}", "channel": open_}
            for open_ in ("A" if n < 100 else "AB")
        ]
    bought = [purchase(n, "2026-01-02", f"u{n}") for n in range(120)]
    found = overview(tmp_path, SINGLE, impressions=shown, purchases=bought, opportunities=chances)
    assert (found.question, found.obstacle) == ("whom", "")


def test_one_action_is_named_by_the_study_s_word(tmp_path: Path) -> None:
    """A log of nothing but doing nothing."""
    shown = [impression(n, "2026-01-01", f"u{n}", "as usual", 0) for n in range(9)]
    log = write_log(tmp_path / "log", impressions=shown)
    decision = SINGLE.model_copy(update={"idle": "as usual"})
    found = log_overview(stage(log, single_step=True, idle="as usual"), Asked(decision, SplitSettings()))
    assert (found.obstacle, found.obstacle_action) == ("one action", "as usual")


def test_a_log_that_a_night_would_stop_at_says_so_before_all_else(tmp_path: Path) -> None:
    """In the words of the check; the log would have another obstacle too."""
    events = stage(write_log(tmp_path / "log", impressions=[impression(1, "2026-01-02", "u1")]))
    stop = log_freshness(events.last_day, date(2026, 4, 20))
    found = log_overview(events, Asked(PANEL, SplitSettings()), stop)
    assert (found.obstacle, log_overview(events, Asked(PANEL, SplitSettings())).obstacle) == (
        "stopped",
        "one action",
    )
    assert overview_sentences(found, Vocabulary(), "EUR")[-1] == (
        "The likely obstacle: The log ends on 2026-01-02, and the 107 days between it and the night are "
        "missing: nobody can say from it what is spent today. Bring the export up to date, or ask as of the "
        "log's end with --as-of 2026-01-03."
    )


def test_bounds_of_a_channel_that_the_log_lacks_are_told_before(tmp_path: Path) -> None:
    split = SplitSettings(channels={"serch": ChannelBounds(min=10.0)})
    found = overview(tmp_path, split=split, impressions=[impression(1, "2026-01-02 10:00", "u1", "search")])
    assert found.obstacle_words == (
        'split.channels.serch: the logs have no channel "serch"; did you mean "search"?'
    )


def test_a_guardrail_that_a_night_would_refuse_is_told_before(tmp_path: Path) -> None:
    """It is held against doing nothing, which this test has no arm for; and a table tells one outcome."""
    guarded = OutcomeSettings(name="clicks", role="guardrail", worst=-0.01)
    asked = Asked(SINGLE, SplitSettings(), outcomes=(guarded,))
    test = trial({"A": 60, "B": 60}, {"A": 0.5, "B": 0.5})
    found = log_overview(stage(write_log(tmp_path / "log", **test), single_step=True), asked)
    assert found.obstacle_words.startswith("clicks is a guardrail, which an arm is held to against doing")
    write_table(tmp_path / "c" / "counts.csv", [{"arm": a, "n": 90, "successes": 9} for a in ("A", "B")])
    counts = log_overview(stage(tmp_path / "c"), asked)
    assert counts.obstacle_words.startswith("clicks is a guardrail, and a table of counts or of regions")


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
