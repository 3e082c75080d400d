"""Page 5's second series: what is said of personalised delivery, and when nothing is."""

import re
from dataclasses import replace

import pytest
import samples

from models.evaluation.checks.effect_on_the_past import EFFECT_ON_THE_PAST
from models.results import HealthCheck, Interval, NightResult, NothingSold, PersonalFrontier, ValueLeft
from reports.charts import frontier as chart
from reports.html import report_html
from reports.numbers import MINUS, NBSP
from reports.pages.explanation import explanation_page, next_choices
from reports.pages.frontier import frontier_page
from reports.pages.personal import how_sure, in_a_line, said_of_personal, why_not_to_act


def page(night: NightResult, number: int = 5) -> str:
    html = report_html(night).decode().replace(NBSP, " ")
    found = re.search(rf'<section id="page-{number}".*?</section>', html, re.S)
    return found[0] if found else ""


def said(night: NightResult) -> str:
    return " ".join(said_of_personal(night)).replace(NBSP, " ")


def with_personal(**changes: object) -> NightResult:
    night = samples.move()
    assert night.personal is not None
    return replace(night, personal=replace(night.personal, **changes))  # type: ignore[arg-type]


def test_the_value_left_by_not_targeting_comes_with_its_interval() -> None:
    text = said(samples.move())
    assert (
        "At 28,900 EUR a week it earns 6,200 EUR more profit a week (1,300 to 11,100) than a split that "
        "gives each channel what this plan spends on it, left to the platform: the value left by not "
        f"targeting. Against a budget per channel and segment it is 2,950 EUR a week ({MINUS}810 to 6,730)."
    ) in text
    assert "It may be none" not in text


def test_value_that_may_be_none_is_called_so() -> None:
    night = samples.move()
    assert night.personal is not None
    (whole, _) = night.personal.left
    text = said(with_personal(left=(replace(whole, low=-200.0),)))
    assert text.count("It may be none.") == 1
    assert "segment" not in text


def test_what_speaks_for_the_plan_is_a_word_beside_its_actions() -> None:
    """A night that keeps the split may have a plan of which nothing is sure."""
    night = samples.move()
    assert night.personal is not None
    (whole, _) = night.personal.left
    assert how_sure(night) == how_sure(replace(night, split=replace(night.split, verdict="KEEP"))) == "gain"
    assert how_sure(with_personal(left=(replace(whole, low=-200.0),))) == "perhaps none"
    assert how_sure(with_personal(free=Interval(3.0, -1.0, 7.0))) == "perhaps none"
    assert how_sure(with_personal(left=())) == how_sure(replace(night, personal=None)) == "unjudged"


def test_a_plan_that_is_todays_delivery_is_called_so() -> None:
    text = said(with_personal(usual=True, left=()))
    assert "At 28,900 EUR a week it is today’s delivery: no learned plan is surely better there." in text


def test_money_that_platforms_cannot_spend_is_told() -> None:
    night = samples.move()
    assert night.personal is not None and "could spend" not in said(night)
    (whole, parts) = night.personal.left
    text = said(with_personal(left=(whole, replace(parts, projected_spend=26_000.0))))
    assert text.count("They could spend 26,000 EUR of it.") == 1


def test_where_it_ends_is_said_in_a_sentence() -> None:
    assert "Above 46,240 EUR a week it leaves money unspent" in said(samples.move())
    assert "unspent" not in said(with_personal(most=57_800.0))
    assert "Below" not in said(samples.move())  # it reaches less than was asked for
    assert "Below" not in said(with_personal(least=None))


def test_the_least_budget_is_the_frontiers_and_not_the_first_that_was_drawn() -> None:
    night = samples.move()
    assert night.personal is not None
    drawn = night.personal.points[1:]
    assert drawn[0].budget == 21_675.0
    text = said(with_personal(points=drawn, least=16_500.0))
    assert "Below 16,500 EUR a week we know of no personalised plan that spends so little." in text
    assert "21,675" not in text


def test_without_points_no_line_is_spoken_of() -> None:
    found = with_personal(points=(), left=(), held=("search",), least=60_000.0, most=90_000.0)
    text = "Below 60,000 EUR a week we know of no personalised plan that spends so little."
    assert said(found) == text
    assert text in page(found) and "curve plain" not in page(found)


def test_what_the_split_holds_back_does_not_bind_the_plan() -> None:
    text = "is not bound by what the split holds back (search and video): read it with that doubt."
    held = ("search", "video")
    assert text in said(with_personal(held=held))
    assert "holds back" not in said(samples.move())
    assert "holds back" not in said(with_personal(held=held, usual=True, left=()))


def ringing(night: NightResult, status: str) -> NightResult:
    """The placebo of the past was not ok."""
    checks = [replace(c, status=status) if c.name == EFFECT_ON_THE_PAST else c for c in night.health]
    return replace(night, health=tuple(checks))


@pytest.mark.parametrize("status", ["warn", "stop"])
def test_where_ads_seem_to_change_the_past_the_plans_are_doubted(status: str) -> None:
    doubt = "Ads seem to change what people did before they saw them"
    assert doubt not in page(samples.move())
    found = page(ringing(samples.move(), status))
    assert found.count(doubt) == 1 and "split or personalised" in found
    alone = ringing(replace(samples.move(), frontier=()), status)
    assert doubt in page(alone)
    explained = ringing(samples.move(), status)
    assert "do not act on it tonight" in page(explained, 13)
    assert "do not act on it tonight" not in page(samples.move(), 13)
    nothing = ringing(samples.no_evidence(), status)
    assert doubt not in page(nothing)  # no plan, no doubt


