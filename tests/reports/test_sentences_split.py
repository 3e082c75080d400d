"""Why the verdict and every row are what they are: one sentence for each kind of reason."""

from dataclasses import replace
from typing import get_args

import pytest
import samples

from models.results import (
    ArmsJudged,
    Better,
    BudgetUnspent,
    Changed,
    CutUnseen,
    EstimatesDiffer,
    FewCarryAll,
    GuardrailBound,
    HealthCheck,
    HeldBack,
    How,
    LevelsJudged,
    LossPossible,
    NoneJudged,
    NotDrawn,
    NothingBetter,
    NothingPasses,
    NothingSold,
    NothingSpent,
    NotSupported,
    OneArm,
    OneChannel,
    OutcomeAtRisk,
    OverBudget,
    ReactsToHidden,
    RegionsJudged,
    SeveralJudged,
    ShownAlone,
    SpendChange,
    SplitDecision,
    StepLimit,
    Stopped,
    Target,
    TargetAtRisk,
    TargetUnmet,
    TooFewEntities,
    TooNew,
    TooShort,
    TotalsAlone,
    TotalsTell,
    Vocabulary,
    WaitsForAllNights,
    Why,
    vocabulary_of,
)
from reports.sentences.holds import hold_text
from reports.sentences.split_changes import changed_text
from reports.sentences.split_verdict import held_back_text, reason_text, why_text
from tests.told import told

WORD = Vocabulary()
SHOP = vocabulary_of("SKU", action="discount")

STOP = HealthCheck("money", "stop", 2.0, "", "<= 1", "Spend is twice what was invoiced.")
WHYS: dict[Why, str] = {
    NothingSpent(): "Nothing was spent on any channel in the newest budget period, so there is no budget to "
    "split.",
    ShownAlone(): "These logs show only who saw an ad, not which users could have seen one and did not, so "
    "they cannot tell what any channel earns.",
    TotalsAlone(): "Daily totals alone move no money unless budgets were changed by lot.",
    OneChannel("tv"): "All spend goes to one channel (tv), so there is nothing to split.",
    OneArm("mail"): "Every decision is the same (mail), so there is nothing to compare it with.",
    NotDrawn(
        for_everybody=True
    ): "No row says how likely its choice was: where it was drawn at random, write "
    "the probability as `propensity`.",
    NotDrawn(
        for_everybody=False
    ): "Not every user could have been given every channel that was drawn, so that "
    'none is known for all: where each could, write `decision.eligible = "all"`.',
    NothingSold(): "The logs hold no purchases of the users that can be judged, so nothing is known "
    "about what any channel earns.",
    NoneJudged(
        (("tv", BudgetUnspent()), ("web", TooNew()))
    ): "No channel can be judged. tv is held: nothing of "
    "its budget was spent; web is held: too new, since the weeks whose purchases are all known hold none of "
    "it.",
    TooFewEntities(
        1, 0, 2
    ): "The logs hold 1 user. Each half of them judges what the other one taught, and the smaller one has 0 "
    "who can be judged, of at least 2 that it needs. Log more users, or wait for more to come.",
    TooShort("The log holds 3 days."): "The log holds 3 days.",
    TotalsTell(
        ("tv",), ("web", "tv2"), ()
    ): "Daily totals tell roughly what tv earns. They cannot tell what web "
    "and tv2 earn. Budgets that were not changed by lot may have moved with demand, so daily totals alone "
    "move no money: change the budgets of two or more channels by lot, and name them in `totals.randomised`.",
    TotalsTell(
        (), ("display",), ("tv", "web")
    ): "Daily totals cannot tell what display earns. The budgets of tv and web were changed by lot, so that "
    "their returns can be believed as they stand; a split on daily totals is not computed.",
    Stopped(STOP): "Spend is twice what was invoiced.",
    TargetUnmet(
        Target("margin", 4.0), 2.516, 2.4
    ): "No split within the bounds meets the target of 4 of margin "
    "per EUR of spend beyond doubt; today's comes to 2.52 of margin per EUR of spend. Allow larger moves "
    "(split.max_move_share, split.min_multiplier), or lower split.target to 2.4, which today's split meets "
    "beyond doubt.",
    TargetUnmet(
        Target("spend", 25.0), 31.0, None
    ): "The target of 25 EUR of spend per purchase cannot be judged: the logs say too little about today's.",
    NothingPasses(): "The logs cannot judge the change that looked best, not even a small step of it: nearly "
    "everyone who could see push is shown an ad, so the logs hardly show what a deeper cut does.",
    NothingBetter(): "No change we tried is better beyond doubt.",
    LossPossible(): "a loss cannot be ruled out.",
    EstimatesDiffer(): "Two ways of working it out differ by more than chance explains, so at least one is "
    "wrong; most often the logs lack something that delivery decides on.",
    ReactsToHidden(): "Ads seem to change what people did before they saw them, so delivery reacts to "
    "something that these logs do not hold, and what it reacts to would pass for the ads' effect.",
    NotSupported(
        FewCarryAll()
    ): "No credible estimate: too few users carry the whole value, so its spread is not known.",
    OverBudget(12_345.0, 10_000.0): "It would spend at least 12,300 EUR, above the budget of 10,000 EUR.",
    TargetAtRisk(Target("spend", 25.0)): "The target of 25 EUR of spend per purchase might be missed.",
    OutcomeAtRisk(
        GuardrailBound("active", worst=-0.01, bound=-0.05)
    ): "active is a guardrail: it could fall by 5 %, and the study lets it fall by 1 %.",
    WaitsForAllNights(
        -120.0
    ): "The night before kept today's split, and whoever looks every night will sooner or "
    "later see a good one by chance: a move now needs the bound that holds for every night together, now "
    "−120 EUR, to be above 0.",
}
CHANGES: dict[How, str] = {
    "currency": "Amounts are in EUR and cannot be compared with the report of 2026-11-19, which was in SEK.",
    "plan stays": "The plan is that of the report of 2026-11-19: no other is better than it beyond doubt.",
    "plan lost": "The plan of the report of 2026-11-19 no longer holds: the gain is no longer beyond doubt, "
    "at 900 EUR (between −1,410 EUR and 3,210 EUR).",
    "plan nearly": "The plan is that of the report of 2026-11-19, a little moved: every channel goes the "
    "same way, to nearly the same budget.",
    "plan differs": "The plan differs from that of the report of 2026-11-19, which tonight's logs no longer "
    "favour.",
    "new move": "New since the report of 2026-11-19: the gain is no longer beyond doubt, at 900 EUR (between "
    "−1,410 EUR and 3,210 EUR).",
    "move ends": "Unlike the report of 2026-11-19, today's split stays: the gain is no longer beyond doubt, "
    "at 900 EUR (between −1,410 EUR and 3,210 EUR); then its lower end was 310 EUR.",
    "waits": "As in the report of 2026-11-19, today's split stays, though tonight alone would speak for a "
    "move.",
    "keeps": "As in the report of 2026-11-19, today's split stays.",
}
LIMIT = StepLimit("tail shape", 0.85, 0.7, 0.6, (("push", 310.0),), ("push",))


