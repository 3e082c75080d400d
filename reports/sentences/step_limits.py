"""What limited the step, in words of people who type budgets in."""

from collections.abc import Sequence

from models.results import StepLimit, Vocabulary
from reports.words import listed

HARDLY = "hardly anyone in the logs saw what a larger step would show"


def nearly_all(who: str, word: Vocabulary) -> str:
    """`nearly everyone who could see it is shown an ad`."""
    return f"nearly {everyone(word)} {word.who} could {word.see} {who} is {word.shown} {word.a_treatment}"


def everyone(word: Vocabulary) -> str:
    """`everyone`, or `every SKU`."""
    return "everyone" if word.who == "who" else f"every {word.entity}"


def cause(limit: StepLimit, word: Vocabulary) -> str:
    """Why the logs do not support the step wanted: half a sentence."""
    rare: Sequence[str] = limit.rare_none
    if not rare:
        return HARDLY
    return f"{nearly_all(listed(rare), word)}, so the logs hardly show what a deeper cut does"


def limited_text(limit: StepLimit, word: Vocabulary) -> str:
    """`only 60 % of the step that looked best is taken: ...`."""
    return f"only {100 * limit.kept:.0f} % of the step that looked best is taken: {cause(limit, word)}"
