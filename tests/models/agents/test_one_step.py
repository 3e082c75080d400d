"""Is a one-step rule enough? Said of pairs of gains, and of two logs whose truth is known."""

from collections.abc import Mapping

import numpy as np
import pytest

from models.agents.one_step import one_step_enough
from models.agents.trials import Told, Trial
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.gamma_interval import Gross
from models.results import OneStepAnswer
from tests.models.agents.judged import Judged

PEOPLE = 1_000


def said(**gains: float) -> OneStepAnswer | None:
    """Of agents that gain so much on average, person by person with noise of 1, most of it shared."""
    rng = np.random.default_rng(1)
    shared, told = rng.normal(size=PEOPLE), dict[str, Told]()
    for name, gain in gains.items():
        uplift = gain + shared + 0.2 * rng.normal(size=PEOPLE)
        nothing = np.zeros(PEOPLE)
        trial = Trial(1.0, 0.1, float(uplift.mean()), 0.03, 0.0, 1.0)
        told[name] = Told(trial, uplift, Gross(nothing[:, None], nothing[:, None], nothing))
    return asked(told)


def asked(told: Mapping[str, Told]) -> OneStepAnswer | None:
    return one_step_enough(told, ["causal"], BootstrapT(np.arange(PEOPLE), seed=1), 1.0 / PEOPLE)


@pytest.mark.parametrize(
    ("gains", "verdict"),
    [
        ({"causal": 1.0, "dqn": 1.0}, "enough"),
        ({"causal": 1.0, "dqn": 1.0, "advantage": 1.6}, "look ahead"),
        ({"causal": 1.0, "dqn": 1.02, "advantage": 0.2}, "enough"),
        ({"causal": 0.08, "dqn": 0.08}, "unknown"),  # neither surely gains anything
        ({"causal": 0.5, "dqn": 0.8}, "look ahead"),
    ],
)
def test_the_verdict_follows_the_gains(gains: dict[str, float], verdict: str) -> None:
    answer = said(**gains)
    assert answer is not None and answer.verdict == verdict
    assert answer.rule == "causal" and answer.gain_ahead == pytest.approx(
        max(gains[k] for k in gains if k != "causal"), abs=0.1
    )


def test_without_one_of_either_kind_nothing_is_said() -> None:
    assert said(dqn=1.0) is None and said(causal=1.0) is None


@pytest.mark.parametrize(("carry", "verdict"), [(0.0, "enough"), (1.0, "look ahead")])
def test_a_log_with_carry_over_and_one_without(carry: float, verdict: str) -> None:
    """The benchmark asks forty of each (`tests/benchmarks/decisions/one_step.py`)."""
    answer = Judged(("causal", "advantage"), carry, seed=0).one_step()
    assert answer is not None and answer.verdict == verdict
