"""What models name by key, analysts read in words: checks, plans, facts, reasons."""

from dataclasses import replace

import numpy as np
import samples

from models.results import HealthCheck, Interval, NightResult, TreeNode
from models.split.limits import Limits
from models.split.optimiser import SplitChoice
from models.split.verdict import Objections, explain
from reports import checks, estimates, facts, words
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
    night = samples.keep()
    assert night.split.considered is not None
    why = explained(Interval(902.0, 99.0, 1_700.0), WITNESS.text)
    considered = replace(night.split.considered, low=99.0, high=1_700.0)
    return replace(
        night, split=replace(night.split, why=why, considered=considered), health=(*night.health, WITNESS)
    )


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


def explained(uplift: Interval | None, objection: str = "", *, budget: float = 2_000.0) -> str:
    """The sentence that the split's own code writes for a KEEP."""
    today, some = np.array([1_000.0, 1_000.0]), (1_000.0, 1_000.0)
    limits = Limits(
        channels=("search", "video"), current=today, low=0.5 * today, high=2 * today,
        free=np.array([True, True]), budget=budget, move_cap=800.0, step=10.0,
        spent=today, valued=today,
    )  # fmt: skip
    choice = SplitChoice("A", limits, some, (1.0, 1.0, 1.0), {}, False, 0.0, 0.0, some, some, "", None)
    objections = Objections(disagreement=objection)
    return explain("KEEP", choice, uplift, objections, period_days=7, currency="EUR")


def test_a_reason_does_not_repeat_the_sentences_before_it() -> None:
    sure, unsure = Interval(902.0, 99.0, 1_700.5), Interval(902.0, -99.25, 1_700.5)

    def left(why: str) -> str:
        night = samples.keep()
        return words.reason(replace(night, split=replace(night.split, why=why)))

    assert left(explained(sure, WITNESS.text)) == WITNESS.text
    assert left(explained(unsure)) == ""
    assert left(explained(None)) == "No change we tried is better beyond doubt."
    assert left(explained(unsure, budget=1_500.0)).startswith(
        "Today's spend of 2,000 EUR is above the budget"
    )
    assert left("The logs cannot tell.") == "The logs cannot tell."


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
        "The logs tell as much about “CQL, personalised” as 31 full histories would. Too few: it is too far "
        "from today’s delivery; take a smaller step."
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
