"""Why a row of the split is kept, held or moved: one sentence for each kind of reason."""

import math
from dataclasses import replace
from typing import get_args

import pytest
from sample_parts import row

from models.results import (
    BrokenBound,
    BudgetUnspent,
    CutUnseen,
    Earns,
    EligibleUnknown,
    FewMoves,
    FollowsSales,
    Hold,
    Kept,
    Moved,
    MovedInPart,
    MovesWithOthers,
    NeverSpent,
    NoSegment,
    NotJudged,
    RowReason,
    SalesSwing,
    ShownTooFewTimes,
    ShownTooRarely,
    SourcesDiffer,
    SpendHardlyMoves,
    TooNew,
    TotalsSay,
    TotalsUnclear,
    Unidentified,
    Vocabulary,
)
from reports.sentences import row_why
from reports.sentences.holds import hold_text
from reports.sentences.row_why import why_short
from reports.sentences.split_rows import earns_text, row_text
from reports.sentences.totals import unidentified_text

WORD = Vocabulary()

HOLDS: dict[Hold, str] = {
    EligibleUnknown(): "held: the logs do not show which users could have seen it",
    ShownTooRarely(0.004): "held: shown too rarely to learn from (0.4 % of the times it could be)",
    ShownTooFewTimes(12): "held: shown only 12 times, too few to learn from",
    BudgetUnspent(): "held: nothing of its budget was spent",
    TooNew(): "held: too new, since the weeks whose purchases are all known hold none of it",
    SourcesDiffer(
        "a lift test", 1.44, 0.2
    ): "held: disputed, user-level logs say 1.4 per unit of spend and a lift test 0.2",
    CutUnseen(
        0.003
    ): "not cut: almost every eligible user saw an ad (0.3 % saw none), so the logs do not show "
    "what a cut does",
}
ROWS: dict[RowReason, str] = {
    **HOLDS,
    NeverSpent(): "stays at 0: nothing was spent on it in the newest budget period, so there is no budget to "
    "scale",
    NoSegment(): "kept: these users are in no segment, so they have no budget of their own",
    NotJudged(): "kept: the logs cannot tell",
    Kept("not told"): "kept: its spend does not clearly follow its budget, so the logs cannot tell what one "
    "more unit of spend earns",
    Kept("harms"): "kept, though it does harm: it earns 1.2 per euro at the margin (between 0.5 and 1.9)",
    Kept(
        "either way"
    ): "kept: the logs cannot tell whether more or less pays (earns 1.2 per euro at the margin, "
    "between 0.5 and 1.9)",
    Kept(
        "step used up"
    ): "kept tonight, since the step is used up by other channels (earns 1.2 per euro at the "
    "margin, between 0.5 and 1.9)",
    Kept("doubted"): "kept: what it seems to earn cannot be relied on (earns 1.2 per euro at the margin, "
    "between 0.5 and 1.9)",
    Kept(
        "waits"
    ): "kept: the whole change is held back (earns 1.2 per euro at the margin, between 0.5 and 1.9)",
    Kept(
        "nothing better"
    ): "kept: no change is better beyond doubt (earns 1.2 per euro at the margin, between 0.5 and 1.9)",
    Moved("raised", "pays"): "raised: seems to earn 1.2 per euro at the margin",
    Moved("raised to the bound", "pays"): "raised to its upper bound: "
    "seems to earn 1.2 per euro at the margin",
    Moved("cut", "less than it costs"): "cut: seems to earn 1.2 per euro at the margin, less than it costs",
    Moved(
        "cut to the bound", "unknown"
    ): "cut to its lower bound: its spend does not clearly follow its budget, "
    "so its return per unit is unknown",
    Moved("cut as far as judged", "uncertain"): "cut as far as the logs can judge: its return is uncertain "
    "(between 0.5 and 1.9 per euro at the margin)",
    MovedInPart("raised", False, "pays"): "raised only in part: seems to earn 1.2 per euro at the margin",
    MovedInPart(
        "cut", True, "harms"
    ): "cut only to 3,000 EUR: nearly everyone who could see it is shown an ad, "
    "so the logs hardly show what a deeper cut does (it does harm: it earns 1.2 per euro at the margin "
    "(between 0.5 and 1.9))",
    MovedInPart(
        "not cut", False, "pays"
    ): "not cut: hardly anyone in the logs saw what a larger step would show "
    "(seems to earn 1.2 per euro at the margin)",
    TotalsUnclear(
        SalesSwing()
    ): "kept: sales swing too much for the moves of search: the data narrow its return hardly at all",
    TotalsSay("more", True): "kept: daily totals say that more would pay",
    TotalsSay(
        "less", False
    ): "kept: daily totals say that less would pay, and cannot rule out that its budget moved with demand",
    TotalsSay("either way", False): "kept: daily totals cannot tell whether more or less pays",
}
EARNS: dict[Earns, str] = {
    "unknown": "its spend does not clearly follow its budget, so its return per unit is unknown",
    "harms": "it does harm: it earns 1.2 per euro at the margin (between 0.5 and 1.9)",
    "may harm": "earns 1.2 per euro at the margin, so it may do harm (between 0.5 and 1.9)",
    "pays": "seems to earn 1.2 per euro at the margin",
    "less than it costs": "seems to earn 1.2 per euro at the margin, less than it costs",
    "less than what is raised": "seems to earn 1.2 per euro at the margin, less than what is raised",
    "surely less than what is raised": "earns 1.2 per euro at the margin, less than what is raised",
    "uncertain": "its return is uncertain (between 0.5 and 1.9 per euro at the margin)",
}
UNIDENTIFIED: dict[Unidentified, str] = {
    SpendHardlyMoves(
        0.02, 0.05
    ): "The spend of tv hardly moves beside trend, season and weekday: by 2 % of its "
    "mean, and at least 5 % are needed.",
    MovesWithOthers(0.031): "The spend of tv moves with other channels: only 3 % of its moves are its own.",
    FewMoves(1.7, 8): "The spend of tv moved about 2 times on its own, at least 8 are needed.",
    FollowsSales(
        0.0012
    ): "The spend of tv follows sales: its coming week goes with today's sales, which no ad "
    "can cause (p = 0.001).",
    SalesSwing(): "Sales swing too much for the moves of tv: the data narrow its return hardly at all.",
}


