"""Why a plan has no figure: every kind has a sentence for the files and plain words for analysts."""

from dataclasses import replace
from typing import get_args

import pytest
import samples

from models.results import (
    FewCarryAll,
    FewDiffer,
    FewDifferAmongAll,
    FewShowIt,
    Gate,
    ModelAlone,
    NightResult,
    NotSupported,
    Refusal,
    SameForAll,
    ZeroToday,
    vocabulary_of,
)
from reports.html import report_html
from reports.numbers import NBSP
from reports.sentences.refusals import explained, recorded

RARE = Gate("unsupported actions", 0.3, 0.05, "search", 0.01)
FEW = Gate("effective sample size", 3.2, 50.0)
TAIL = Gate("tail shape", 1.24, 0.7)
HEAVY = Gate("largest weight", 0.93, 0.1)
RECORDED: dict[Refusal, str] = {
    RARE: "no credible estimate: in 30 % of its decisions the policy takes actions that delivery takes less "
    "than 1 % of the time there, mostly search (limit 5 %)",
    FEW: "no credible estimate: of the journeys in the log, about 3 went the way this policy would go "
    "(effective sample size; at least 50 are needed)",
    TAIL: "no credible estimate: a few journeys that went this policy's way by chance would decide it (tail "
    "shape of the weights 1.24, limit 0.7)",
    HEAVY: "no credible estimate: a single journey carries 93 % of the weight (limit 10 %)",
    FewShowIt(
        "margin", 1, 5
    ): "no credible estimate: 1 shop with any margin in the log (at least 5 are needed)",
    SameForAll("margin"): "no credible estimate: margin comes out the same for every shop, so nothing can be "
    "told apart",
    FewCarryAll(): "no credible estimate: too few shops carry the whole value, so its spread is not known",
    FewDiffer("profit"): "no credible estimate: the profit of too few shops differs from today's delivery",
    FewDifferAmongAll(
        "profit"
    ): "no credible estimate: too few differ in profit from today's delivery to tell the spread",
    ModelAlone(): "no interval: averaging a model's own predictions does not tell how far they are off",
    ZeroToday(
        "complaints"
    ): "no credible estimate: the level it is held against is 0, and a share of 0 says nothing",
}
TOLD: dict[Refusal, tuple[str, str]] = {
    RARE: (
        "In 30 % of its decisions it does what delivery does there less than 1 % of the time, mostly "
        "“search”, so there is hardly anybody to learn from (5 % is the most we accept).",
        "A plan that stays closer to today’s delivery, or a small share of delivery at random that does "
        "“search” there.",
    ),
    FEW: (
        "Only about 3 histories in the logs went this plan’s way; at least 50 are needed.",
        "More days of logs, a plan that stays closer to today’s delivery, or a small share of delivery at "
        "random.",
    ),
    TAIL: (
        "A few histories that went this plan’s way by chance would decide the figure (their weights have a "
        "tail shape of 1.24, at most 0.7 is sound).",
        "Not more of the same logs: a plan that stays closer to today’s delivery, or a small share of "
        "delivery at random.",
    ),
    HEAVY: (
        "A single history would decide 93 % of the figure; 10 % is the most we accept.",
        "More days of logs, or a plan that stays closer to today’s delivery.",
    ),
    FewShowIt("margin", 1, 5): (
        "Only 1 shop in the logs show any margin, and at least 5 are needed: the rare, large one that was "
        "not seen would decide everything.",
        "More days of logs, or more shops in them.",
    ),
    SameForAll("margin"): (
        "The margin comes out the same for all shops, so nothing can be told apart by it.",
        "An outcome that differs between shops.",
    ),
    FewCarryAll(): (
        "Too few shops carry the whole figure to tell how far it may be off.",
        "More days of logs, or more shops in them.",
    ),
    FewDiffer("profit"): (
        "For too few shops its profit differs from that of today’s delivery to tell how far the difference "
        "may be off.",
        "More days of logs, or a plan that changes more.",
    ),
    ModelAlone(): ("The average of a model’s own predictions does not tell how far they are off.", ""),
    ZeroToday("complaints"): (
        "The level of complaints is 0 today, so that no share of it says how much worse it may get.",
        'Write role = "info" for it, or guard an outcome that there is today.',
    ),
}
TOLD[FewDifferAmongAll("profit")] = TOLD[FewDiffer("profit")]


