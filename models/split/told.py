"""What is told beside a decision, once it has fallen: nothing here changes it."""

from dataclasses import replace

from models.results import SplitDecision, TodaysMoney
from models.split.choice import SplitChoice
from models.split.cut import with_cut
from models.split.verdict import KEEP, NO_EVIDENCE


def told_beside(decision: SplitDecision, choice: SplitChoice) -> SplitDecision:
    """The decision on a choice, with the money behind today's budgets, and those cut to the study's total
    where today's are above it."""
    whole = choice.whole_channels if decision.verdict == NO_EVIDENCE else None  # which has no row by segment
    limits = (whole or choice).limits
    spent, valued = (tuple(money.tolist()) for money in (limits.spent, limits.valued))
    today = TodaysMoney(spent, () if decision.verdict == NO_EVIDENCE else valued)
    return replace(_with_ranges(with_cut(decision, limits), choice), today=today)


def _with_ranges(decision: SplitDecision, choice: SplitChoice) -> SplitDecision:
    """With KEEP, each row's range is of the best budgets alone, as with a move: today's need not lie in it,
    nor keep the study's bounds."""
    if decision.verdict != KEEP:
        return decision
    plan = choice.plan if choice.moves else (None,) * len(choice.plan)
    ranges = zip(choice.budget_low, choice.budget_high, plan, strict=True)
    rows = tuple(
        replace(
            row, low=low if best is None else min(low, best), high=high if best is None else max(high, best)
        )
        for row, (low, high, best) in zip(decision.rows, ranges, strict=True)
    )
    return replace(decision, rows=rows)