@pytest.mark.parametrize(("union", "table"), [(Hold, HOLDS), (RowReason, ROWS), (Unidentified, UNIDENTIFIED)])
def test_every_kind_of_reason_has_a_sentence(union: object, table: dict[object, str]) -> None:
    assert {type(reason) for reason in table} == set(get_args(union))


def test_every_thing_that_a_return_may_say_has_a_sentence() -> None:
    assert set(EARNS) == set(get_args(Earns))


@pytest.mark.parametrize("hold", HOLDS)
def test_a_hold_in_words(hold: Hold) -> None:
    assert hold_text(hold, WORD) == HOLDS[hold]


@pytest.mark.parametrize("reason", ROWS)
def test_a_rows_reason_in_words(reason: RowReason) -> None:
    assert row_text(row("search", 4_000.0, 3_000.0, reason), WORD, "EUR") == ROWS[reason]


@pytest.mark.parametrize("earns", EARNS)
def test_what_a_marginal_return_says_of_a_change(earns: Earns) -> None:
    assert earns_text(row("search", 4_000.0, 3_000.0, NotJudged()), earns, "per euro") == EARNS[earns]


@pytest.mark.parametrize("why", UNIDENTIFIED)
def test_why_daily_totals_cannot_tell_in_words(why: Unidentified) -> None:
    assert unidentified_text(why, "tv", WORD) == UNIDENTIFIED[why]


def test_beside_a_column_with_the_return_it_is_not_told_again() -> None:
    """Also where a bound follows; a row whose return is not known tells that."""
    for reason in (Kept("either way"), MovedInPart("cut", False, "less than it costs")):
        found = replace(row("search", 4_000.0, 3_000.0, reason), broken=BrokenBound("above", 340.0))
        said = row_text(found, WORD, "EUR", beside_return=True)
        assert "earns" not in said and said.endswith(
            "; today's budget is above the 340 EUR it may get at most"
        )
    harms = row("search", 4_000.0, 3_000.0, MovedInPart("cut", False, "harms"))
    assert "it does harm" in row_text(harms, WORD, "EUR", beside_return=True)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-2.6, math.inf, "at least −2.6{}, and no upper bound can be told"),
        (-math.inf, 0.4, "at most 0.4{}, and no lower bound can be told"),
    ],
)
def test_an_end_that_is_no_bound_is_not_told_as_one(low: float, high: float, said: str) -> None:
    found = replace(
        row("email", 70.0, 70.0, Kept("either way")), marginal_iroas_low=low, marginal_iroas_high=high
    )
    assert row_text(found, WORD, "GBP").endswith(f"per pound at the margin, {said.format('')})")
    unsure = earns_text(found, "uncertain", "per pound")
    assert unsure == f"its return is uncertain ({said.format(' per pound at the margin')})"


SHORT: dict[RowReason, str] = {
    Moved("raised to the bound", "pays"): "raised to its upper bound: more of it seems to earn more "
    "than it costs",
    Moved("cut", "less than it costs"): "cut: its last part seems to earn less than it costs",
    MovedInPart("cut", True, "less than it costs"): "cut only in part: nearly everyone who "
    "could see it is shown an ad",
    Kept("not told"): "kept: its spend does not clearly follow its budget",
    Kept("harms"): "kept, though it does harm",
    CutUnseen(0.003): "not cut: nearly everyone who could see it is shown an ad",
    NotJudged(): "kept: the logs cannot tell",
}


@pytest.mark.parametrize(("reason", "said"), SHORT.items(), ids=lambda value: str(value)[:40])
def test_on_the_first_screen_a_reason_is_short_and_repeats_no_figure(reason: RowReason, said: str) -> None:
    assert why_short(row("video", 100.0, 80.0, reason, 0.31), WORD, "EUR") == said


@pytest.mark.parametrize(
    ("earns", "low", "high", "sure"),
    [
        ("pays", 0.5, 1.9, False),
        ("pays", 1.1, 1.9, True),
        ("less than it costs", -1.12, 1.88, False),
        ("less than it costs", 0.1, 0.9, True),
        ("less than what is raised", 1.1, 2.0, False),
        ("surely less than what is raised", 1.1, 2.0, True),
    ],
)
def test_what_is_not_beyond_doubt_is_not_told_as_a_fact(
    earns: Earns, low: float, high: float, sure: bool
) -> None:
    found = replace(
        row("search", 4_000.0, 3_000.0, Moved("cut", earns)), marginal_iroas_low=low, marginal_iroas_high=high
    )
    for said in (row_text(found, WORD, "EUR"), why_short(found, WORD, "EUR")):
        assert ("seems to earn" in said) is not sure and ("earns" in said) is sure


def test_every_return_has_its_short_words_and_a_broken_bound_is_told() -> None:
    assert set(row_why.EARNS) == set(get_args(Earns))
    broken = replace(row("video", 400.0, 400.0, NotJudged()), broken=BrokenBound("above", 340.0))
    assert why_short(broken, WORD, "EUR").endswith("; today's budget is above what the study allows")
