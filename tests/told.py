"""A split's reasons as a night's files tell them."""

from dataclasses import dataclass

from models.results import HealthCheck, SplitDecision, Vocabulary
from reports.sentences.health import check_text
from reports.sentences.split_advice import advices
from reports.sentences.split_changes import changed_text
from reports.sentences.split_rows import row_text
from reports.sentences.split_verdict import held_back_text, why_text


@dataclass(frozen=True)
class Told:
    """Sentences."""

    why: str
    missing: tuple[str, ...]
    held_back: str
    changed: str
    reasons: tuple[str, ...]
    """By row."""


def said(check: HealthCheck, currency: str = "EUR") -> str:
    """A check's finding in the words of channels."""
    return check_text(check, Vocabulary(), currency)


def told(decision: SplitDecision, currency: str = "EUR") -> Told:
    """In the words of channels."""
    word = Vocabulary()
    return Told(
        why_text(decision, word, currency),
        advices(decision.missing, word),
        held_back_text(decision, word),
        changed_text(decision, word, currency),
        tuple(row_text(row, word, currency) for row in decision.rows),
    )
