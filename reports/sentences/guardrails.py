"""A guardrail that a plan or an arm does not pass, in one sentence."""

from models.results import GuardrailBound
from reports import numbers
from reports.sentences import refusals


def broken(one: GuardrailBound, entity: str) -> str:
    """Why it is not passed."""
    way = "fall" if one.worst <= 0 else "rise"
    if one.bound is None:
        why = refusals.recorded(one.reason, entity).removeprefix(refusals.HEAD)
        because = f" ({why})" if why else ""
        return f"{one.outcome} is a guardrail, and how far it would {way} cannot be told{because}."
    allowed = f"lets it {way} by {_share(one.worst)}" if one.worst else "does not let it fall"
    return f"{one.outcome} is a guardrail: it could {way} by {_share(one.bound)}, and the study {allowed}."


def _share(value: float) -> str:
    return numbers.percent(abs(value)).replace(numbers.NBSP, " ")
