"""Findings as the tests of their sentences give them."""

from models.results import HealthCheck, Vocabulary
from reports.sentences.health import check_text

Row = tuple[str, float | None, object, str]
"""Status, figure, finding, sentence."""
CHANNELS = Vocabulary()


def found(status: str, figure: float | None, finding: object, kind: str = "a lift test") -> HealthCheck:
    return HealthCheck(kind, status, figure, "", "", finding, "plan")  # type: ignore[arg-type]


def in_words(check: HealthCheck, word: Vocabulary = CHANNELS) -> str:
    return check_text(check, word, "EUR")
