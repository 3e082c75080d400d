"""Today's budgets where they stay: above the study's total, or beyond its bounds. A budget is what was typed
in, and only where nothing was is it called spend."""

from models.results import SplitDecision, Vocabulary
from reports.sentences.amounts import interval_words, typed
from reports.sentences.split_rows import broken_text
from reports.words import listed, row_name


def above_total(split: SplitDecision, word: Vocabulary, currency: str) -> str:
    """From a space on; empty where today's budgets keep the total."""
    if split.over_budget is None:
        return ""
    today, total = typed(split.budget_current, currency), typed(split.over_budget, currency)
    how = f"cutting every {word.action} in proportion takes no side"
    if split.cut_budgets:
        how = "cutting in proportion, as far as your limits allow, takes no side"
    if not split.any_typed_in:
        return f" Today's spend of {today} is above the budget of {total}: if the cut must be made, {how}."
    return (
        f" Today's budgets, as typed in, add up to {today}, above the budget of {total}; "
        f"{_spends(split, currency)}. If the cut must be made, {how}."
    )


def _spends(split: SplitDecision, currency: str) -> str:
    """What the budgets that are typed in came to, and will."""
    spent = sum(split.today.spent) if split.today is not None else 0.0
    said = f"the newest period spent {typed(round(spent, 2), currency)} of them"
    if split.spend is None:
        return said
    found, between = interval_words(split.spend.estimate, split.spend.low, split.spend.high, currency)
    return f"{said}, and the next is expected to spend {found} ({between})"


def breaks_bounds(split: SplitDecision, currency: str) -> str:
    """From a space on; empty where today's budgets keep all bounds."""
    broken = [
        f"{_has(split, k, currency)} today, {broken_text(row.broken, currency)}"
        for k, row in enumerate(split.rows)
        if row.broken is not None
    ]
    if not broken:
        return ""
    which, what = ("this bound", "it") if len(broken) == 1 else ("these bounds", "they")
    mend = f"if {what} must hold, change these budgets by hand, which these logs do not judge"
    if split.cut_budgets:
        mend = "the budgets so cut keep " + ("it" if len(broken) == 1 else "them")
    return f" Today's split breaks {which} of the study: {listed(broken)}; {mend}."


def _has(split: SplitDecision, k: int, currency: str) -> str:
    row, money = split.rows[k], typed(split.rows[k].current, currency)
    return (
        f"{row_name(row)} has a budget of {money}" if split.typed_in(k) else f"{row_name(row)} spends {money}"
    )