def test_both_series_are_drawn_each_with_its_table() -> None:
    found = page(samples.move())
    assert found.count("curve plain") == 2 * 2  # the line and its key, wide and narrow
    assert "Personalised delivery as a table" in found
    assert "the dashed line and the grey band are personalised delivery" in found
    alone = page(replace(samples.move(), personal=None))
    assert "ersonalised" not in alone and "curve plain" not in alone


def test_one_series_may_stand_without_the_other() -> None:
    night = replace(samples.move(), frontier=())
    assert "Personalised delivery as a table" in page(night)
    assert chart.finding(night).startswith("What personalised delivery earns")
    assert "The dashed line is the margin that personalised delivery earns" in page(night)
    assert "the best split" not in page(night) and "the best plan" not in page(night)
    assert "the best split" in page(samples.move())
    neither = replace(night, personal=None)
    assert frontier_page(neither).chart is None


def test_a_plan_nobody_can_vouch_for_is_a_sentence_and_no_line() -> None:
    why = "No personalised plan that the logs support earns more than today's delivery beyond doubt."
    night = replace(samples.move(), personal=PersonalFrontier("cql", 28_900.0, empty=why))
    for found in (page(night), page(replace(night, frontier=()), 14)):
        assert why.replace("'", "’") in found and "curve plain" not in found
    assert "curve accent" in page(night) and "<svg" not in page(replace(night, frontier=()))


def test_the_two_lines_are_said_to_keep_different_limits() -> None:
    limits = "The solid line keeps each channel within what you allow it, the dashed one only the total"
    assert limits in said(samples.move())
    assert limits not in said(replace(samples.move(), frontier=()))


def test_what_the_page_says_not_to_act_on_is_not_acted_on() -> None:
    night = samples.move()
    assert why_not_to_act(night) == ""
    warns = HealthCheck("placebo", "warn", 0.001, "p-value", ">= 0.01", "An effect.", "effect on the past")
    doubted = replace(night, health=(*night.health, warns))
    assert why_not_to_act(doubted) == frontier_page(doubted).caution
    assert "act on none of them tonight" in page(doubted)
    stopped = replace(night, split=replace(night.split, verdict="NO_EVIDENCE", why=NothingSold()))
    assert why_not_to_act(stopped).startswith("Keep today’s split. The logs hold no purchases")
    assert why_not_to_act(with_personal(usual=True, left=())) != ""
    assert why_not_to_act(with_personal(empty="No plan is better.")) == "No plan is better."
    assert why_not_to_act(replace(night, personal=None)) != ""


def test_nobody_is_chosen_by_a_plan_that_earns_no_more_than_budgets_by_channel() -> None:
    left = ValueLeft("channel", -148.0, -342.0, 43.0, 800.0, 800.0)
    night = with_personal(left=(left,))
    unknown = "The learned plan is not known to earn more than the same money left to each channel’s own"
    assert why_not_to_act(night).startswith(unknown)
    line = "Personalised delivery would add nothing that is sure: −148 EUR a week (−342 to 43). The learned"
    assert in_a_line(night).replace(NBSP, " ").startswith(line)
    surely = with_personal(left=(replace(left, high=-5.0),))
    assert in_a_line(surely).startswith("Personalised delivery would add nothing: ")
    assert "nobody is to be chosen by it" in said(night)


def test_the_first_screen_says_in_a_line_what_personalised_delivery_would_add() -> None:
    night = samples.move()
    line = in_a_line(night).replace(NBSP, " ")
    assert line == (
        "Personalised delivery, a plan that chooses day by day which ad to show each user, would earn 6,200 "
        "EUR more a week (1,300 to 11,100) than a split that spends as much on each channel and lets the "
        "platform choose. That split is neither today’s nor the one above."
    )
    kept = replace(night, split=replace(night.split, verdict="KEEP"))
    assert in_a_line(kept).endswith("lets the platform choose. That split is not today’s.")
    assert "6,200 EUR more profit a week (1,300 to 11,100)" in said(night)  # the same figure on its own page


def test_the_plans_page_says_what_its_file_holds() -> None:
    night = samples.move()
    assert explanation_page(night).next_choices == "holds its next choice for every user."
    for silent in (ringing(night, "warn"), replace(night, personal=None), samples.no_evidence()):
        why = why_not_to_act(silent)
        assert why and next_choices(silent).startswith("says do_not_act for every user tonight. ")
        assert why[1:] in next_choices(silent)
    short = with_personal(budget=1_000.0, least=9_000.0, left=())
    assert next_choices(short).startswith("says do_not_act for every user tonight. Below 9,000")


def test_where_nothing_may_be_promised_of_it_the_line_says_why() -> None:
    night = samples.move()
    assert "reacts to something that these logs do not hold" in in_a_line(ringing(night, "warn"))
    assert in_a_line(replace(night, personal=None)).endswith("no plan for it could be judged tonight.")
    usual = replace(PersonalFrontier("cql", 28_900.0), usual=True)
    assert "no learned plan beats today’s delivery" in in_a_line(replace(night, personal=usual))
    assert in_a_line(replace(samples.no_evidence(), personal=None)) == ""  # said above it already
