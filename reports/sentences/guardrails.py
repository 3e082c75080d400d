"""What a guardrail allows, and one that a plan or an arm does not pass, in one sentence each."""

from models.results import GuardrailBound
from reports import numbers
from reports.sentences import refusals


def allowed(outcome: str, worst: float) -> str:
    """`Guardrail unsubscribed: it may rise by at most 10 % of today's level; any fall is allowed.`"""
    if not worst:
        return f"Guardrail {outcome}: it may not fall; any rise is allowed."
    way, other = ("fall", "rise") if worst < 0 else ("rise", "fall")
    share = _share(worst)
    return f"Guardrail {outcome}: it may {way} by at most {share} of today's level; any {other} is allowed."


def broken(one: GuardrailBound, entity: str, least: float | None = None) -> str:
    """Why it is not passed. least: the good end of the change's interval, where that is too much as well."""
    way = "fall" if one.worst <= 0 else "rise"
    if one.bound is None:
        why = refusals.recorded(one.reason, entity).removeprefix(refusals.HEAD)
        because = f" ({why})" if why else ""
        return f"{one.outcome} is a guardrail, and how far it would {way} cannot be told{because}."
    lets = f"lets it {way} by {_share(one.worst)}" if one.worst else "does not let it fall"
    if least is not None:
        surely = f"it would {way} by {_share(least)} at least"
        return f"{one.outcome} is a guardrail, and this breaks it: {surely}, and the study {lets}."
    return f"{one.outcome} is a guardrail: it could {way} by {_share(one.bound)}, and the study {lets}."


def _share(value: float) -> str:
    return numbers.percent(abs(value)).replace(numbers.NBSP, " ")
