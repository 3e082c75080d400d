"""A guardrail holds back what earns more and hurts something else, and what cannot be told."""

import numpy as np
import pytest
from scipy.stats import chi2

from models.evaluation import DoublyRobust, Picked, PlanClass, guardrail_bounds, guardrails_of
from models.mdp import Journeys, Outcome
from models.results import FewShowIt, GuardrailBound
from models.settings import EvaluationSettings
from reports.sentences import guardrails

SETTINGS = EvaluationSettings()


def log(n: int, change: float, seed: int) -> tuple[DoublyRobust, np.ndarray]:
    """A test of one action against none by lot: half of everybody is active, `change` more with the action,
    and one in five complains, as many fewer. The plan acts on everybody half as often again."""
    rng = np.random.default_rng(seed)
    action = rng.integers(0, 2, n)
    active = rng.random(n) < 0.5 + change * action
    complains = rng.random(n) < 0.2 - change * action
    journeys = Journeys(
        rows=np.arange(n), journey=np.arange(n), t=np.zeros(n, np.int32), cluster=np.arange(n),
        action=action.astype(np.int16), eligible=np.ones((n, 2), bool), features=np.zeros((n, 0)),
        outcomes=np.column_stack([active, complains, np.zeros(n)]).astype(np.float64),
        n_clusters=n, n_journeys=n, cluster_key=np.arange(n), scale=1.0 / n,
        outcome_names=("active", "complaints", "never"), outcome_units=("count",) * 3,
        actions=("none", "mail"),
    )  # fmt: skip
    return DoublyRobust(journeys, np.full((n, 2), 0.5), folds=2, ridge=1.0), np.tile([0.25, 0.75], (n, 1))


def bounds(change: float, *, n: int = 4000, seed: int = 1, **worst: float) -> tuple[GuardrailBound, ...]:
    dr, target = log(n, change, seed)
    return guardrail_bounds(dr, dr.value(target), worst, SETTINGS, seed=1)


def test_only_guardrails_with_a_bound_are_asked() -> None:
    spec = (
        Outcome("margin", "micros", "goal"),
        Outcome("cost:mail", "micros", "guardrail"),  # the budget's own
        Outcome("active", "millionths", "guardrail", worst=-0.01),
    )
    assert guardrails_of(spec) == {"active": -0.01}
    assert bounds(0.0) == ()


def test_a_plan_that_hurts_is_held_back_unless_the_study_allows_as_much() -> None:
    # a quarter more of everybody is acted on, each 0.2 less active: 0.05 of today's 0.4
    (strict,), (wide,) = bounds(-0.2, active=-0.01), bounds(-0.2, active=-0.4)
    assert not strict.kept and wide.kept
    assert strict.bound is not None and -0.25 < strict.bound < -0.125  # the low end, below the truth
    sentence = guardrails.broken(strict, "user")
    assert sentence.startswith("active is a guardrail: it could fall by ")
    assert sentence.endswith(", and the study lets it fall by 1 %.")


def test_of_a_plan_that_was_picked_here_more_is_held_back() -> None:
    """Its bound reaches as far as that of its gain: 3.3 standard errors of five directions, not 1.96."""
    dr, target = log(4000, -0.1, seed=1)
    picked = Picked(PlanClass(np.ones(1), dimensions=5), level=0.95, every_night=1.0)
    fixed, found = (
        guardrail_bounds(dr, dr.value(target), {"active": -0.5}, SETTINGS, seed=1, picked=among)[0].bound
        for among in (None, picked)
    )
    assert fixed is not None and found is not None
    estimate = dr.value(target).double_reinforcement[:, 0].sum() / dr.logged[:, 0].sum() - 1.0
    assert (found - estimate) / (fixed - estimate) == pytest.approx(
        np.sqrt(chi2.ppf(0.95, 5)) / 1.96, rel=1e-3
    )


def test_what_may_not_rise_is_held_by_its_high_end() -> None:
    (rises,), (falls,) = bounds(-0.1, complaints=0.05), bounds(0.1, complaints=0.05)
    assert not rises.kept and falls.kept
    assert "it could rise by" in guardrails.broken(rises, "user")


def test_an_outcome_that_nobody_shows_cannot_be_told_and_holds_back() -> None:
    (never,) = bounds(0.0, never=-0.1)
    assert isinstance(never.reason, FewShowIt) and not never.kept
    told = guardrails.broken(never, "user")
    assert "how far it would fall cannot be told (0 users with any never in the log" in told


def test_a_plan_at_the_margin_passes_by_chance_alone() -> None:
    """Its change is exactly the worst that is allowed, so it should pass in 2.5 % of logs: if it does, more
    than 9 of 100 pass in one run of 4,000."""
    change = -0.5 * 0.1 / (0.25 + 0.5 * 0.1)  # 0.25 x change = -0.1 x (0.5 + 0.5 x change)
    passes = sum(bounds(change, n=600, seed=s, active=-0.1)[0].kept for s in range(100))
    assert passes <= 9
