"""Page 5's second series: what is said of personalised delivery, and when nothing is."""

import re
from dataclasses import replace

import samples

from models.page_results import PersonalFrontier
from models.results import NightResult
from reports.charts import frontier as chart
from reports.html import report_html
from reports.numbers import MINUS, NBSP
from reports.pages.frontier import frontier_page
from reports.pages.personal import said_of_personal


def page(night: NightResult) -> str:
    html = report_html(night).decode().replace(NBSP, " ")
    return re.search(r'<section id="page-5".*?</section>', html, re.S)[0]  # type: ignore[index]


def said(night: NightResult) -> str:
    return " ".join(said_of_personal(night)).replace(NBSP, " ")


def with_personal(**changes: object) -> NightResult:
    night = samples.move()
    assert night.personal is not None
    return replace(night, personal=replace(night.personal, **changes))  # type: ignore[arg-type]


def test_the_value_left_by_not_targeting_comes_with_its_interval() -> None:
    text = said(samples.move())
    assert (
        "At 28,900 EUR a week it earns 6,200 EUR more profit a week (1,300 to 11,100) than the same money "
        "left to each channel’s own delivery: the value left by not targeting. Against a budget per channel "
        f"and segment it is 2,950 EUR a week ({MINUS}810 to 6,730)."
    ) in text
    assert "It may be none" not in text


def test_value_that_may_be_none_is_called_so() -> None:
    night = samples.move()
    assert night.personal is not None
    (whole, _) = night.personal.left
    text = said(with_personal(left=(replace(whole, low=-200.0),)))
    assert text.count("It may be none.") == 1
    assert "segment" not in text


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
    night = samples.move()
    assert night.personal is not None
    assert "Below 21,675 EUR a week" in said(with_personal(points=night.personal.points[1:]))


def test_channels_held_back_in_the_split_are_named() -> None:
    assert "It also moves search, held back in the split" in said(with_personal(held=("search",)))


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
    neither = replace(night, personal=None)
    assert frontier_page(neither).chart is None


def test_a_plan_nobody_can_vouch_for_is_a_sentence_and_no_line() -> None:
    why = "No personalised plan that the logs support earns more than today's delivery beyond doubt."
    found = page(replace(samples.move(), personal=PersonalFrontier("cql", 28_900.0, empty=why)))
    assert why.replace("'", "&#39;") in found and "curve plain" not in found
