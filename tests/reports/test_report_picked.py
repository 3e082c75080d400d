"""The row of the split that was picked, beside plans that were not."""

from dataclasses import replace

import samples

from models.agent_settings import ALGORITHM_NAMES
from models.results import NightResult
from reports.html import report_html
from reports.numbers import NBSP
from reports.picked import picked_text


def with_extra(night: NightResult, estimate: float) -> NightResult:
    """By the estimates the split's profit is 900 above today's delivery's where it is kept, else 11,977."""
    rows = tuple(
        replace(e, uplift=replace(e.uplift, estimate=estimate))
        if e.policy == "recommended split" and e.uplift
        else e
        for e in night.evidence
    )
    return replace(night, evidence=rows)


def test_what_picking_took_off_is_told_under_the_table() -> None:
    night = with_extra(samples.keep(), 300.0)
    said = picked_text(night)
    assert said.startswith(
        "“Best split found” was picked on these very logs as the best of many splits: +300 is what is left "
        "of +900 once that is paid for."
    )
    assert "An agent acts as it did at the largest lower bound of all that was tried of it" in said
    rules = tuple(e for e in night.evidence if e.policy not in ALGORITHM_NAMES)
    untaught = picked_text(replace(night, evidence=rules))
    assert "No other plan here was picked by its figure" in untaught and "An agent" not in untaught
    assert "is what is left of" not in picked_text(with_extra(samples.keep(), 2_000.0))
    assert said in report_html(night).decode().replace(NBSP, " ")


def test_nothing_is_told_of_a_figure_like_all_others_that_is_the_largest() -> None:
    night = samples.move()
    assert "picked on these very logs" not in picked_text(night)
    assert picked_text(night).startswith("A larger figure does not make another plan the one to follow")
    only = tuple(e for e in night.evidence if e.policy == "recommended split")
    assert picked_text(replace(night, evidence=only)) == ""
    assert picked_text(samples.no_evidence()) == picked_text(samples.empty()) == ""


def test_a_larger_figure_is_told_apart_from_a_better_plan() -> None:
    said = picked_text(with_extra(samples.move(), 7_400.0))
    assert "the largest of 7 figures is large by luck as well" in said
