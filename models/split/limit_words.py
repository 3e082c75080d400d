"""What limited the step, in words of people who type budgets in."""

from models.split.choice import SplitChoice
from models.split.words import listed, typed

HARDLY = "hardly anyone in the logs saw what a larger step would show"


def _nearly_all(who: str) -> str:
    return f"nearly everyone who could see {who} is shown an ad"


def cause(choice: SplitChoice) -> str:
    """Why the logs do not support the step wanted: half a sentence."""
    rare = () if choice.limited_by is None else choice.limited_by.rare_none
    if not rare:
        return HARDLY
    return f"{_nearly_all(listed(list(rare)))}, so the logs hardly show what a deeper cut does"


def limited_text(choice: SplitChoice) -> str:
    """`only 60 % of the step that looked best is taken: ...`; empty where nothing limited it."""
    found = choice.limited_by
    if found is None:
        return ""
    return f"only {100 * found.kept:.0f} % of the step that looked best is taken: {cause(choice)}"


def nothing_passes(choice: SplitChoice) -> str:
    """Why today's split stays where no step worth taking is supported: a sentence, or empty."""
    if choice.limited_by is None or choice.moves:
        return ""
    return f"The logs cannot judge the change that looked best, not even a small step of it: {cause(choice)}."


def row_limit(choice: SplitChoice, k: int, recommended: float, currency: str) -> tuple[str, str] | None:
    """A row's head and why it goes no further, or None where what limited the step did not limit it."""
    found, current = choice.limited_by, float(choice.limits.current[k])
    if found is None:
        return None
    name, wanted = found.wanted[k]
    if abs(recommended - wanted) <= float(choice.limits.step[k]) / 2:
        return None
    if wanted > current:
        return ("raised only in part", "") if recommended > current else None
    why = _nearly_all("it") if name in found.rare_none else HARDLY
    if name in found.rare_none:
        why += f", so the logs hardly show what a {'deeper ' if recommended < current else ''}cut does"
    head = "not cut" if recommended >= current else f"cut only to {typed(recommended, currency)}"
    return head, why
