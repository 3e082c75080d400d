"""What the checks of delivery found, and all kinds of findings: one sentence per kind and status."""

from typing import get_args

import pytest
from sample_findings import Row, found, in_words
from test_sentences_health_estimates import SAID as OF_ESTIMATES
from test_sentences_health_log import SAID as OF_LOG

from models.results import (
    Calibrated,
    EpsilonTold,
    Finding,
    Improbable,
    NoChoice,
    OfHistory,
    OverlapWithNone,
    PropensitiesLogged,
    RegimeBreak,
    Regimes,
    ShownOnly,
    Silent,
    Sold,
    Steady,
    SupportOf,
    TrialCheck,
    vocabulary_of,
)

SAID: list[Row] = [
    ("ok", 1.0, Regimes(()), "Delivery follows one regime throughout the log."),
    (
        "ok",
        1.0,
        Regimes(("2026-10-01", "2026-11-01")),
        "Delivery changed its rules on 2026-10-01, 2026-11-01; each stretch has a model of its own, "
        "and the figure is what changed beyond that.",
    ),
    (
        "ok",
        1.0,
        Regimes(("2026-10-01",), 30),
        "Delivery changed its rules on 2026-10-01; each stretch has a model of its own, and the figure is "
        "what changed beyond that. Over the log's first 30 days the state's counts fill up, which alone can "
        "look like a new rule.",
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
        0.01,
        Calibrated("tv", 0.01, 0.02, True, of_the_day=True),
        "Predicted probabilities of delivery are kept whatever else was possible on the day, too.",
    ),
    (
        "warn",
        0.08,
        Calibrated("tv", 0.08, 0.02, True, of_the_day=True),
        "Given all that was possible on the day and what of it was shown by then, the predicted probability "
        "of `tv` is off by 0.080 on average (noise 0.020): delivery weighs the day's possibilities in a way "
        "its model does not know, and what they betray may pass for an effect. Log propensities.",
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
    (
        "ok",
        1_234.0,
        SupportOf(),
        "Followed to its end, the log speaks about `plan` as 1,234 unweighted journeys would.",
    ),
    (
        "warn",
        12.0,
        SupportOf(),
        "Followed to its end, the log speaks about `plan` as 12 unweighted journeys would. Too few for the "
        "ways of estimating that check its figure so: it is too far from today's delivery. A smaller step "
        "could be checked.",
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
    kinds = {type(row[2]) for row in (*SAID, *OF_ESTIMATES, *OF_LOG)}
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
