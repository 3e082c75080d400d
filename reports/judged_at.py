"""At which spend the night's plans were judged, and what is expected of what is typed in."""

from models.results import NightResult
from reports import numbers, words
from reports.numbers import NBSP

NOTICEABLE = 0.1
"""Share by which two sums of money differ enough to be told of."""


def judged_at(result: NightResult) -> str:
    """Rows whose plans were judged at clearly another spend than today's budgets; empty where none was.

    A unit of money more or less is taken to earn today what it earned on the log's average.
    """
    split = result.split
    if split.today is None or not split.today.valued:
        return ""
    pairs = zip(split.rows, split.today.valued, strict=True)
    off = [(r, v) for r, v in pairs if abs(v - r.current) > NOTICEABLE * r.current]
    if not off:
        return ""
    off.sort(key=lambda pair: (-abs(pair[1] - pair[0].current), words.row_name(pair[0])))
    told = [
        f"{numbers.budget(v)} of {words.shorten(words.row_name(r), 24)} for {numbers.budget(r.current)}"
        for r, v in off
    ]
    return (
        "Plans are judged as the same changes of money made to the logs’ average delivery, not to today’s "
        f"budgets: to {words.listed(told, most=3)}{NBSP}{words.budget_money(result)}."
    )


def expected_of(result: NightResult) -> str:
    """What of the budgets will be spent, where that is clearly less; empty where it stands in the reason."""
    split = result.split
    if split.spend is None or (split.over_budget is not None and split.any_typed_in):
        return ""
    if split.spend.estimate >= (1 - NOTICEABLE) * split.budget_recommended:
        return ""
    money, budgets = split.spend, "typed in" if words.moves(split) else "of today’s budgets"
    found, low, high = (numbers.budget(m) for m in (money.estimate, money.low, money.high))
    return (
        f"Of the {numbers.budget(split.budget_recommended)}{NBSP}{words.budget_money(result)} {budgets}, "
        f"{found} ({low} to {high}) are expected to be spent, if things go on as in the last periods."
    )
