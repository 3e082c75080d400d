"""The reason of each row, in the words of the person who types the budget in: one sentence per kind."""

import math

from models.results import (
    BrokenBound,
    Earns,
    Kept,
    Moved,
    MovedInPart,
    NeverSpent,
    NoSegment,
    NotJudged,
    SplitRow,
    TotalsSay,
    TotalsUnclear,
    Vocabulary,
)
from reports.sentences.amounts import per_unit, ratio, typed
from reports.sentences.holds import hold_text
from reports.sentences.step_limits import HARDLY, nearly_all
from reports.sentences.totals import unidentified_text

MOVED = {
    "raised": "raised",
    "raised to the bound": "raised to its upper bound",
    "cut": "cut",
    "cut to the bound": "cut to its lower bound",
    "cut as far as judged": "cut as far as the logs can judge",
}
TOTALS = {
    "more": "kept: daily totals say that more would pay",
    "less": "kept: daily totals say that less would pay",
    "either way": "kept: daily totals cannot tell whether more or less pays",
}
NOT_TOLD = "its spend does not clearly follow its budget"
SURELY_LESS: Earns = "surely less than what is raised"
PLAIN: tuple[Earns, ...] = ("pays", "less than it costs", "less than what is raised", SURELY_LESS)
"""What a column with the marginal return says as well."""


def row_text(row: SplitRow, word: Vocabulary, currency: str, *, beside_return: bool = False) -> str:
    """A row's reason; beside_return: its marginal return stands beside it and need not be told."""
    said = _reason(row, word, currency, beside_return and row.marginal_iroas is not None)
    return said if row.broken is None else f"{said}; today's budget is {broken_text(row.broken, currency)}"


def _reason(row: SplitRow, word: Vocabulary, currency: str, beside_return: bool) -> str:
    match row.reason:
        case NeverSpent():
            return (
                "stays at 0: nothing was spent on it in the newest budget period, so there is no "
                "budget to scale"
            )
        case NoSegment():
            return f"kept: these {word.entities} are in no segment, so they have no budget of their own"
        case NotJudged():
            return "kept: the logs cannot tell"
        case Kept():
            return _kept(row, row.reason, word, per_unit(currency), beside_return)
        case Moved():
            return f"{MOVED[row.reason.how]}: {earns_text(row, row.reason.earns, per_unit(currency))}"
        case MovedInPart():
            return _in_part(row, row.reason, word, currency, beside_return)
        case TotalsUnclear():
            why = unidentified_text(row.reason.why, row.channel, word)
            return f"kept: {why[:1].lower()}{why[1:].rstrip('.')}"
        case TotalsSay():
            sure = row.reason.by_lot or row.reason.pays == "either way"
            return TOTALS[row.reason.pays] + (
                "" if sure else ", and cannot rule out that its budget moved with demand"
            )
        case _ as hold:
            return hold_text(hold, word)


def _kept(row: SplitRow, kept: Kept, word: Vocabulary, unit: str, beside_return: bool) -> str:
    if kept.because == "harms":
        return f"kept, though {_harms(row, unit)}"
    if kept.because == "not told":
        return f"kept: {NOT_TOLD}, so the logs cannot tell what one more unit of spend earns"
    head = {
        "either way": "kept: the logs cannot tell whether more or less pays",
        "step used up": f"kept tonight, since the step is used up by other {word.actions}",
        "doubted": "kept: what it seems to earn cannot be relied on",
        "waits": "kept: the whole change is held back",
        "nothing better": "kept: no change is better beyond doubt",
    }[kept.because]
    return head if beside_return else f"{head} ({_earns(row, unit)}, {_between(row)})"


def _in_part(
    row: SplitRow, limited: MovedInPart, word: Vocabulary, currency: str, beside_return: bool
) -> str:
    """`cut only to 310 EUR: nearly everyone ... (earns 0.3 per euro at the margin, less than it costs)`."""
    earns = earns_text(row, limited.earns, per_unit(currency))
    if limited.how == "raised":
        return f"raised only in part: {earns}"
    head, why = f"cut only to {typed(row.recommended, currency)}", HARDLY
    if limited.how == "not cut":
        head = "not cut"
    if limited.nearly_all_shown:
        deeper = "" if limited.how == "not cut" else "deeper "
        why = f"{nearly_all('it', word)}, so the logs hardly show what a {deeper}cut does"
    if beside_return and limited.earns in PLAIN:
        return f"{head}: {why}"
    return f"{head}: {why} ({earns})"


def earns_text(row: SplitRow, earns: Earns, unit: str) -> str:
    """What the row's marginal return says of its change."""
    match earns:
        case "unknown":
            return f"{NOT_TOLD}, so its return per unit is unknown"
        case "harms":
            return _harms(row, unit)
        case "pays":
            return _earns(row, unit, sure=is_sure(row, earns))
        case "may harm":
            return f"{_earns(row, unit)}, so it may do harm ({_between(row)})"
        case "surely less than what is raised":
            return f"{_earns(row, unit)}, less than what is raised"
        case "less than it costs" | "less than what is raised":
            return f"{_earns(row, unit, sure=is_sure(row, earns))}, {earns}"
        case "uncertain":
            return f"its return is uncertain ({_between(row, f' {unit} at the margin')})"


def is_sure(row: SplitRow, earns: Earns) -> bool:
    """Do intervals say what the estimate does?"""
    low, high = row.marginal_iroas_low, row.marginal_iroas_high
    if earns == "pays":
        return low is not None and low >= 1
    return earns == SURELY_LESS or (earns == "less than it costs" and high is not None and high <= 1)


def _earns(row: SplitRow, unit: str, *, sure: bool = True) -> str:
    return f"{'earns' if sure else 'seems to earn'} {_ratio(row.marginal_iroas)} {unit} at the margin"


def _harms(row: SplitRow, unit: str) -> str:
    """A row that lowers the margin, beyond doubt."""
    return f"it does harm: it {_earns(row, unit)} ({_between(row)})"


def _between(row: SplitRow, of: str = "") -> str:
    """`between −0.3 and 2.5`, and where one end is no bound, the other one. of: the unit, to follow it."""
    low, high = row.marginal_iroas_low, row.marginal_iroas_high
    if high == math.inf:
        return f"at least {_ratio(low)}{of}, and no upper bound can be told"
    if low == -math.inf:
        return f"at most {_ratio(high)}{of}, and no lower bound can be told"
    return f"between {_ratio(low)} and {_ratio(high)}{of}"


def _ratio(value: float | None) -> str:
    return "unknown" if value is None else ratio(value)


def broken_text(broken: BrokenBound, currency: str) -> str:
    """`above the 340 EUR it may get at most`."""
    may = "may get at most" if broken.side == "above" else "should get at least"
    return f"{broken.side} the {typed(broken.bound, currency)} it {may}"
