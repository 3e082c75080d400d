"""What the page says of plans whose figure no other way could check, and of checks that warn."""

from dataclasses import replace

import samples
from test_report_evidence import answered, row, text_of, with_recommended

from models.results import CountedAlike, HealthCheck, NightResult
from models.results.refusals import Gate
from reports import evidence
from reports.charts import forest, plans
from reports.exports.tables import evidence_csv
from reports.html import report_html
from reports.numbers import NBSP
from reports.pages.explanation import explanation_page


def with_unchecked(night: NightResult, policy: str = "cql") -> NightResult:
    """The night on which hardly any history went a plan's way from its beginning to its end."""
    few = Gate("effective sample size", 38.06, 50.0)
    evaluation = tuple(
        replace(e, estimate=None, low=None, high=None, ess=38.06, credible=False, reason=few)
        if e.policy == policy and e.estimator not in ("DRL", "FQE")
        else e
        for e in night.evaluation
    )
    rows = tuple(
        replace(e, verdict="unchecked", checked=False, disagreement=None) if e.policy == policy else e
        for e in night.evidence
    )
    return replace(night, evaluation=evaluation, evidence=rows)


def test_a_plan_that_nothing_could_check_is_told_alike_everywhere() -> None:
    night = with_unchecked(samples.move())
    assert answered(night)[1].startswith(
        "7 of 8 plans have enough evidence for a figure, and the ways of estimating agree on 5 of them; no "
        "other way could check that of “CQL, personalised”."
    )
    assert forest.finding(night, list(night.evaluation)).replace(NBSP, " ") == (
        "The ways of estimating agree on 5 of the 7 plans that have a figure; they part on “DQN, "
        "personalised”; only one speaks of “CQL, personalised”"
    )
    cells = text_of(row(night, "CQL, personalised"))
    assert (cells[4], cells[6]) == ("none could be asked", "unchecked")
    (doubt,) = [d for d in evidence.doubts(night) if d.verdict == "unchecked"]
    assert doubt.why == (
        "DRL alone says so: no other way of estimating could check it. Only about 38 histories in the logs "
        "went this plan’s way; at least 50 are needed."
    )
    assert doubt.why in explanation_page(night).caution  # where its choices for everybody are explained
    assert "“CQL, personalised”" not in plans.finding(night)
    appendix = report_html(night).decode().replace(NBSP, " ").partition('id="page-14"')[2]
    assert "for DRL and FQE<small>not for SNDR and SNPDIS: Only about 38 histories" in appendix
    told = evidence_csv(night).decode().splitlines()
    assert next(line for line in told if line.startswith("cql,")).endswith(",unchecked,")


def test_what_nothing_could_check_and_matters_most_is_no_plain_yes() -> None:
    short, text = answered(with_unchecked(samples.move(), "recommended split"))
    assert short == "With care" and "DRL alone says so" in text and "True only if" in text


def test_a_check_of_the_estimates_that_warns_is_no_plain_yes() -> None:
    found = CountedAlike("mail", 7.0, 0.34, 1.6)
    check = HealthCheck("plain comparison", "warn", 13.3, "standard errors", "at most 3.3", found)
    night = replace(samples.move(), health=(*samples.move().health, check))
    short, text = answered(night)
    assert short == "With care"
    assert text.startswith("A check of the estimates came out wrong. Counting alike people who were and ")
    assert "Trust neither blindly; a holdout decides. 7 of 8 plans" in text and "True only if" in text


def test_each_witness_has_its_own_limit_beside_its_figure() -> None:
    def agreement(**changes: object) -> str:
        return text_of(row(with_recommended(samples.move(), **changes), "Recommended split"))[4]

    assert agreement(disagreement=-2.65, disagreement_limit=2.968) == (
        "yes | 2.65 standard errors apart, at most 2.97"
    )
    assert agreement(disagreement=3.4, disagreement_limit=2.968) == (
        "yes | 3.40 standard errors apart, at most 2.97, but by less than the figure’s own error"
    )
    assert agreement(disagreement=None) == "yes | they do not differ"
