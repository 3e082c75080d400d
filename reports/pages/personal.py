"""What page 5 says of personalised delivery: what it adds to a split, and where it ends."""

from models.page_results import PersonalFrontier, ValueLeft
from models.results import NightResult
from reports import numbers, words
from reports.numbers import NBSP

LARGEST, SMALLEST = 2.0, 0.5
"""Budgets asked for, as multiples of `PersonalFrontier.budget`."""
SPENT = 0.97
"""Share of the money that platforms must be able to spend for it to count as the same."""


def said_of_personal(result: NightResult) -> tuple[str, ...]:
    """Sentences; empty where no agent was trained or nothing could be judged."""
    found = result.personal
    if found is None:
        return ()
    if found.empty:
        return (found.empty,)
    lead = (
        f"The dashed line is personalised delivery: for every {result.entity} and day a learned plan decides "
        "which ad to show, if any. A split gives each channel a budget and leaves the rest to the platform."
    )
    return tuple(filter(None, (lead, _left(result, found), _ends(result, found), _held(found))))


def _left(result: NightResult, found: PersonalFrontier) -> str:
    """The value left by not targeting."""
    by = {left.by: left for left in found.left}
    whole, parts = by.get("channel"), by.get("channel and segment")
    budget = f"{numbers.budget(found.budget)}{NBSP}{words.budget_money(result)}"
    if found.usual:
        return f"At {budget} it is today’s delivery: no learned plan is surely better there."
    if whole is None:
        return ""
    text = (
        f"At {budget} it earns {_amount(result, whole, ' more profit')} than the same money left to each "
        "channel’s own delivery: the value left by not targeting."
    )
    if whole.low <= 0:
        text += " It may be none."
    text += _unspent(result, whole)
    if parts is not None:
        text += f" Against a budget per channel and segment it is {_amount(result, parts)}."
        text += _unspent(result, parts)
    return text


def _amount(result: NightResult, left: ValueLeft, of: str = "") -> str:
    text, each = numbers.interval(left.estimate, left.low, left.high, most=2), result.split.period_days
    return f"{text.estimate}{NBSP}{result.currency}{of} {words.period(each)} ({text.low} to {text.high})"


def _unspent(result: NightResult, left: ValueLeft) -> str:
    """Platforms run out of people to show ads to."""
    if left.projected_spend >= SPENT * left.personal_spend:
        return ""
    return f" They could spend {numbers.budget(left.projected_spend)}{NBSP}{result.currency} of it."


def _ends(result: NightResult, found: PersonalFrontier) -> str:
    """Budgets that no plan meets."""
    unit, said = words.budget_money(result), []
    if found.most < 0.995 * LARGEST * found.budget:
        said.append(
            f"Above {numbers.budget(found.most)}{NBSP}{unit} it leaves money unspent: of the plans we can "
            "vouch for, none that spends more earns more."
        )
    if found.points and found.points[0].budget > 1.005 * SMALLEST * found.budget:
        least = numbers.budget(found.points[0].budget)
        said.append(f"Below {least}{NBSP}{unit} we know of no plan that spends so little.")
    return " ".join(said)


def _held(found: PersonalFrontier) -> str:
    if not found.held:
        return ""
    names = words.listed([words.shorten(name, 40) for name in found.held])
    return f"It also moves {names}, held back in the split for want of evidence: read it with that doubt."
