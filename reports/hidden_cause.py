"""How strong a hidden cause would have to be to turn a plan's sign: a figure per plan, and a sentence."""

from models.results import NightResult, PolicyEvidence
from reports import checks, estimates, evidence, numbers, words


def figure(result: NightResult, e: PolicyEvidence) -> str:
    """How many times as likely a hidden cause must make decisions to turn the sign, for a table."""
    if result.tier == "B":
        return "not asked"
    if estimates.finite(e.hidden_cause):
        needed = e.hidden_cause > 1 and e.verdict != evidence.OPEN and not _never_sure(e)
        return f"{numbers.per_unit(e.hidden_cause)} times" if needed else "none needed"
    return "none that was tried" if e.hidden_cause_text else "not asked"


def text(result: NightResult) -> str:
    """How strong a hidden cause would have to be, for the plan in focus; or why that was not asked."""
    e = evidence.in_focus(result)
    if result.tier == "B":
        return words.said(
            result.vocabulary,
            "Not asked: on logs of {shown} {treatments} alone, {to_which_ones} delivery chose hides in every "
            "figure.",
        )
    if e is None:
        return "Not asked: no plan could be compared."
    plan = estimates.label(result, e.policy)
    if e.uplift is None:
        return f"Not asked: “{plan}” has no figure that a hidden cause could turn."
    if e.hidden_cause_text:
        said = checks.said_plainly(result, e.hidden_cause_text)
        return f"For “{plan}”: {said[:1].lower()}{said[1:]}"
    if result.tier == "A+":
        return "Not asked: delivery was random, by known chances, so nothing hidden can have steered it."
    return f"For “{plan}” this was not asked tonight."


def _never_sure(e: PolicyEvidence) -> bool:
    """Whether the sign is not beyond doubt even with nothing hidden, as the sentence then says."""
    return e.hidden_cause_doubt is not None and e.hidden_cause_doubt <= 1
