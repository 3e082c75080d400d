"""The trust page's answer: whether tonight's figures can be trusted, plan by plan, and on what that rests."""

import re
from dataclasses import replace

import pytest
import samples

from models.evaluation.checks.witness import FALSE_ALARMS
from models.results import (
    DaysOut,
    FewCarryAll,
    HealthCheck,
    LoggedValued,
    NightResult,
    PolicyEvidence,
    WorthOfPurchases,
)
from reports import evidence, hidden_cause
from reports.charts import plans
from reports.html import report_html
from reports.numbers import NBSP
from reports.pages.verdict import verdict_page


def page(night: NightResult) -> str:
    html = report_html(night).decode().replace(NBSP, " ")
    return html[html.index('id="page-10"') : html.index('id="page-14"')]


def answered(night: NightResult) -> tuple[str, str]:
    found = evidence.answer(night)
    return found.short, found.text.replace(NBSP, " ")


def with_recommended(night: NightResult, **changes: object) -> NightResult:
    return replace(
        night,
        evidence=tuple(
            replace(e, **changes) if e.policy == "recommended split" else e  # type: ignore[arg-type]
            for e in night.evidence
        ),
    )


def with_check(
    night: NightResult, name: str, status: str, text: str | LoggedValued = "Something is off."
) -> NightResult:
    kind, _, subject = name.partition(": ")
    check = HealthCheck(kind, status, 4.2, "standard errors", "at most 3", text, subject)
    return replace(night, health=(*(c for c in night.health if c.name != name), check))


def test_a_trusted_night_says_why_and_on_what_condition() -> None:
    short, text = answered(samples.move())
    assert short == "Yes, on one condition"
    assert text == (
        "7 of 8 plans have enough evidence for a figure, and the ways of estimating agree on 6 of them. "
        "Today’s delivery, worked out like any other plan, is worth what it really earned. True only if the "
        "ad platforms chose whom to show an ad by nothing that is missing from your logs."
    )


def test_random_delivery_needs_no_such_condition() -> None:
    night = samples.one_decision_each()
    assert "True only if" not in answered(night)[1]
    assert "delivery was random" in hidden_cause.text(night)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"verdict": "disputed", "disputed_by": "SNPDIS", "disagreement": -4.0},
            "is higher by 4.00 times",
        ),
        (
            {"verdict": "no evidence", "uplift": None, "reason": FewCarryAll()},
            "Too few users carry the whole",
        ),
    ],
)
def test_a_doubt_about_the_recommended_split_goes_before_all_else(
    changes: dict[str, object], said: str
) -> None:
    short, text = answered(with_recommended(samples.move(), **changes))
    assert short == "No"
    assert text.startswith("Not for “Recommended split”")
    assert said in text


def test_a_check_that_says_stop_or_a_placebo_that_failed_is_the_answer() -> None:
    stopped = with_check(samples.move(), "money", "stop", "12 EUR are missing.")
    assert answered(stopped) == ("No", "A check speaks against any recommendation. 12 EUR are missing.")
    warned = answered(with_check(samples.move(), "placebo: logged policy", "warn"))
    assert warned[0] == "With care"
    assert "is not worth what it really earned" in warned[1]


def test_a_placebo_that_failed_says_by_how_much() -> None:
    night = with_check(samples.move(), "placebo: logged policy", "warn", LoggedValued("margin", -0.0015))
    assert "is not worth what it really earned, but 0.15 % less: the prob" in answered(night)[1]


def test_a_picked_split_has_an_interval_of_its_own_level() -> None:
    night = samples.move()
    (row,) = (e for e in night.evidence if e.policy == "recommended split")
    same, picked = (
        plans.plans(night),
        plans.plans(with_recommended(night, uplift=replace(row.uplift, level=0.9))),
    )
    assert "the bar its 95 % interval; " in same.reading.replace(NBSP, " ")
    said = picked.reading.replace(NBSP, " ")
    assert "the bar its 95 % interval (that of “Recommended split” 90 %, whose low end" in said


