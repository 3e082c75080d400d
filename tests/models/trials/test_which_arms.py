"""Which arms are chosen, step by step: differences are given, and what follows from them is asked."""

import numpy as np
import pytest

from models.results import Answer, ArmDifference, ArmValue
from models.trials import Comparison, TrialLog, compare_arms, decide_which, judge_counts, successes


def compared(estimates: dict[str, float], told: str) -> Comparison:
    """Arms by name; `told` lists the pairs that are told apart, as in `ab ac`."""
    names = list(estimates)
    values = tuple(ArmValue(a, 500, e, 0.0, e, None) for a, e in estimates.items())
    pairs = [(b, a) for k, a in enumerate(names) for b in names[k + 1 :]]
    apart = [set(pair) for pair in told.split()]
    differences = (
        ArmDifference(a, b, estimates[a] - estimates[b], 1.0, None, None, {a, b} in apart) for a, b in pairs
    )
    return Comparison(values, tuple(differences))


@pytest.mark.parametrize(
    ("estimates", "told", "barred", "kind", "arms", "undecided", "worse"),
    [
        ({"0": 0, "a": 2, "b": 1}, "a0 b0 ab", "", Answer.ONE, "a", "", ""),
        ({"0": 0, "a": 2, "b": 1}, "a0 b0", "", Answer.SEVERAL, "ab", "", ""),
        ({"0": 0, "a": 2, "b": 3}, "a0", "", Answer.ONE, "a", "b", ""),  # b is of few entities
        ({"0": 0, "a": 2, "b": 3, "c": 1}, "a0 c0 ac", "", Answer.ONE, "a", "b", ""),
        ({"0": 0, "a": 2, "b": 3}, "a0 ab", "", Answer.ONE, "b", "", ""),  # beats what beats idle
        ({"0": 0, "a": 2, "b": -2}, "a0 b0 ab", "", Answer.ONE, "a", "", "b"),
        ({"0": 0, "a": -1, "b": -2}, "a0 b0", "", Answer.IDLE, "0", "", "ab"),
        ({"0": 0, "a": 1, "b": -2}, "b0 ab", "", Answer.NOTHING, "", "a", "b"),
        ({"0": 0, "a": 1}, "", "", Answer.NOTHING, "", "a", ""),
        ({"0": 0, "a": 2, "b": 1}, "a0 b0 ab", "a", Answer.ONE, "b", "", ""),
        ({"0": 0, "a": 2, "b": 1}, "a0", "a", Answer.NOTHING, "", "b", ""),
    ],
)
def test_with_an_arm_that_does_nothing(
    estimates: dict[str, float], told: str, barred: str, kind: Answer, arms: str, undecided: str, worse: str
):
    found = decide_which(compared(estimates, told), "0", tuple(barred))
    assert (found.kind, found.arms, found.undecided) == (kind, tuple(arms), tuple(undecided))
    assert (found.worse, found.barred) == (tuple(worse), tuple(barred))


@pytest.mark.parametrize(
    ("estimates", "told", "kind", "arms", "worse"),
    [
        ({"a": 2, "b": 1, "c": 0}, "ab bc ac", Answer.ONE, "a", "bc"),
        ({"a": 2, "b": 1, "c": 0}, "ac", Answer.SEVERAL, "ab", "c"),  # nothing is told to beat a or b
        ({"a": 2, "b": 1, "c": 0}, "", Answer.NOTHING, "", ""),
    ],
)
def test_without_one(estimates: dict[str, float], told: str, kind: Answer, arms: str, worse: str):
    found = decide_which(compared(estimates, told), None)
    assert (found.kind, found.arms, found.worse) == (kind, tuple(arms), tuple(worse))


def test_an_arm_that_beats_idle_is_not_hidden_by_one_of_few_entities():
    """5 % of 20,000 against 6 %, whatever may be said of 5 in 60."""
    rows = [successes("none", 20_000, 1_000), successes("a", 20_000, 1_200), successes("b", 60, 5)]
    found = judge_counts(rows, idle="none").verdict
    assert (found.kind, found.arms, found.undecided) == (Answer.ONE, ("a",), ("b",))
    assert found.between is not None and {found.between.arm, found.between.other} == {"a", "b"}


def test_outcomes_that_are_alike_within_arms_are_held_against_their_common_spread():
    """All 500 of one arm bring 1 and nobody of the other: a standard error of 0.032."""
    arm = np.repeat([0, 1], 500)
    log = TrialLog(
        np.arange(1000), arm, ("a", "b"), None, 1.0 - arm, np.zeros(1000), np.zeros((1000, 0)), (),
        np.full(1000, 0.5),
    )  # fmt: skip
    found = compare_arms(log)
    assert found.differences[0].standard_error == pytest.approx(0.0316, abs=1e-4)
    assert decide_which(found, None).arms == ("a",)
