"""What models name by key, analysts read in words: checks, plans, facts, reasons."""

from dataclasses import replace

import samples

from models.results import (
    EstimatesDiffer,
    Gate,
    HealthCheck,
    LossPossible,
    NightResult,
    NothingBetter,
    NotSupported,
    TreeNode,
    Why,
)
from reports import checks, decision, estimates, facts
from reports.html import report_html
from reports.numbers import MINUS, NBSP

WITNESS = HealthCheck(
    "witness",
    "warn",
    3.2,
    "standard errors",
    "at most 3",
    "recommended split: they differ.",
    "recommended split",
)


def disputed() -> NightResult:
    """A KEEP whose best move looks better, but whose two estimates disagree."""
    night = kept(EstimatesDiffer(), low=99.0)
    return replace(night, health=(*night.health, WITNESS))


def kept(why: Why, low: float = -1_410.0, **changes: object) -> NightResult:
    night = samples.keep()
    assert night.split.considered is not None
    considered = replace(night.split.considered, low=low, high=1_700.5)
    return replace(night, split=replace(night.split, why=why, considered=considered, **changes))


def first_screen(night: NightResult) -> str:
    html = report_html(night).decode()
    return html[html.index('id="page-1"') : html.index('id="page-2"')]


def test_a_disputed_move_is_told_once_without_chance_and_without_jargon() -> None:
    screen = first_screen(disputed())
    assert screen.count('<p class="lead">') == 1
    assert "best change found" not in screen
    assert "Two ways of working it out" in screen
    assert "Chance that" not in screen
    assert "Keep today’s split" in screen and "Keep today's split" not in screen


def test_a_reason_does_not_repeat_the_sentences_before_it() -> None:
    assert decision.rest(kept(EstimatesDiffer(), low=99.0)).startswith("Two ways of working it out differ")
    assert decision.rest(kept(LossPossible())) == ""
    assert decision.rest(kept(NothingBetter())) == "No change we tried is better beyond doubt."
    over = decision.rest(kept(LossPossible(), over_budget=1_500.0))
    assert over.startswith("Today’s spend of 13,123.50 EUR is above the budget of 1,500 EUR")


def test_a_refused_plan_is_told_by_what_it_means_on_the_page_and_by_its_figures_in_the_files() -> None:
    night = kept(NotSupported(Gate("effective sample size", 31.4, 50.0)))
    assert decision.rest(night).startswith("Only about 31 histories in the logs went this plan’s way")
    assert "effective sample size; at least 50 are needed" in decision.why(night)


def test_what_nobody_recommends_is_not_called_recommended() -> None:
    assert estimates.label(samples.keep(), "recommended split") == "Best split found"
    assert estimates.label(samples.move(), "recommended split") == "Recommended split"
    assert estimates.label(samples.move(), "always mens") == "Always mens"


def test_checks_ask_a_question_and_give_shares_as_percentages() -> None:
    night = samples.move()
    share = HealthCheck("overlap with none", "ok", 0.42, "mean probability of none", ">= 0.05", "", "video")
    assert checks.question(night, share) == "Did some of those who could see video see no ad?"
    assert checks.figure_text(night, share) == f"42{NBSP}%{NBSP}saw no ad"
    assert checks.limit_text(share) == f"at{NBSP}least{NBSP}5{NBSP}%"
    own = HealthCheck("my own check", "ok", 3.0, "rows", "<= 4", "")
    assert checks.question(night, own) == "my own check"
    assert checks.limit_text(own) == f"at{NBSP}most{NBSP}4"


def test_how_much_the_logs_tell_about_a_plan_is_said_from_figures() -> None:
    night = samples.move()
    check = HealthCheck("effective sample size", "warn", 31.4, "journeys", ">= 50", "", "cql")
    assert check.name == "effective sample size: cql"
    assert checks.found_text(night, check) == (
        "Followed to their end, the logs tell as much about “CQL, personalised” as 31 full histories would. "
        "Too few for the ways of estimating that check its figure so: it is too far from today’s "
        "delivery. A smaller step could be checked."
    )
    assert checks.found_text(night, replace(check, status="ok")).endswith("histories would.")


def test_names_between_backticks_become_the_reports_own() -> None:
    said = checks.said_plainly(samples.move(), "`days_since_visit` drifts by -0.3 in `cql` on 2026-11-19.")
    assert said == (
        f"“Days since the last visit to the site” drifts by {MINUS}0.3 in “CQL, personalised” on 2026-11-19."
    )


def test_facts_are_told_by_what_an_entity_is_called() -> None:
    assert facts.fact_text("margin_so_far", "", "user") == "margin_so_far"
    assert (
        facts.fact_text("t", "spent on this entity so far", "household") == "spent on this household so far"
    )


def test_thresholds_of_logarithms_are_turned_back() -> None:
    node = TreeNode(10, "none", 1.0, "margin_so_far", 2.3979, "log currency")
    assert facts.branch_text(node, "EUR", below=True) == f"up to 10{NBSP}EUR"
    eligible = TreeNode(10, "none", 1.0, "eligible_video", 0.5, "yes/no")
    assert facts.branch_text(eligible, "EUR", below=False) == "yes"


def test_budgets_are_totals_where_earnings_are_per_customer() -> None:
    html = report_html(samples.one_decision_each()).decode().replace(NBSP, " ")
    section = html[html.index('id="page-2"') : html.index('id="page-10"')]
    assert "Budgets here are totals a week, over all customers" in section
    assert "total budget, USD a week" in section
    assert "margin, USD a week" in section
    assert "USD per customer" not in section
    assert "USD per customer" in html  # the trust page's estimates


def test_the_first_screen_says_how_old_the_logs_are_and_how_many_purchases_they_hold() -> None:
    night = samples.move()
    assert "6,021 purchases" in first_screen(night).replace(NBSP, " ")
    assert "which end the day before this report" in first_screen(night)
    old = replace(night, logged_to="2026-11-01")
    assert "which end 19 days before this report" in first_screen(old).replace(NBSP, " ")
