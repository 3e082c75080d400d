"""The page, the sentences and the files of a test of arms."""

import csv
import io
import json
from dataclasses import replace

import pytest

from flows.stages.which_one import checks_of_the_test
from models.results import (
    Answer,
    CountedRows,
    CountedTests,
    Interval,
    TreeNode,
    TrialCheck,
    TrialResult,
    TrialRule,
    TrialVerdict,
)
from reports.charts.arms import finding
from reports.exports.arms import arms_csv, differences_csv
from reports.exports.split import split_json
from reports.html import which_one_html
from reports.pages.many_tests import many_tests_page
from reports.sentences.trials import check_text
from reports.write import write_reports
from tests.reports.trial_samples import BEATS, SAME, WORD, a_trial, difference, night, said


@pytest.mark.parametrize(
    ("trial", "headline", "why"),
    [
        (
            a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS),
            "Send a.",
            "It brings 2.00 EUR per customer more than no offer (1.00 to 3.00), its cost taken off.",
        ),
        (
            a_trial(TrialVerdict(Answer.SEVERAL, ("a", "b"), between=SAME), BEATS, SAME),
            "a and b beat no offer and cannot be told apart.",
            "a brings 0.25 EUR per customer more than b (between 0.75 less and 1.25 more). If that is the "
            "truth, 120,000 more customers tell the two apart in four of five cases.",
        ),
        (
            a_trial(TrialVerdict(Answer.SEVERAL, ("a", "b"), worse=("c",)), SAME, idle=None),
            "The best is one of a and b, which cannot be told apart.",
            "c is worse than one of these.",
        ),
        (
            a_trial(
                TrialVerdict(Answer.IDLE, ("none",), worse=("a",)), difference("a", "none", -2, 1, told=True)
            ),
            "Send no offer.",
            "a is worth less than no offer, cost included.",
        ),
        (
            a_trial(
                TrialVerdict(Answer.NOTHING, undecided=("a",)), difference("a", "none", 0.1, 1, told=False)
            ),
            "Nothing was found that beats no offer.",
            "",
        ),
    ],
)
def test_the_answer_is_a_sentence(trial: TrialResult, headline: str, why: str):
    words = said(trial)
    assert words.headline == headline
    assert words.why.replace("\u00a0", " ") == why


def test_a_difference_told_apart_in_steps_is_shown_with_the_interval_of_its_own():
    told = replace(difference("a", "none", 1.0, 1.1, told=True))
    assert "(0.12 to 1.88, by itself)" in said(a_trial(TrialVerdict(Answer.ONE, ("a",)), told)).why


@pytest.mark.parametrize(
    ("more", "to_matter", "told"),
    [
        (1, None, "1 more customer tells the two apart in four of five cases."),
        (
            0,
            None,
            "as many customers as these tell the two apart in four of five cases; this time they do not.",
        ),
        (90, 4, "The difference that matters to the study takes 4 more."),
        (
            90,
            0,
            "A difference of the size that matters to the study would have been found among these customers "
            "already, in four of five cases.",
        ),
    ],
)
def test_how_many_more_would_tell_two_arms_apart_is_told_even_where_none_are_needed(more, to_matter, told):
    between = replace(SAME, more_entities=more, more_entities_to_matter=to_matter)
    assert said(a_trial(TrialVerdict(Answer.NOTHING), between)).more(between).endswith(told)


@pytest.mark.parametrize(
    ("verdict", "idle", "title"),
    [
        (TrialVerdict(Answer.ONE, ("a",)), "none", "Best beyond doubt: a"),
        (TrialVerdict(Answer.IDLE, ("none",), worse=("a",)), "none", "Best beyond doubt: no offer"),
        (TrialVerdict(Answer.ONE, ("a",), undecided=("b",)), "none", "Better than no offer beyond doubt: a"),
        (TrialVerdict(Answer.SEVERAL, ("a", "b")), "none", "Better than no offer beyond doubt: a and b"),
        (TrialVerdict(Answer.SEVERAL, ("a", "b")), None, "The best is one of these beyond doubt: a and b"),
        (TrialVerdict(Answer.NOTHING, undecided=("a", "b")), "none", "None stands out beyond doubt"),
        (
            TrialVerdict(Answer.NOTHING, barred=("a", "b")),
            "none",
            "Better than no offer beyond doubt, and not known to keep to the guardrails: a",
        ),
        (TrialVerdict(Answer.NOTHING, barred=("b",)), "none", "None stands out beyond doubt"),
    ],
)
def test_the_picture_calls_an_arm_best_only_where_no_other_may_be_better(verdict, idle, title):
    trial = a_trial(verdict, BEATS, SAME, idle=idle)
    assert finding(trial, said(trial)) == title


@pytest.mark.parametrize(
    ("other", "said_of_it"),
    [
        ("b", "b brings 0.25 EUR per customer more than a (between 0.75 less and 1.25 more)."),
        ("none", "a brings 0.25 EUR per customer less than no offer (between 1.25 less and 0.75 more)."),
    ],
)
def test_an_open_difference_is_told_as_the_table_has_it(other: str, said_of_it: str):
    """From the better arm; against doing nothing, from the arm."""
    between = difference("a", other, -0.25, 1.0, told=False, more=120_000)
    trial = a_trial(TrialVerdict(Answer.NOTHING, undecided=("a",), between=between), between)
    assert said(trial).why.replace("\u00a0", " ").startswith(said_of_it)
    shown = said(trial).best_first(between)
    assert (shown.arm, shown.estimate) == (("b", 0.25) if other == "b" else ("a", -0.25))


