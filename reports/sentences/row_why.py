"""Why a row moves or stays, in a few words and without a figure: for the table on the first screen."""

from dataclasses import replace

from models.results import CutUnseen, Earns, Kept, Moved, MovedInPart, SplitRow, Vocabulary
from reports.sentences.split_rows import MOVED, NOT_TOLD, is_sure, row_text
from reports.sentences.step_limits import HARDLY, nearly_all

EARNS: dict[Earns, str] = {
    "pays": "more of it {earns} more than it costs",
    "less than it costs": "its last part {earns} less than it costs",
    "less than what is raised": "its last part {earns} less than what is raised would",
    "surely less than what is raised": "its last part {earns} less than what is raised would",
    "harms": "it does harm",
    "may harm": "it may do harm",
    "uncertain": "what one more unit of it earns is uncertain",
    "unknown": NOT_TOLD,
}
"""What a row's marginal return says of its change; the figure stands on the page with the details."""


def why_short(row: SplitRow, word: Vocabulary, currency: str) -> str:
    """`raised: more of it earns more than it costs`; no figure that a table beside it would repeat."""
    match row.reason:
        case Moved():
            earns = "earns" if is_sure(row, row.reason.earns) else "seems to earn"
            said = f"{MOVED[row.reason.how]}: {EARNS[row.reason.earns].format(earns=earns)}"
        case MovedInPart():
            said = _in_part(row.reason, word)
        case Kept(because="harms"):
            said = "kept, though it does harm"
        case Kept(because="not told"):
            said = f"kept: {NOT_TOLD}"
        case CutUnseen():
            said = f"not cut: {nearly_all('it', word)}"
        case _:
            said = row_text(replace(row, broken=None), word, currency, beside_return=True)
    if row.broken is None:
        return said
    return f"{said}; today's budget is {row.broken.side} what the study allows"


def _in_part(limited: MovedInPart, word: Vocabulary) -> str:
    head = {"raised": "raised only in part", "not cut": "not cut"}.get(limited.how, "cut only in part")
    return f"{head}: {nearly_all('it', word) if limited.nearly_all_shown else HARDLY}"
