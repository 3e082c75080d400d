"""Tests of arms as results, and the words for them."""

from dataclasses import replace

from models.results import (
    Answer,
    ArmDifference,
    ArmGuardrail,
    ArmsJudged,
    ArmValue,
    GuardrailBound,
    Interval,
    NightResult,
    Pictures,
    SplitDecision,
    TrialCheck,
    TrialResult,
    TrialRows,
    TrialVerdict,
    vocabulary_of,
)
from reports.sentences.trials import AnswerWords
from tests.reports.samples import one_decision_each

WORD = vocabulary_of("customer", "", "offer", {"show": "send"})


def difference(arm: str, other: str, estimate: float, half: float, *, told: bool, more: int | None = None):
    interval = Interval(estimate, estimate - half, estimate + half)
    alone = Interval(estimate, estimate - 0.8 * half, estimate + 0.8 * half)
    return ArmDifference(arm, other, estimate, half / 2, interval, alone, told, more)


def a_trial(verdict: TrialVerdict, *differences: ArmDifference, idle: str | None = "none") -> TrialResult:
    arms = sorted({a for d in differences for a in (d.arm, d.other)}, key=lambda a: (a != "none", a))
    values = tuple(ArmValue(a, 500, 2.0, 0.1, 1.9, Interval(1.9, 1.5, 2.3)) for a in arms)
    checks = (
        TrialCheck("sample ratio", True, 0.4, 1e-3, "a", 500.0, 510.0),
        TrialCheck("balance", True, None, 1e-3, "", 0.0, 0.0, "facts"),
    )
    log = TrialRows("2026-03-01", "2026-03-01", 14, 3, 90, 7)
    return TrialResult(verdict, idle, values, differences, checks, 1500, 1500, 0.95, None, log)


BEATS = difference("a", "none", 2.0, 1.0, told=True)
SAME = difference("a", "b", 0.25, 1.0, told=False, more=123_456)


def said(trial: TrialResult) -> AnswerWords:
    return AnswerWords(trial, WORD, "EUR")


def forbidden(low: float, high: float) -> TrialResult:
    """Complaints of 2 % with no offer and 2.2 % with a, a change between low and high; +5 % is allowed."""
    change = Interval(0.1, low, high)
    held = (ArmGuardrail("a", GuardrailBound("complaints", 0.05, high), 0.022, 0.02, change),)
    return replace(a_trial(TrialVerdict(Answer.NOTHING, barred=("a",)), BEATS), guardrails=held)


def night(trial: TrialResult) -> NightResult:
    decision = SplitDecision("CHOOSE", ArmsJudged(trial, None), 7, 0.0, 0.0, None, ())
    bare = replace(
        one_decision_each(), split=decision, trial=trial, vocabulary=WORD, evaluation=(), evidence=()
    )
    return replace(bare, frontier=(), pictures=Pictures(), explanation=None, training=(), health=())
