"""The first screen's sentences."""

from dataclasses import replace

import pytest
import samples

from models.results import Gate, Interval, OneArm, PolicyEvidence, TodaysMoney, Uplift
from reports import words
from reports.estimates import is_recommended
from reports.exports.split import split_object
from reports.numbers import MINUS, NBSP
from reports.pages.lineage import lineage_page
from reports.pages.trust import _evidence_note
from reports.pages.verdict import verdict_page


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def test_a_move_names_the_money_and_the_channels() -> None:
    assert plain(words.headline(samples.move())) == "Move 1,412 EUR a week from search to social and video."


def test_a_move_says_what_to_expect_how_surely_and_at_which_budget() -> None:
    assert plain(words.expectation(samples.move())) == (
        "We expect 12,000 EUR more profit a week (between 3,000 and 21,300), at the same 28,900 EUR."
    )


def test_who_came_too_late_is_not_said_to_have_judged() -> None:
    night = replace(samples.move(), users=3_500, users_judged=2_728, users_compared=None)
    told = "the 2,728 of 3,500 users who came early enough to be judged"
    assert f"measured on {told}, with every split" in plain(str(verdict_page(night).chance))
    assert plain(dict(lineage_page(night).facts)["Who judged"]).startswith(f"{told}, in two halves")
    assert f"All figures here come from {told};" in plain(_evidence_note(night))
    assert plain(words.judges(replace(night, users_judged=3_500))) == "all 3,500 users"


def test_a_larger_total_is_said() -> None:
    night = samples.one_decision_each()
    assert plain(words.headline(night)) == "Spend 350 USD a week more on mens e-mail."
    assert plain(words.budget_sentence(night)) == "with 1,400 instead of 1,050 USD"


def test_a_test_of_one_arm_has_no_split_to_keep() -> None:
    night = samples.no_evidence()
    one = replace(night, split=replace(night.split, why=OneArm("mail")))
    assert words.headline(one) == "These logs cannot say which channel to take."


def test_a_keep_says_what_the_best_move_would_have_promised() -> None:
    assert words.headline(samples.keep()) == "Keep today’s split."
    assert plain(words.expectation(samples.keep())) == (
        "The best move we found would promise +900 EUR profit a week, but anything between "
        f"{MINUS}1,410 and +3,210 is possible: too uncertain to act on."
    )


def test_a_move_held_back_for_another_reason_is_not_called_uncertain() -> None:
    night = samples.keep()
    sure = replace(
        night, split=replace(night.split, considered=Uplift("profit", 900.0, 200.0, 1600.0, 0.95, 0.99))
    )
    assert "cannot be relied on" in words.expectation(sure)
    assert "uncertain" not in words.expectation(sure)


def test_no_chance_is_told_of_a_figure_that_the_trust_page_rejects() -> None:
    night = samples.keep()
    told = verdict_page(night)
    assert plain(str(told.chance)).startswith("The chance that this move beats today’s split is")
    assert told.condition  # a percentage never stands without what it rests on
    refused = Gate("effective sample size", 20.0, 50.0)
    best = PolicyEvidence("recommended split", "profit", "EUR per 7 days", None, reason=refused)
    said = verdict_page(replace(night, evidence=(best,)))
    assert said.chance == "" and said.condition == ""
    assert "cannot be relied on" in said.expectation and "anything" not in said.expectation


@pytest.mark.parametrize("name", samples.ALL)
def test_the_first_sentences_hold_no_term_of_art(name: str) -> None:
    night = samples.ALL[name]()
    text = f" {words.headline(night)} {words.expectation(night)} ".lower()
    for term in ("policy", "q-value", "ope", "ips", "significant", "tier", "sndr"):
        assert f" {term} " not in text


@pytest.mark.parametrize(
    ("days", "text"), [(1, "a day"), (7, "a week"), (28, "every 4 weeks"), (30, "every 30 days")]
)
def test_periods(days: int, text: str) -> None:
    assert plain(words.period(days)) == text


def test_lists() -> None:
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"], most=3) == "a, b and c"
    assert words.listed(list("abcdefg"), most=3) == "a, b and 5 more"


def test_a_move_that_came_out_at_a_loss_is_not_called_a_promise() -> None:
    night = samples.keep()
    lost = replace(night.split, considered=Uplift("profit", -569.0, -1620.0, 1040.0, 0.95, 0.2))
    text = words.expectation(replace(night, split=lost)).replace(NBSP, " ")
    assert text.startswith(f"The best move we found came out at {MINUS}570 EUR profit a week")
    assert "promise" not in text


def test_a_budget_that_is_exceeded_says_what_to_type_in() -> None:
    kept = samples.keep()
    over = replace(kept, split=replace(kept.split, over_budget=0.75 * kept.split.budget_current))
    assert verdict_page(kept).do == "Nothing needs to be typed in tonight."
    assert "type in 75" in verdict_page(over).do and "of today’s everywhere" in verdict_page(over).do


def test_budgets_cut_within_limits_are_named_and_no_share_of_all_is() -> None:
    kept = samples.keep()
    over = replace(kept, split=replace(kept.split, over_budget=10_000.0, cut_budgets=(7_000.0, 3_000.0)))
    page = verdict_page(over)
    assert "type in the bold budgets" in page.do and "everywhere" not in page.do
    assert page.table is not None and page.table.caption == "Budgets per channel, unchanged and cut"
    assert page.table.columns[2].head == "For 10,000 EUR"
    assert "7,000" in plain(str(page.table.rows[0][2])) and "10,000" in plain(str((page.table.foot or ())[2]))
    cut = split_object(over)["cut"]
    assert cut == {
        "total": 10_000.0,
        "plan": [
            {"channel": "search", "segment": None, "budget": 7_000.0},
            {"channel": "retargeting", "segment": None, "budget": 3_000.0},
        ],
    }


def test_a_chance_near_one_beside_perhaps_better_says_what_each_of_them_counts() -> None:
    night = samples.move()
    doubt = "That counts this split alone; “Can I trust this?” counts that 8 plans were compared, and "
    assert doubt not in plain(str(verdict_page(night).chance))
    perhaps = tuple(
        replace(e, verdict="perhaps better") if is_recommended(e.policy) else e for e in night.evidence
    )
    told = plain(str(verdict_page(replace(night, evidence=perhaps)).chance))
    assert doubt + "therefore says “perhaps better”." in told


def test_the_card_says_at_which_spend_plans_were_judged_and_what_will_be_spent() -> None:
    kept = samples.keep()  # 9,120 and 4,003.50
    assert "Plans are judged" not in verdict_page(kept).basis and "Of the" not in verdict_page(kept).basis
    money = TodaysMoney((9_000.0, 4_003.5), valued=(7_000.0, 3_900.0))
    split = replace(kept.split, today=money, spend=Interval(11_000.0, 9_500.0, 13_123.5, 0.95))
    basis = plain(str(verdict_page(replace(kept, split=split)).basis))
    assert "average delivery, not to today’s budgets: to 7,000 of search for 9,120 EUR a week." in basis
    assert (
        "Of the 13,124 EUR a week of today’s budgets, 11,000 (9,500 to 13,124) are expected to be spent"
        in basis
    )
    told_already = replace(kept, split=replace(split, over_budget=12_000.0))
    assert "are expected to be spent" not in verdict_page(told_already).basis
    near = replace(split, today=replace(money, valued=(8_700.0, 3_900.0)), spend=None)
    assert "Plans are judged" not in verdict_page(replace(kept, split=near)).basis