def test_propensities_that_are_none_are_said_with_their_sum():
    told = (("none", 0.5), ("a", 0.5), ("b", 0.5))
    check = TrialCheck("sample ratio", False, 0.0, 1e-3, "", 0.0, 0.0, over_one=told)
    assert check_text(check, WORD).startswith(
        "The propensities of none, a and b add up to 1.5: they are 0.5,"
    )


def test_an_arm_with_too_few_is_said_with_its_figures():
    check = TrialCheck("sample ratio", False, 1e-9, 1e-3, "a", 500.0, 300.0)
    assert check_text(check, WORD).startswith(
        "a was to have about 500 customers and has 300: chance does that in"
    )


def test_the_page_holds_every_arm_and_difference_and_nothing_of_a_split(tmp_path):
    result = night(a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS, SAME))
    page = which_one_html(result).decode().replace("\u00a0", " ")
    body = page[page.index("<body") : page.index('id="page-14"')]
    assert "Send a." in body and "mens" not in body
    for text in (
        "a over no offer",
        "a over b",
        "7 purchases of theirs came before the decision",
        "3 decisions whose",
    ):
        assert text in body
    assert not any(word in body for word in ("split", "frontier", "channel", "saw an ad", " user"))
    names = {path.name for path in write_reports(result, tmp_path)}
    assert names == {"arms.csv", "differences.csv", "health.json", "report.html", "split.json"}


def test_a_rule_counts_decisions_where_entities_have_several_and_says_yes_of_flags():
    ends = TreeNode(7860, "none", 1.0), TreeNode(10_140, "a", 1.0)
    tree = TreeNode(18_000, "a", 0.6, "own_label", 0.0, "yes/no", *ends, text="own_label")
    one_each = replace(
        a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS), rule=TrialRule(tree, 1.0, Interval(1.0, 0.5, 1.5))
    )
    for trial, heading in ((one_each, "Customers"), (replace(one_each, decisions=18_000), "Decisions")):
        page = which_one_html(night(trial)).decode()
        rule = page[page.index('id="page-3"') : page.index('id="page-4"')]
        assert f">{heading}<" in rule and "own_label: no" in rule and "own_label: yes" in rule
        assert (">Customers<" in rule) == (heading == "Customers")


def test_a_check_that_compared_nothing_is_not_answered():
    trial = a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS)
    result = replace(night(trial), health=checks_of_the_test(trial, ()))
    page = which_one_html(result).decode()
    sound = page[page.index('id="page-4"') : page.index('id="page-14"')]
    assert sound.count(">not asked<") == 1 and sound.count(">yes<") == 1
    assert "Nothing is known of customers before the draw that could be compared." in sound


def test_values_are_called_surer_only_where_something_was_known_to_allow_for():
    blind = a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS)
    page = which_one_html(night(blind)).decode()
    assert "nearly these, less the cost: nothing is known of customers before the draw" in page
    assert "surer" not in page
    ratio, balance = blind.checks
    seen = replace(blind, checks=(ratio, replace(balance, p_value=0.5, lacks="")))
    assert "nearly these, and surer: they allow for what was known of" in which_one_html(night(seen)).decode()


@pytest.mark.parametrize(
    ("last_day", "said_of_values"),
    [
        ("2026-02-01", "Values are plain means, before any cost"),
        (
            "2026-02-02",
            "Values are means over days, each counting by the customers that all offers had on it",
        ),
    ],
)
def test_counts_say_how_they_are_valued(last_day: str, said_of_values: str):
    trial = a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS)
    rows = CountedRows("", "successes", "2026-02-01", last_day, 0, 0.001, found=True)
    page = which_one_html(night(replace(trial, counted=rows))).decode().replace("\u00a0", " ")
    assert said_of_values in page and "Nothing else is adjusted for." in page
    assert "ridge regression" not in page and "Who judged" not in page and "taught" not in page


def test_the_largest_difference_of_a_test_is_told_from_the_better_arm():
    trial = a_trial(TrialVerdict(Answer.ONE, ("b",)), difference("a", "b", -2.0, 1.0, told=True), idle=None)
    rows = CountedRows("button", "successes", "2026-02-01", "2026-02-01", 0, 0.001, found=True)
    tests = CountedTests((replace(trial, counted=rows),), (), 0.95)
    table = many_tests_page(replace(night(trial), tests=tests)).table
    assert table is not None
    shown = "".join(map(str, table.rows[0])).replace("\u00a0", " ")
    assert "Send b." in shown and "b over a" in shown and "+2.00 purchases per customer" in shown
    assert "+1.00 to +3.00" in shown


def test_files_hold_the_same_figures():
    result = night(a_trial(TrialVerdict(Answer.ONE, ("a",)), BEATS, SAME))
    arms = list(csv.DictReader(io.StringIO(arms_csv(result).decode())))
    pairs = list(csv.DictReader(io.StringIO(differences_csv(result).decode())))
    split = json.loads(split_json(result))
    assert [a["arm"] for a in arms] == [a["arm"] for a in split["arms"]] == ["none", "a", "b"]
    assert arms[1]["against_idle_low"] == "1.0" and split["arms"][1]["against_idle_low"] == 1.0
    assert pairs[1]["told_apart"] == "false" and split["differences"][1]["more_entities"] == 123_456
    assert (split["question"], split["rows"], split["answer"]["arms"]) == ("which one", [], ["a"])
