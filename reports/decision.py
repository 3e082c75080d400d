"""The split's reasons as the report's pages tell them: names, minus signs and apostrophes as they print."""

from models.results import NightResult, Refusal, SplitRow
from reports import checks
from reports.sentences import refusals
from reports.sentences.row_why import why_short
from reports.sentences.split_advice import advices, proposed
from reports.sentences.split_changes import changed_text
from reports.sentences.split_verdict import rest_text, why_text


def rest(result: NightResult) -> str:
    """Why it is kept, or what was held back, without what headline and expectation say already."""
    said = rest_text(result.split, result.vocabulary, result.currency, lambda r: _meaning(result, r))
    return checks.said_plainly(result, said)


def why(result: NightResult) -> str:
    """The whole reason in a sentence."""
    return checks.said_plainly(result, why_text(result.split, result.vocabulary, result.currency))


def missing(result: NightResult) -> tuple[str, ...]:
    """What would change the verdict, a sentence each."""
    found = proposed(result.split.missing, result.pictures.next_experiments)
    return tuple(checks.said_plainly(result, s) for s in advices(found, result.vocabulary))


def changed(result: NightResult) -> str:
    """What changed since last night, and why; empty where there is no night before."""
    said = changed_text(result.split, result.vocabulary, result.currency, lambda r: _meaning(result, r))
    return checks.said_plainly(result, said)


def row_why(result: NightResult, row: SplitRow) -> str:
    """Why a row is kept or moved, in a few words, without a figure."""
    return why_short(row, result.vocabulary, result.currency).replace("'", "’")


def _meaning(result: NightResult, refusal: Refusal) -> str:
    return refusals.explained(refusal, result).meaning
