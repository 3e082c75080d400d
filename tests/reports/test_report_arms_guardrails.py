"""What an arm may not make worse: how the page tells of it."""

from dataclasses import replace

from models.results import GuardrailBound, ZeroToday
from reports.html import which_one_html
from tests.reports.trial_samples import forbidden, night, said


def test_an_arm_that_may_break_a_guardrail_is_named_on_the_page_with_what_it_could_do():
    trial = forbidden(0.02, 0.12)
    words = said(trial)
    assert words.headline == "Nothing was found that beats no offer and keeps to the guardrails."
    assert words.why == (
        "a is not chosen: complaints is a guardrail: it could rise by 12 %, and the study lets it rise by "
        "5 %."
    )
    page = which_one_html(night(trial)).decode().replace("\u00a0", " ")
    assert "What may not get worse" in page and "guardrails are held to one offer" in page
    for shown in (">0.0220<", ">0.0200<", ">+10 %<", ">+12 %<", ">+5 %<", ">cannot be told<"):
        assert shown in page


def test_a_guardrail_of_what_doing_nothing_has_none_of_says_why_it_holds_nothing():
    trial = forbidden(0.02, 0.12)
    bound = GuardrailBound("complaints", 0.05, None, ZeroToday("complaints"))
    held = replace(trial.guardrails[0], bound=bound, level_with_idle=0.0, change=None)
    assert said(replace(trial, guardrails=(held,))).why == (
        "a is not chosen: complaints is a guardrail, and how far it would rise cannot be told (the level it "
        "is held against is 0, and a share of 0 says nothing)."
    )


def test_an_arm_that_surely_breaks_a_guardrail_is_said_to_break_it():
    trial = forbidden(0.08, 0.12)
    assert said(trial).why == (
        "a is not chosen: complaints is a guardrail, and this breaks it: it would rise by 8 % at least, and "
        "the study lets it rise by 5 %."
    )
    page = which_one_html(night(trial)).decode()
    assert ">no: it breaks it<" in page and ">cannot be told<" not in page