def test_the_table_names_the_level_of_most_plans_and_beside_an_interval_its_own() -> None:
    """Whichever plan comes first."""
    night = samples.move()
    (own,) = (e for e in night.evidence if e.policy == "recommended split")
    night = with_recommended(night, uplift=replace(own.uplift, level=0.9))
    for rows in (night.evidence, night.evidence[::-1]):
        shown = replace(night, evidence=rows)
        assert "with 95 % interval, if no other is named" in page(shown)
        assert text_of(row(shown, "Recommended split"))[0].endswith("+17,100 (90 %)")
        assert "%" not in text_of(row(shown, "Equal split"))[0]
    assert "if no other is named" not in page(samples.move())


def test_a_witness_is_told_once() -> None:
    night = with_check(samples.move(), "witness: recommended split", "warn", "They differ.")
    question = "do the ways of valuing it agree?"
    assert question not in page(night)  # the plan is weighed by itself
    alone = replace(night, evidence=())
    assert report_html(alone).decode().count(question) == 2  # with its estimates, and among the checks
    assert answered(alone)[0] == "With care"
    assert "Two ways of working it out differ" in answered(alone)[1]


def test_on_logs_of_shown_ads_alone_nothing_is_claimed() -> None:
    night = samples.no_evidence()
    assert answered(night)[0] == "No"
    chart = plans.plans(night)
    assert chart is not None
    assert chart.finding == "How the plans differ where ads were shown; none of it says what the ads caused"
    assert not re.search(r'class="(dot|whisker|whisker thin) (up|down)', chart.svg)
    assert ">better<" not in page(night)
    assert "times as likely as" not in page(night)


def test_without_anything_there_is_nothing_to_trust() -> None:
    assert answered(samples.empty()) == (
        "No",
        "There is nothing to trust tonight: no plan could be evaluated on these logs.",
    )


def test_a_disputed_plan_names_its_witness_and_what_would_change_it() -> None:
    (doubt,) = [d for d in evidence.doubts(samples.move()) if d.verdict == "disputed"]
    assert doubt.plan == "DQN, personalised"
    assert doubt.why.startswith(
        "The estimate with another memory of the history’s surprises is lower by 3.42 times the noise"
    )
    assert doubt.remedy.startswith("Log what delivery decides on as context columns")
    assert doubt.why in page(samples.move())


def test_every_witness_is_named_in_words() -> None:
    for name in FALSE_ALARMS:
        assert "called" not in evidence.witness_words(name)
    assert evidence.witness_words("tea leaves") == "called “tea leaves”"


def test_what_is_open_needs_no_hidden_cause_to_be_turned() -> None:
    night = with_recommended(samples.move(), verdict="unclear", hidden_cause=1.2)
    assert text_of(row(night, "Recommended split"))[5] == "none needed"


def test_table_and_sentence_say_the_same_of_a_hidden_cause() -> None:
    night = with_recommended(samples.move(), verdict="disputed", hidden_cause=1.2, hidden_cause_doubt=1.0)
    assert text_of(row(night, "Recommended split"))[5] == "none needed"


def test_the_table_has_a_hidden_cause_of_no_more_plans_than_were_asked() -> None:
    night = samples.move()
    said = "The table under the first chart has the figure for every plan"
    assert f"{said}." in page(night)
    few = tuple(
        replace(e, hidden_cause=None, hidden_cause_text="") if e.policy == "cql" else e
        for e in night.evidence
    )
    assert f"{said} of which it was asked." in page(replace(night, evidence=few))


def finding(*verdicts: str) -> str:
    """The chart's title where the plans have these verdicts."""
    night = samples.move()
    known = [e for e in night.evidence if e.uplift][: len(verdicts)]
    rows = tuple(replace(e, verdict=v) for e, v in zip(known, verdicts, strict=True))
    return plans.finding(replace(night, evidence=rows)).replace(NBSP, " ")


def test_the_chart_says_who_is_better_beyond_doubt() -> None:
    assert finding("better") == "“DQN, personalised” is better than today’s delivery beyond doubt"
    assert finding("better", "unclear") == (
        "“DQN, personalised” is better than today’s delivery beyond doubt, even counting that 2 plans were "
        "compared"
    )
    assert finding("perhaps better", "worse") == (
        "“DQN, personalised” is better than today’s delivery taken by itself, but not beyond doubt as the "
        "best of all 2 plans that were compared"
    )
    assert finding("unclear", "worse", "disputed") == (
        "None of 3 plans is better than today’s delivery beyond doubt; 1 is worse"
    )


