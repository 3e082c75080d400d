"""What the page on the plan says of its rules, and whether looking further than one step pays."""

import re
from dataclasses import replace
from typing import Literal

import pytest
import samples

from models.results import NightResult, OneStepAnswer, PolicyRules
from reports.html import report_html
from reports.numbers import NBSP
from reports.pages.personal import why_not_to_act

RULES = PolicyRules("cql", leaves=32, fidelity=0.93, kept=0.995, drivers=("visits_7d", "recency_days"))


def said(night: NightResult) -> str:
    html = report_html(night).decode().replace(NBSP, " ")
    found = re.search(r'<section id="page-13".*?</section>', html, re.S)
    return found[0] if found else ""


def with_explanation(night: NightResult, **changes: object) -> NightResult:
    assert night.explanation is not None
    return replace(night, explanation=replace(night.explanation, **changes))  # type: ignore[arg-type]


def test_the_rules_say_how_well_they_stand_for_the_agent() -> None:
    night = with_explanation(samples.move(), rules=RULES)
    assert not why_not_to_act(night)
    assert "as 32 rules that a warehouse can run: they do the same in 93 % of decisions" in said(night)
    assert "policy.sql" not in said(samples.move())  # none was made


def test_where_nobody_should_act_no_rules_are_spoken_of() -> None:
    night = replace(samples.move(), personal=None)
    assert why_not_to_act(night)
    assert "policy.sql" not in said(with_explanation(night, rules=RULES))


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        ("enough", "A one-step rule is enough: “Causal” looks no further than the next decision, and"),
        ("look ahead", "Looking ahead pays: “CQL, personalised” surely earns more than “Causal”"),
        (
            "unknown",
            "These logs cannot tell whether “Causal”, which looks one step ahead alone, does as well",
        ),
    ],
)
def test_whether_a_one_step_rule_is_enough(
    verdict: Literal["enough", "look ahead", "unknown"], sentence: str
) -> None:
    answer = OneStepAnswer("causal", "cql", verdict, 900.0, 1_000.0, 0.8)
    assert said(with_explanation(samples.move(), one_step=answer)).count(sentence) == 1
    assert sentence not in said(samples.move())
