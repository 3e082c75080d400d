"""What would take an obstacle away: one sentence for each kind of advice, and of what the pictures show."""

from typing import get_args

import pytest

from models.results import (
    Advice,
    BeyondCap,
    ChangeByLot,
    ChangeOnPurpose,
    EaseGuardrail,
    EaseLimits,
    FrequencyCap,
    HoldOut,
    LogOpportunities,
    LogPersons,
    LongerLog,
    MendFinding,
    MoreLogs,
    NameColumns,
    NextExperiment,
    RandomAlready,
    ShowMore,
    ShowNone,
    TryAtRandom,
    Vocabulary,
    WaitForNights,
    vocabulary_of,
)
from reports.sentences.pictures import cap_text, experiment_text
from reports.sentences.split_advice import advice_text

WORD = Vocabulary()
SAID: dict[Advice, str] = {
    LogOpportunities(): "Log every opportunity: which users could have been shown an ad, and whether they "
    "were; or leave a random 10 % of users without ads for four weeks and log who they are.",
    MendFinding(): "Mend first what that check found: while it says stop, no other figure of the logs "
    "counts.",
    ShowNone(
        ("push", "tv"), 0.1, 37.5
    ): "Show no ads to a random 10 % of the users who could see push and tv for "
    "about 40 days: almost all of them saw one.",
    ShowNone(
        ("push",), 0.12, None
    ): "Show no ads to a random 12 % of the users who could see push for some weeks: "
    "almost all of them saw one.",
    ShowMore(("push",)): "More days of logs, or more ads of push in them.",
    MoreLogs(): "More days of logs, or more users in them: too few speak about this change.",
    NameColumns(
        "tv"
    ): "Name the columns that delivery decides on in `logs.context`, or log its own probabilities. "
    "More logs of the same kind would not help; leaving a random 10 % of those who could see tv without ads "
    "would, whatever delivery knows.",
    NameColumns(
        None
    ): "Name the columns that delivery decides on in `logs.context`, and check that the logged "
    "probabilities are those that delivery drew with.",
    TryAtRandom(
        ("tv",), ("tv", "web"), True, 120.0
    ): "About 120 more days of logs like these would do, or sooner: "
    "showing nothing to a random 10 % of the users who could see tv for some weeks would show what the cut "
    "does.",
    TryAtRandom(
        (), ("web",), True
    ): "More days of logs would do, or sooner: showing web to a random 10 % of those "
    "who could see them for some weeks would show what more of them does.",
    TryAtRandom(
        ("tv",), ("tv",), False
    ): "Showing nothing to a random 10 % of the users who could see tv for some "
    "weeks would show what the cut does; more of the same logs would not.",
    RandomAlready(): "Delivery is random already, so only a longer log, or budgets changed further on "
    "purpose, can show more.",
    HoldOut(
        "tv"
    ): "Leaving a random 10 % of those who could see tv without ads for some weeks would show what it "
    "earns more sharply than delivery.",
    EaseLimits(
        ("tv", "web")
    ): "More budget (`split.total`) or a target that is easier to meet, or a lower upper "
    "bound for tv and web, would take this away; more logs would not.",
    EaseGuardrail("active"): "A longer log tells better what becomes of active; if it really suffers, only "
    "another plan or a wider `worst` in the study would take this away.",
    WaitForNights(): "If the effect is as large as it looks, some more nights of logs may carry it past "
    "chance, many where the bound is far below 0; nothing needs to be done.",
    ChangeOnPurpose(
        "tv", False
    ): "More logs of the same kind may not help: picked as the best of many, this change shows no gain once "
    "that is paid for. Changing the budget of tv on purpose for a random part of the audience would show "
    "more.",
    ChangeOnPurpose(
        "tv", True
    ): "The effect looks too small for logs like these to decide within three years; "
    "changing the budget of tv on purpose for a random part of the audience would show more.",
    LongerLog(
        "tv", 43.0
    ): "About 45 more days of logs like these would confirm it four times in five, if the effect is as large "
    "as it looks; leaving a random 10 % of those who could see tv without ads would decide it sooner.",
    LongerLog(
        "tv"
    ): "A longer log, or leaving a random 10 % of those who could see tv without ads for some weeks, "
    "would narrow the interval.",
    LongerLog(None): "A longer log would narrow the interval.",
    ChangeByLot(): "Change the budgets of two or more channels by lot, every week for half a year, and name "
    "them in `totals.randomised`.",
    LogPersons(): "Log, person by person, who could have been shown an ad and whether they were.",
}


def test_every_kind_of_advice_has_a_sentence() -> None:
    assert {type(advice) for advice in SAID} == set(get_args(Advice))


@pytest.mark.parametrize("advice", SAID)
def test_advice_in_words(advice: Advice) -> None:
    assert advice_text(advice, WORD) == SAID[advice]


def test_advice_in_the_words_of_another_study() -> None:
    shop = vocabulary_of("SKU", action="discount")
    assert advice_text(LogPersons(), shop) == (
        "Log, SKU by SKU, which SKUs could have been given a discount and whether it was."
    )
    assert advice_text(TryAtRandom(("ten",), ("ten",), False), shop).startswith(
        "Giving nothing to a random 10 % of the SKUs that could get ten"
    )


@pytest.mark.parametrize(
    ("cap", "said"),
    [
        (
            FrequencyCap("tv", 5, BeyondCap(6, 0.1234, 0.2, 0.5)),
            "Ad 6 in seven days brings 0.123 (at most 0.200) and costs 0.500 EUR.",
        ),
        (
            FrequencyCap("tv", None, BeyondCap(1, -0.1, 0.2, 0.5)),
            "Even the first in seven days brings −0.100 (at most 0.200) and costs 0.500 EUR. "
            "What its budget should be is for the split to say.",
        ),
        (
            FrequencyCap("tv", None),
            "Counting all that were looked at, no ad costs more than it brings beyond doubt.",
        ),
    ],
)
def test_a_cap_in_words(cap: FrequencyCap, said: str) -> None:
    assert cap_text(cap, WORD, "EUR") == said


def test_an_experiment_in_words() -> None:
    proposed = NextExperiment("tv", 0.05, 21, 2_001, 640.0, 0.7)
    assert experiment_text(proposed, WORD, "EUR", 7) == (
        "Hold 5 % of the users (2,001, drawn at random) back from tv for 21 days: with a chance of 80 % "
        "that tells whether it earns more than it costs, if what it really earns per euro is 1.7 or more, "
        "or 0.3 or less. Knowing is worth about 640 EUR a week."
    )