def kept(why: Why, **changes: object) -> SplitDecision:
    return replace(samples.keep().split, why=why, limited_by=LIMIT, **changes)


def test_every_kind_of_reason_has_a_sentence() -> None:
    of_tests = {ArmsJudged, LevelsJudged, SeveralJudged, RegionsJudged}
    assert {type(why) for why in WHYS} | {Better} | of_tests == set(get_args(Why))
    assert set(CHANGES) == set(get_args(How))


@pytest.mark.parametrize("why", WHYS)
def test_the_verdicts_reason_in_words(why: Why) -> None:
    assert reason_text(kept(why), WORD, "EUR") == WHYS[why]


@pytest.mark.parametrize("how", CHANGES)
def test_what_changed_in_words(how: How) -> None:
    changed = Changed("2026-11-19", how, 310.0, currency="SEK")
    assert changed_text(kept(LossPossible(), changed=changed), WORD, "EUR") == CHANGES[how]


def test_what_became_of_the_spend_is_part_of_what_changed() -> None:
    changed = Changed("2026-11-19", "keeps", spend=(SpendChange("tv", 4_000.4, 2_600.0),))
    said = changed_text(kept(LossPossible(), changed=changed), WORD, "EUR")
    assert said.endswith("stays. Spend itself changed: tv from 4,000 EUR to 2,600 EUR.")


def test_a_kept_split_says_what_was_found_and_why_it_does_not_move() -> None:
    assert told(kept(LossPossible())).why == (
        "Keep today's split: the best change found would bring 900 EUR a week (between −1,410 EUR and 3,210 "
        "EUR), and a loss cannot be ruled out."
    )
    disputed = told(kept(EstimatesDiffer(), over_budget=9_000.0)).why
    assert "EUR), but this cannot be relied on. Two ways of working it out differ" in disputed
    assert disputed.endswith("cutting every channel in proportion takes no side.")
    assert told(kept(NothingBetter(), considered=None)).why == (
        "Keep today's split. No change we tried is better beyond doubt."
    )


def test_a_move_says_what_it_takes_where_it_puts_it_and_what_is_held_back() -> None:
    split = samples.move().split
    assert why_text(split, WORD, "EUR") == (
        "Move 1,412 EUR a week from search to social and video. We expect 12,000 EUR more profit a week "
        "(between 3,000 EUR and 21,300 EUR), at the same budget of 28,900 EUR."
    )
    back = HeldBack(("tv",), ("push", "web"), 1_900.0)
    partly = replace(split, verdict="MOVE_PARTLY", held_back=back, limited_by=LIMIT)
    assert held_back_text(partly, WORD) == (
        "Tv keeps today's budget, since the logs cannot judge it; push and web are not cut, since nearly "
        "everyone who could see an ad there is shown one; only 60 % of the step that looked best is taken: "
        "nearly everyone who could see push is shown an ad, so the logs hardly show what a deeper cut does; "
        "the step is the largest that the study allows in a night, cuts and raises added up, and the next "
        "may go further."
    )


def test_a_study_of_other_decisions_is_told_in_its_own_words() -> None:
    assert hold_text(CutUnseen(0.003), SHOP) == (
        "not cut: almost every eligible SKU got a discount (0.3 % got none), so the logs do not show what a "
        "cut does"
    )
    assert reason_text(kept(NothingPasses()), SHOP, "EUR").endswith(
        "nearly every SKU that could get push is given a discount, so the logs hardly show what a deeper "
        "cut does."
    )
