"""What is told beside a decision, once it has fallen: nothing here changes it."""

from dataclasses import replace

from models.results import SplitDecision, TodaysMoney
from models.split.choice import SplitChoice
from models.split.cut import with_cut
from models.split.verdict import NO_EVIDENCE


def told_beside(decision: SplitDecision, choice: SplitChoice) -> SplitDecision:
    """The decision on a choice, with the money behind today's budgets, and those cut to the study's total
    where today's are above it."""
    whole = choice.whole_channels if decision.verdict == NO_EVIDENCE else None  # which has no row by segment
    limits = (whole or choice).limits
    spent, valued = (tuple(money.tolist()) for money in (limits.spent, limits.valued))
    today = TodaysMoney(spent, () if decision.verdict == NO_EVIDENCE else valued)
    return replace(with_cut(decision, limits), today=today)
