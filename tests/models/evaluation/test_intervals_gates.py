"""Bounds for gates: empirical likelihood, and confidence sequences for repeated looks."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2

from models.evaluation.confidence_sequence import (
    lower_bound,
    sequence_level,
    sequence_multiplier,
    sequence_reach,
)
from models.evaluation.empirical_likelihood import empirical_likelihood_bounds


def test_without_weighting_it_is_the_likelihood_ratio_of_a_binomial():
    """All weights 1: the bounds are those of Wilks (1938) for 12 clicks of 80."""
    outcomes = np.r_[np.ones(12), np.zeros(68)]
    found = empirical_likelihood_bounds(
        np.ones(80), outcomes, largest_weight=3.0, outcome_range=(0.0, 1.0), level=0.95
    )

    def excess(p: float) -> float:
        ratio = 12 * np.log(0.15 / p) + 68 * np.log(0.85 / (1 - p))
        return 2 * ratio - float(chi2.ppf(0.95, 1))

    assert found.estimate == pytest.approx(0.15, abs=1e-6)
    assert found.low == pytest.approx(brentq(excess, 1e-6, 0.15), abs=1e-5)
    assert found.high == pytest.approx(brentq(excess, 0.15, 0.999), abs=1e-5)


def draw(seed: int, users: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    arm = rng.random(users) < 0.25
    return arm / 0.25, (rng.random(users) < np.where(arm, 0.2, 0.1)).astype(float)


def test_outcomes_in_another_unit_move_the_bounds_with_them():
    weights, outcomes = draw(1)
    plain = empirical_likelihood_bounds(
        weights, outcomes, largest_weight=4.0, outcome_range=(0.0, 1.0), level=0.9
    )
    euros = empirical_likelihood_bounds(
        weights, 50 * outcomes - 5, largest_weight=4.0, outcome_range=(-5.0, 45.0), level=0.9
    )
    expected = [50 * x - 5 for x in (plain.low, plain.estimate, plain.high)]
    assert [euros.low, euros.estimate, euros.high] == pytest.approx(expected, abs=1e-3)


def test_more_certainty_and_larger_unseen_outcomes_reach_further():
    weights, outcomes = draw(2)
    ranges = {"largest_weight": 4.0, "outcome_range": (0.0, 1.0)}
    low, high = (empirical_likelihood_bounds(weights, outcomes, level=p, **ranges) for p in (0.8, 0.99))
    assert high.low < low.low < low.estimate < low.high < high.high
    unseen = empirical_likelihood_bounds(
        weights, outcomes, largest_weight=4.0, outcome_range=(0.0, 20.0), level=0.8
    )
    assert unseen.high > low.high and unseen.low == pytest.approx(low.low, rel=0.01)


def test_nobody_bought_is_bounded_from_above_only():
    weights, _ = draw(3)
    found = empirical_likelihood_bounds(
        weights, np.zeros(400), largest_weight=4.0, outcome_range=(0.0, 1.0), level=0.95
    )
    assert found.low == 0.0 and found.estimate == pytest.approx(0.0, abs=1e-6)
    assert 0.005 < found.high < 0.1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"largest_weight": 3.0}, "Weights must lie in 0..3"),
        ({"outcome_range": (0.0, 0.5)}, "Outcomes must lie in 0..0.5"),
    ],
)
def test_ranges_that_the_log_breaks_are_refused(change: dict, message: str):
    weights, outcomes = draw(4)
    given = {"largest_weight": 4.0, "outcome_range": (0.0, 1.0), "level": 0.9} | change
    with pytest.raises(ValueError, match=message):
        empirical_likelihood_bounds(weights, outcomes, **given)


def test_a_sequence_is_shortest_near_the_users_it_is_tuned_for():
    """Against sequences tuned elsewhere, at 10,000 users; and never shorter than one night's interval."""
    here = {tuned: sequence_multiplier(10_000, 0.95, tightest_at=tuned) for tuned in (100, 10_000, 10**6)}
    assert here[10_000] < here[100] and here[10_000] < here[10**6]
    assert 1.96 < here[10_000] < 3.1
    around = [sequence_multiplier(10_000, 0.95, tightest_at=int(10_000 * f)) for f in (0.5, 0.8, 1.25, 2.0)]
    assert here[10_000] < 1.001 * min(around)


def test_one_sided_bounds_are_nearer():
    errors = np.array([2.0, np.nan])
    two = sequence_reach(errors, 5000, 0.95, tightest_at=5000)
    one = sequence_reach(errors, 5000, 0.95, tightest_at=5000, one_sided=True)
    assert one[0] < 0.95 * two[0] and np.isnan(one[1]) and np.isnan(two[1])
    assert lower_bound(10.0, 2.0, 5000, 0.95, tightest_at=5000) == pytest.approx(10 - one[0])
    assert lower_bound(10.0, float("nan"), 5000, 0.95, tightest_at=5000) == float("-inf")


def test_the_level_that_makes_a_nightly_interval_a_sequence():
    level = sequence_level(8000, 0.95, tightest_at=8000)
    assert 0.997 < level < 0.9985  # 3.0 standard errors in place of 1.96


@pytest.mark.parametrize(("users", "level"), [(0, 0.95), (10, 1.0), (10, 0.0)])
def test_a_sequence_without_users_or_doubt_is_an_error(users: int, level: float):
    with pytest.raises(ValueError, match="at least one user"):
        sequence_multiplier(users, level, tightest_at=100)
