"""A study of other decisions than ads has a report in its own words."""

import io
import re
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
import samples
from samples import ALL

from models.results import Explanation, HealthCheck, NightResult, Pictures, TreeNode
from models.results.vocabulary import Vocabulary, plural, vocabulary_of, with_article
from reports import checks, words
from reports.exports.workbook import split_xlsx
from reports.glossary import GLOSSARY, glossary
from reports.html import report_html

SHOP = vocabulary_of("SKU", action="reorder_level", own={"success": "order"})
FOREIGN = re.compile(
    r"\b(users?|channels?|ads?|customers?|impressions?|exposures?|campaigns?|people|person|everybody|"
    r"purchases?)\b",
    re.IGNORECASE,
)
IN_FILES = ("users table", "<code>channel</code>", "<code>spend:&lt;channel&gt;</code>", "<code>users</code>")
"""Names of columns and of the log contract's tables, which no study renames."""
SAID = "Said elsewhere."


CHECKS = (
    HealthCheck("feature drift", "ok", 0.1, "share", "<= 0.2", SAID),
    HealthCheck("placebo: effect on the past", "ok", 0.4, "standard errors", "<= 3", SAID),
)
WHY = Explanation(
    "cql",
    (("stock", "What is in stock", 0.2),),
    TreeNode(
        9, "none", 0.6, "stock", 4.5, "boxes", low=TreeNode(4, "none", 0.7), high=TreeNode(5, "search", 0.9)
    ),
    0.83,
    0.61,
)


def without_models(night: NightResult) -> NightResult:
    """The night without the sentences and names that models/ still makes: a list to shrink."""

    def said(rows: Any, *fields: str) -> tuple[Any, ...]:
        return tuple(replace(row, **dict.fromkeys(fields, SAID)) for row in rows)

    return replace(
        night,
        tier_reason=SAID,  # sql/staging
        health=CHECKS,  # models/health, models/evaluation/checks, with names that health.json keeps
        notes=(),  # models/behaviour, models/agents, sql
        policies=said(night.policies, "text"),  # models/policies
        explanation=WHY,  # models/mdp: features and their units
        tables=(),  # tables of the log contract
    )


def shop(night: NightResult, **changes: object) -> NightResult:
    return replace(without_models(night), vocabulary=SHOP, **changes)  # type: ignore[arg-type]


def text_of(night: NightResult) -> str:
    """The page without its style, its element ids and classes, and the names of files' columns."""
    html = report_html(night).decode()
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    for name in IN_FILES:
        html = html.replace(name, "")
    return re.sub(r"<[^>]*>", " ", html)


def foreign(night: NightResult) -> list[str]:
    text = text_of(night)
    return [text[max(0, m.start() - 60) : m.end() + 40] for m in FOREIGN.finditer(text)]


@pytest.mark.parametrize("name", ["move", "keep", "no_evidence", "empty"])
@pytest.mark.parametrize("tier", ["A+", "A", "B", "C"])
def test_no_word_of_advertising_is_left_in_the_report_of_a_shop(name: str, tier: str) -> None:
    assert foreign(shop(ALL[name](), tier=tier)) == []


def test_pages_with_nothing_to_show_say_so_in_the_studys_words() -> None:
    nothing: dict[str, Any] = dict.fromkeys(("overlap", "calibration", "frontier", "health"), ())
    uncapped = tuple(replace(c, cap=None, beyond=None) for c in samples.move().pictures.frequency_caps)
    past = replace(CHECKS[1], status="warn")
    for tier in ("A+", "A", "B", "C"):
        night = shop(samples.move(), tier=tier)
        capless = samples.pictured(night, frequency_caps=uncapped)
        assert foreign(replace(capless, health=(past,))) == []
        bare = replace(night, **nothing, claimed_margins={}, immature_share=0.0, personal=None)
        assert foreign(replace(bare, pictures=Pictures())) == []
        assert foreign(replace(night, split=replace(night.split, rows=()))) == []


def test_every_check_asks_in_the_studys_words() -> None:
    night = shop(samples.move())
    for name in checks.QUESTIONS:
        kind, _, subject = name.partition(": ")
        for about in (subject, subject or "40"):
            check = HealthCheck(kind, "warn", 0.1, "share of entities", "<= 0.2", "", about)
            asked = f"{checks.question(night, check)} {checks.figure_text(night, check)}"
            assert not FOREIGN.search(asked), asked
    assert checks.question(night, HealthCheck("shown ads alone", "ok", None, "", "", "")) == (
        "Do the logs show which SKUs could have got a reorder level and did not?"
    )


def test_the_glossary_and_the_tiers_speak_the_studys_words() -> None:
    for term, plain in zip(glossary(SHOP), glossary(Vocabulary()), strict=True):
        assert term.names == plain.names
        assert not FOREIGN.search(f"{term.text} {term.formula}"), term
        assert not re.search(r"\{\w{3,}\}", f"{plain.text} {plain.formula}"), plain
    assert len(GLOSSARY) == len(glossary(SHOP))
    means, allows = words.tier(shop(samples.move(), tier="A"))
    assert means == "We see which SKUs could have been given a reorder level and were not."
    assert allows.startswith("A split between reorder levels may be claimed")


def test_the_spreadsheets_header_is_what_is_decided() -> None:
    def header(night: NightResult) -> list[object]:
        book = openpyxl.load_workbook(io.BytesIO(split_xlsx(night)))
        return [cell.value for cell in book["budgets"][1]]

    assert header(samples.move())[:2] == ["Channel", "Today, EUR a week"]
    assert header(shop(samples.move()))[:2] == ["Reorder level", "Today, EUR a week"]


def test_what_follows_from_a_noun_follows_from_the_studys_own() -> None:
    assert vocabulary_of() == Vocabulary()
    assert vocabulary_of("household").people == "people"
    assert (SHOP.entities, SHOP.people, SHOP.everybody, SHOP.who) == ("SKUs", "SKUs", "every SKU", "that")
    assert (SHOP.treatments, SHOP.nothing, SHOP.successes) == (
        "reorder levels", "no reorder level", "orders",
    )  # fmt: skip
    assert vocabulary_of("child", "children").entities == "children"
    mail = vocabulary_of(own={"treatment": "e-mail", "nothing": "silence"})
    assert (mail.treatments, mail.nothing, mail.action) == ("e-mails", "silence", "channel")


def test_plurals_and_articles() -> None:
    assert [plural(n) for n in ("user", "company", "SKU", "box", "day")] == [
        "users", "companies", "SKUs", "boxes", "days",
    ]  # fmt: skip
    assert [with_article(n) for n in ("ad", "user", "SKU", "order", "unit")] == [
        "an ad", "a user", "a SKU", "an order", "a unit",
    ]  # fmt: skip


def test_a_word_that_no_vocabulary_has_is_an_error() -> None:
    assert words.said(SHOP, "{Treatments} of {} for {people}") == "Reorder levels of {} for SKUs"
    with pytest.raises(AttributeError):
        words.said(SHOP, "{peopel}")
