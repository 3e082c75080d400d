"""What the checks of the estimates found: one sentence per kind and status."""

import pytest
from sample_findings import Row, found, in_words

from models.results import (
    CountedAlike,
    Interval,
    LoggedValued,
    NobodyAlike,
    NoFollower,
    PastEffect,
    SalesSwing,
    SourcesWeighed,
    TotalsUnused,
    Witnesses,
    WorthOfPurchases,
)

EFFECT = PastEffect("margin", "search", Interval(0.1234, 0.05, 0.2))
ALIKE = CountedAlike("search", 1.234, 0.5, 9.0)

SAID: list[Row] = [
    (
        "ok",
        None,
        Witnesses("profit", "", False),
        "plan, profit: headline and witnesses do not differ in any way that varies.",
    ),
    (
        "ok",
        1.0,
        Witnesses("profit", "SNDR", True),
        "plan, profit: the headline and its witnesses say the same.",
    ),
    (
        "warn",
        4.0,
        Witnesses("profit", "SNDR", True),
        "plan, profit: the headline is above its witness (SNDR) by more than noise: the state forgets "
        "something that matters, or the behaviour probabilities are off. Move a budget on it only where both "
        "leave no doubt that it gains.",
    ),
    (
        "warn",
        4.0,
        Witnesses("profit", "SNDR", False),
        "plan, profit: the headline is below its witness (SNDR) by more than noise: the state forgets "
        "something that matters, or the behaviour probabilities are off. Move a budget on it only where both "
        "leave no doubt that it gains.",
    ),
    (
        "stop",
        0.1,
        LoggedValued("margin"),
        "Weighting by today's own delivery does not return the logged margin: the weights are wrong.",
    ),
    (
        "warn",
        4.0,
        LoggedValued("margin", -0.0015),
        "Valued by the headline estimator, today's delivery differs from its own logged margin by -0.15 % of "
        "it, more than noise: the behaviour probabilities are off. Check logged propensities, or the "
        "features that the behaviour model is given.",
    ),
    (
        "ok",
        1.0,
        LoggedValued("margin"),
        "Valued by the headline estimator, today's delivery returns its own logged margin.",
    ),
    ("ok", None, NoFollower(), "No decision follows another one, so this placebo cannot be asked."),
    (
        "ok",
        0.31,
        EFFECT,
        "No action has an effect on the margin before it, as it must be (search most, 0.12 (0.05 to 0.2) "
        "per decision; chance alone would show as much in 31 % of logs).",
    ),
    (
        "warn",
        1e-6,
        EFFECT,
        "Ads seem to change the margin before them: search most, 0.12 (0.05 to 0.2) per decision; chance "
        "alone would show as much in less than 0.01 % of logs. Delivery reacts to something that these "
        "logs do not hold. Log it as a context column, or leave some people without ads at random.",
    ),
    (
        "ok",
        None,
        NobodyAlike(),
        "No channel has enough people who could have seen it, did not, and are alike.",
    ),
    (
        "ok",
        1.0,
        ALIKE,
        "Counting alike people who were and were not shown an ad says the same (search: 1.2 +- 0.98 per "
        "unit of spend by counting, 9 by the model).",
    ),
    (
        "warn",
        5.0,
        ALIKE,
        "Counting alike people who were and were not shown an ad says something else (search: 1.2 +- 0.98 "
        "per unit of spend by counting, 9 by the model): either they are not alike in what these logs do "
        "not hold, or the model is wrong. Trust neither blindly; a holdout decides.",
    ),
    (
        "ok",
        0.2,
        SourcesWeighed(Interval(1.0, 0.5, 1.5), Interval(1.2, 0.2, 2.2), Interval(1.1, 0.7, 1.5)),
        "plan earns 1.0 (0.5 to 1.5) by user-level logs, 1.2 (0.2 to 2.2) by a lift test per unit of "
        "spend; together 1.1 (0.7 to 1.5).",
    ),
    (
        "warn",
        3.0,
        SourcesWeighed(Interval(1.0, 0.5, 1.5), Interval(4.0, 3.0, 5.0), None),
        "What plan earns per unit of spend is disputed: 1.0 (0.5 to 1.5) by user-level logs, 4.0 (3.0 to "
        "5.0) by a lift test, further apart than chance explains. It keeps today's budget until it is "
        "known which is wrong.",
    ),
    (
        "ok",
        None,
        TotalsUnused("They hold 3 days."),
        "The daily totals beside these logs were not used. They hold 3 days.",
    ),
    (
        "ok",
        None,
        TotalsUnused(channel="tv", why=SalesSwing()),
        "The daily totals beside these logs were not used. They cannot tell what any channel earns. Sales "
        "swing too much for the moves of tv: the data narrow its return hardly at all.",
    ),
    (
        "ok",
        0.28,
        WorthOfPurchases(5660, 0.83, moved=False),
        "Nothing shows that ads change how much purchases are worth, beside how many there are (chance "
        "alone would show as much in 28 % of logs). So each of 5,660 counts for the margin to be expected "
        "of it, which leaves a total of them 83 % of its chance error. Intervals reach what margins as "
        "logged say.",
    ),
    (
        "ok",
        0.02,
        WorthOfPurchases(5660, 0.83, moved=True),
        "Ads seem to change how much purchases are worth, and not only how many there are (chance alone "
        "would show as much in 2 % of logs): every margin counts as it was logged.",
    ),
]


@pytest.mark.parametrize(("status", "figure", "finding", "said"), SAID)
def test_a_finding_in_words(status: str, figure: float | None, finding: object, said: str) -> None:
    assert in_words(found(status, figure, finding)) == said
