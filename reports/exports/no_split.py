"""The head of split.json where the night answered another question than a split."""

from models.results import NightResult
from reports.sentences.split_verdict import why_text


def answer_head(result: NightResult, question: str, schema: int) -> dict[str, object]:
    """What every night has, and what a split has as null or empty: who reads splits finds its keys."""
    return {
        "schema": schema,
        "study": result.study,
        "as_of": result.as_of,
        "currency": result.currency,
        "tier": result.tier,
        "question": question,
        "verdict": result.split.verdict,
        "why": why_text(result.split, result.vocabulary, result.currency),
        "changed": None,
        "budget": None,
        "uplift": None,
        "considered": None,
        "limited_by": None,
        "rows": [],
    }
