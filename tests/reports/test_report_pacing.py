"""What is expected to be spent of each budget, beside what was."""

from dataclasses import replace

import samples
from test_report_pages import section

from models.results import TodaysMoney


def test_a_channel_that_falls_short_of_its_budget_is_named_and_no_cause_is() -> None:
    night = samples.move()
    assert "Every channel is expected to spend its budget" in section(night, "page-9")
    first, *others = night.split.rows
    short = replace(first, expected_spend=9e3, expected_spend_low=8e3, expected_spend_high=1e4)
    html = section(replace(night, split=replace(night.split, rows=(short, *others))), "page-9")
    assert "search is expected to fall short of its budget: 9,000 of 12,600 EUR a week are expected" in html
    assert "run out" not in html and "Why a bar ends before its mark is not known" in html
    assert "Spent of it" not in html
    perhaps = replace(first, expected_spend=11_844.0, expected_spend_low=8e3, expected_spend_high=12_600.0)
    html = section(replace(night, split=replace(night.split, rows=(perhaps, *others))), "page-9")
    assert "search may not spend its whole budget: 11,844 of 12,600 EUR a week are expected" in html
    typed = TodaysMoney((13_900.0, *(r.current for r in others)))
    split = replace(night.split, rows=(perhaps, *others), today=typed)
    html = section(replace(night, split=split), "page-9")
    assert "11,844 of 12,600 EUR a week are expected, after 13,900 of 14,012 last time" in html
    assert "Spent of it" in html and ">13,900<" in html and ">Budget<" in html
    html = section(replace(night, split=replace(split, verdict="KEEP")), "page-9")
    assert "Spent of it" in html and ">Budget<" not in html


def test_no_more_is_spent_than_is_typed_in() -> None:
    first, *rest = samples.move().split.rows
    more = replace(first, expected_spend=13_000.0, expected_spend_low=12_500.0, expected_spend_high=14_000.0)
    night = samples.move()
    html = section(replace(night, split=replace(night.split, rows=(more, *rest))), "page-9")
    assert "12,600 (12,500 to 12,600)" in html
    assert "13,000" not in html.partition("</figure>")[0]
