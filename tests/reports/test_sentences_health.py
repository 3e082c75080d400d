"""What the checks of delivery and of the estimates found: one sentence per kind and status."""

from typing import get_args

import pytest
from sample_findings import Row, found, in_words
from test_sentences_health_log import SAID as OF_LOG

from models.results import (
    Calibrated,
    CountedAlike,
    EpsilonTold,
    Finding,
    Improbable,
    Interval,
    LoggedValued,
    NobodyAlike,
    NoChoice,
    NoFollower,
    OfHistory,
    OverlapWithNone,
    PastEffect,
    PropensitiesLogged,
    RegimeBreak,
    Regimes,
    SalesSwing,
    ShownOnly,
    Silent,
    Sold,
    SourcesWeighed,
    Steady,
    SupportOf,
    TotalsUnused,
    TrialCheck,
    Witnesses,
    WorthOfPurchases,
    vocabulary_of,
)

EFFECT = PastEffect("margin", "search", Interval(0.1234, 0.05, 0.2))
ALIKE = CountedAlike("search", 1.234, 0.5, 9.0)

SAID: list[Row] = [
    ("ok", 1.0, Regimes(()), "Delivery follows one regime throughout the log."),
    (
        "ok",
        1.0,
        Regimes(("2026-10-01", "2026-11-01")),
        "Delivery changed its rules on 2026-10-01, 2026-11-01; each stretch has a model of its own.",
    ),
    (
        "warn",
        9.0,
        RegimeBreak("2026-10-01", "share of `tv`", -0.1, 0.2),
        "Delivery changed around 2026-10-01 (share of `tv`: -0.100 to +0.200 against its model): start "
        "the log there, or exclude the odd days.",
    ),
    (
        "ok",
        None,
        NoChoice(),
        "Nothing to compare: there was no choice, or only what was done has a probability.",
    ),
    ("ok", 0.01, Calibrated("tv", 0.01, 0.02, False), "Predicted probabilities of delivery are kept."),
    (
        "ok",
        0.01,
        Calibrated("tv", 0.01, 0.02, True),
        "Predicted probabilities of delivery are kept within each week and set of possible actions, too.",
    ),
    (
        "warn",
        0.08,
        Calibrated("tv", 0.08, 0.02, False),
        "The predicted probability of `tv` is off by 0.080 on average (noise 0.020): log propensities, or "
        "add what the platform knew as context columns.",
    ),
    (
        "warn",
        0.08,
        Calibrated("tv", 0.08, 0.02, True),
        "Within weeks and sets of possible actions the predicted probability of `tv` is off by 0.080 on "
        "average (noise 0.020): delivery follows the calendar in a way its model does not know. Log "
        "propensities, or exclude the odd days.",
    ),
    (
        "ok",
        None,
        PropensitiesLogged(None),
        "No probabilities are logged, so there is nothing to hold against what was done.",
    ),
    (
        "ok",
        0.4,
        PropensitiesLogged(1_234, 1e-4),
        "What was done agrees with the logged probabilities in 1,234 comparisons, by channel, day and "
        "segment; a sound log fails this in fewer than 1 of 10,000 cases.",
    ),
    ("ok", 0.1, Improbable(0, 1e-6), "No logged action was next to impossible."),
    (
        "warn",
        0.0,
        Improbable(7, 1e-6),
        "7 logged actions had a probability below 1e-06: delivery knew something the log does not hold; "
        "estimates that need those rows are refused.",
    ),
    (
        "warn",
        None,
        ShownOnly(),
        "The logs hold the ads that were shown and no chance that was passed over: nobody to compare with.",
    ),
    ("ok", None, OverlapWithNone(), "Never beside another action."),
    ("ok", 0.4, OverlapWithNone(), "Enough of those who could have seen it saw no ad."),
    (
        "warn",
        0.01,
        OverlapWithNone(),
        "Nearly everyone who could see plan saw an ad: its budget is cut, if at all, only as far as the "
        "logs show what that does; a small holdout would show more.",
    ),
    ("ok", 1_234.0, SupportOf(), "The log speaks about `plan` as 1,234 unweighted journeys would."),
    (
        "warn",
        12.0,
        SupportOf(),
        "The log speaks about `plan` as 12 unweighted journeys would. Too few: it is too far from today's "
        "delivery; take a smaller step.",
    ),
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
        "plan, profit: the headline is above its witness (SNDR) by more than noise. Do not move the "
        "budget on it: the state forgets something that matters, or the behaviour probabilities are off.",
    ),
    (
        "warn",
        4.0,
        Witnesses("profit", "SNDR", False),
        "plan, profit: the headline is below its witness (SNDR) by more than noise. Do not move the "
        "budget on it: the state forgets something that matters, or the behaviour probabilities are off.",
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
    (
        "ok",
        1.5,
        EpsilonTold("gaussian", 0.5, 1e-6, 9, ""),
        "aggregates.csv has Gaussian noise: epsilon 0.5 and delta 1e-06 tonight, 1.5 with all nights of "
        "this folder that have one (9). No other file of the night has noise.",
    ),
    (
        "warn",
        10.0,
        EpsilonTold("laplace", 0.5, 0.0, 20, "budget"),
        "aggregates.csv is withheld: with epsilon 0.5 of its own, all nights together would tell more of one "
        "person than privacy.max_epsilon allows. Hand on fewer nights, or choose a smaller privacy.epsilon "
        "before the first one.",
    ),
    (
        "warn",
        None,
        EpsilonTold("laplace", 0.5, 0.0, 0, "unread"),
        "aggregates.csv is withheld: the manifest of an earlier night cannot be read, so nobody knows what "
        "was told before. Run that night again.",
    ),
    (
        "warn",
        1.0,
        EpsilonTold("laplace", 0.5, 0.0, 0, "sampled"),
        "aggregates.csv is withheld: the log was too long for all of it, and who is in a sample depends on "
        "others. Raise logs.memory_limit_gb, or leave evaluation.max_decisions out.",
    ),
]


def test_every_kind_of_finding_has_a_sentence() -> None:
    kinds = {type(row[2]) for row in SAID} | {type(row[2]) for row in OF_LOG}
    assert kinds | {Silent, Steady, TrialCheck} == {*get_args(Finding), *get_args(OfHistory)}


@pytest.mark.parametrize(("status", "figure", "finding", "said"), SAID)
def test_a_finding_in_words(status: str, figure: float | None, finding: object, said: str) -> None:
    assert in_words(found(status, figure, finding)) == said


def test_a_finding_in_the_words_of_another_study() -> None:
    shop = vocabulary_of("SKU", action="discount", own={"success": "order"})
    assert in_words(found("stop", 0, Sold()), shop).startswith("No order in the log")
    assert in_words(found("warn", 0.01, OverlapWithNone()), shop).startswith(
        "Nearly every SKU that could get plan got a discount: its budget is cut"
    )