def test_the_chart_colours_what_is_sure_and_greys_the_rest() -> None:
    chart = plans.plans(samples.move())
    assert chart is not None
    wide = chart.svg[: chart.svg.index('class="chart narrow"')]
    assert wide.count('class="dot up"') == 2
    assert wide.count('class="dot down"') == 2
    assert wide.count('class="dot unsure"') == 2
    assert wide.count('class="hollow unsure"') == 1  # disputed
    assert wide.count('class="hatch"') == 1  # no evidence
    for verdict in ("better", "perhaps better", "worse", "unclear", "disputed", "no evidence"):
        assert f">{verdict}</text>" in wide


def row(night: NightResult, plan: str) -> list[str]:
    """The cells of a plan in the table under the chart, tags taken off."""
    table = page(night).split("against today’s delivery</caption>")[1].partition("</table>")[0]
    found = re.search(rf'<th scope="row">{plan}</th>(.*?)</tr>', table)
    assert found
    cells = found[1].split("</td>")[:-1]
    return [re.sub(r"<small>", " | ", c).replace("</small>", "") for c in cells]


def text_of(cells: list[str]) -> list[str]:
    return [re.sub(r"<[^>]*>", "", c) for c in cells]


def test_the_table_under_the_chart_has_every_bound() -> None:
    cells = text_of(row(samples.move(), "Recommended split"))
    assert cells == [
        "+12,000 | +7,200 to +17,100",
        "+5,000",
        "+2,100",
        "9,412",
        "yes | 0.80 standard errors apart",
        "1.83 times",
        "better",
    ]
    refused = text_of(row(samples.move(), "Random among the possible"))
    assert refused == ["no figure", "", "", "44", "", "", "no evidence"]


def test_a_bound_that_is_not_known_is_never_a_number() -> None:
    for unknown in (None, float("nan"), float("-inf")):
        night = with_recommended(samples.move(), low_among_all=unknown, low_every_night=unknown)
        assert text_of(row(night, "Recommended split"))[1:3] == ["not known", "not known"]


def test_todays_delivery_is_not_compared_with_itself() -> None:
    night = samples.move()
    own = PolicyEvidence("logged", "profit", "EUR per 7 days", None, verdict="unclear")
    assert evidence.compared(replace(night, evidence=(own, *night.evidence))) == list(night.evidence)


def test_the_first_screen_says_what_the_gain_rests_on_at_tier_a_only() -> None:
    first = report_html(samples.move()).decode().replace(NBSP, " ")
    first = first[: first.index('id="page-2"')]
    condition = "by nothing that is missing from your logs."
    assert first.index(condition) < first.index("We expect 12,000 EUR") < first.index("98 %")
    random = report_html(samples.one_decision_each()).decode()
    assert "True only if" not in random[: random.index('id="page-2"')]


def test_what_purchases_count_for_is_said_where_it_was_asked() -> None:
    night, found = samples.move(), WorthOfPurchases(900, 0.8, moved=False)
    asked = HealthCheck("worth of purchases", "ok", 0.3, "probability", "at least 0.1", found)
    said = page(replace(night, health=(*night.health, asked)))
    assert "What purchases count for" in said
    assert "each of 900 counts for the margin to be expected of it" in said
    assert "What purchases count for" not in page(night)


def test_excluded_days_are_not_called_late_purchases() -> None:
    broken = DaysOut("2026-10-01", "2026-10-02", "tag broken")
    night = replace(samples.move(), immature_share=0.0, excluded=(broken,), excluded_share=0.027)
    days = "2026-10-01 to 2026-10-02 (your [[exclude]]: tag broken)"
    assert (
        f"2.7 % of the decisions were left out because they touch days that are taken out: {days}. No "
        "decision had to be left out because its purchases may not have been reported yet."
    ) in page(night)
    assert f"Left out of them: {days}." in str(verdict_page(night).basis)
    assert "Left out" not in str(verdict_page(samples.move()).basis)
