"""The page of a night that answers a test: the answer on its first card, what it rests on below."""

from dataclasses import dataclass, replace

from models.results import NightResult
from reports import words
from reports.glossary import in_words
from reports.glossary_evidence import Term
from reports.pages.lineage import LineagePage, lineage_page
from reports.pages.page import Page
from reports.svg import Chart
from reports.tables import Table

Section = tuple[str, str, Page]
"""Anchor, heading and content."""
OF_A_SPLIT = ("split.", "agents.", "totals.", "policies.")
"""Settings that a test makes no use of."""


@dataclass(frozen=True)
class AnswerPage:
    """Everything of it, in reading order."""

    verdict: str
    label: str
    headline: str
    why: str
    table: Table
    note: str
    chart: Chart | None
    basis: str
    sections: tuple[Section, ...]
    lineage: LineagePage

    @property
    def contents(self) -> tuple[tuple[str, str], ...]:
        """Anchor and heading, in reading order."""
        inner = ((anchor, heading) for anchor, heading, _ in self.sections)
        return (("page-1", "What to do"), *inner, ("page-14", "Data and method"))


def answer_lineage(
    result: NightResult,
    terms: tuple[Term, ...],
    facts: tuple[tuple[str, str], ...] = (),
    *,
    of_entities: bool = True,
) -> LineagePage:
    """Data and method, without what only a split has. of_entities: the log knows single ones, and days."""
    whole = lineage_page(result)
    left = {"Who judged", "A plan is judged over", "Seeds"}  # no agent was taught
    if not of_entities:
        left |= {words.capital(result.vocabulary.entities), "Logs"}
    used = {k: v for k, v in result.settings.items() if not k.startswith(OF_A_SPLIT)}
    return replace(
        whole,
        facts=(*((n, v) for n, v in whole.facts if n not in left), *facts),
        settings=lineage_page(replace(result, settings=used)).settings,
        glossary=in_words(terms, result.vocabulary),
    )