def told(refusal: Refusal | None, entity: str = "shop") -> tuple[str, str]:
    found = explained(refusal, replace(samples.move(), vocabulary=vocabulary_of(entity)))
    return found.meaning.replace(NBSP, " "), found.remedy.replace(NBSP, " ")


@pytest.mark.parametrize("refusal", RECORDED, ids=lambda r: getattr(r, "kind", type(r).__name__))
def test_one_kind_one_sentence(refusal: Refusal) -> None:
    assert recorded(refusal, "shop") == RECORDED[refusal]
    assert told(refusal) == TOLD[refusal]


def test_no_kind_is_without_a_sentence() -> None:
    assert {type(refusal) for refusal in RECORDED} == set(get_args(Refusal))
    assert recorded(None, "shop") == "" and told(None) == ("No reason was given.", "")


def test_figures_at_their_ends() -> None:
    nobody = replace(FEW, figure=float("nan"))
    assert "the journeys in the log, none went the way" in recorded(nobody, "user")
    assert told(nobody)[0].startswith("Not a single history in the logs went")
    assert told(replace(FEW, figure=1.2))[0].startswith("Only about 1 history in the logs went")
    always = replace(RARE, figure=0.997, mostly="none")
    assert "in 100 % of its decisions" in recorded(always, "user")  # and not in 1e+02 %
    assert told(always)[0].startswith("In 100 % of its decisions")
    assert "mostly nothing at all" in told(always)[0]
    assert "in 3.1 % of its decisions" in recorded(replace(RARE, figure=0.0314), "user")
    assert recorded(FewShowIt("margin", 0, 5), "user").startswith("no credible estimate: 0 users with any")


@pytest.mark.parametrize(
    "name", ["`search`", "video (limit 3 %)", samples.SCRIPT, samples.FORMULA, "{0.__class__}", "\\1"]
)
def test_names_that_look_like_sentences_do_no_harm(name: str) -> None:
    assert f"mostly “{name}”, so there is hardly" in told(replace(RARE, mostly=name))[0]


def refused(refusal: Refusal) -> NightResult:
    """A KEEP whose recommended split the estimators refuse, as the verdict itself writes it."""
    night = samples.keep()
    return replace(
        night,
        split=replace(night.split, why=NotSupported(refusal)),
        evaluation=tuple(replace(e, estimate=None, credible=False, reason=refusal) for e in night.evaluation),
        evidence=tuple(
            replace(e, uplift=None, verdict="no evidence", reason=refusal) for e in night.evidence
        ),
    )


@pytest.mark.parametrize(
    "refusal", [RARE, FEW, TAIL, HEAVY, FewShowIt("purchases", 1, 5)], ids=lambda r: getattr(r, "kind", "few")
)
def test_no_page_shows_a_refusal_raw(refusal: Refusal) -> None:
    night = refused(refusal)
    html = report_html(night).decode()
    assert recorded(refusal, night.entity) not in html.replace("&#39;", "'")
    assert "no credible estimate" not in html
    meaning = explained(refusal, night).meaning
    assert meaning in html[: html.index('id="page-2"')]
    assert html[html.index('id="page-10"') :].count(meaning) > 8  # in the tables, and once per plan


def test_without_any_figure_the_chart_gives_way_to_the_reasons() -> None:
    html = report_html(refused(FEW)).decode()
    assert 'id="plans"' not in html
    assert "Not one plan has a figure that these logs support" in html
