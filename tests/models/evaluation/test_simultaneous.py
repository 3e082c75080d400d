"""A bound for every plan at once: closed form against chi-square, half space, rates of false alarms."""

import numpy as np
import pytest
from scipy.stats import chi2, norm

from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.simultaneous import PlanClass, plan_class


def cloud(clusters: int, slopes: int, seed: int = 0, mixed: bool = True) -> np.ndarray:
    """(C, K) clusters' parts of correlated slopes around 0."""
    rng = np.random.default_rng(seed)
    values = rng.standard_normal((clusters, slopes))
    return values @ (np.eye(slopes) + 0.5) if mixed else values


def of(values: np.ndarray, **more: np.ndarray) -> PlanClass:
    return plan_class(values, BootstrapT(np.arange(len(values)), seed=1), **more)


@pytest.mark.parametrize("slopes", [1, 3, 6])
def test_the_reach_is_scheffes_in_a_large_log_and_less_where_no_plan_may_cost_more(slopes: int) -> None:
    values, costs = cloud(4000, slopes), np.ones(slopes)
    whole, half = of(values), of(values, spends=costs)
    scheffe = np.sqrt(chi2.ppf(0.95, slopes))
    assert whole.errors(0.95) == pytest.approx(scheffe, rel=0.03)
    # a half space: with one slope to one side, the one-sided quantile; with more, a mix of K and K - 1
    lower = norm.ppf(0.95) if slopes == 1 else np.sqrt(chi2.ppf(0.95, slopes - 1))
    assert 0.97 * lower < half.errors(0.95) < whole.errors(0.95)
    assert whole.errors(0.99999) == pytest.approx(np.sqrt(chi2.ppf(0.99999, slopes)), rel=0.06)


def test_no_direction_of_the_class_reaches_further_than_the_closed_form() -> None:
    """The supremum, against two thousand directions tried one by one in the same resamples."""
    values, costs = cloud(300, 3, seed=2), np.array([1.0, 2.0, 0.5])
    bootstrap = BootstrapT(np.arange(300), seed=1)
    directions = np.random.default_rng(3).standard_normal((2000, 3))
    directions = directions[directions @ costs <= 0]
    tried = bootstrap.studentised(values @ directions.T).max(axis=1)
    draws = plan_class(values, bootstrap, spends=costs).draws
    # directions are few: they come near the supremum, and never pass it where it is above 0
    above = tried > 0
    assert np.all(tried[above] <= draws[above] + 1e-6)
    assert np.quantile(draws - tried, 0.9) < 0.1


def test_the_best_of_all_plans_without_effects_passes_in_one_log_of_twenty() -> None:
    """The largest of all directions' t in 200 logs without effects: 5 % pass the reach; more than 20 at that
    rate in 1 of 1,000 such tests, fewer than 2 in 1 of 2,000 (binomial)."""
    passed = 0
    for seed in range(200):
        values = cloud(250, 4, seed=seed)
        total, covariance = values.sum(axis=0), 250 * np.cov(values.T)
        best = float(np.sqrt(total @ np.linalg.solve(covariance, total)))
        passed += best > of(values).errors(0.95)
    assert 2 <= passed <= 20


def test_a_plan_that_bends_pays_as_one_more_coordinate() -> None:
    values = cloud(500, 2)
    other = np.random.default_rng(9).standard_normal((500, 1))
    assert of(values, tried=other).errors(0.95) > of(values).errors(0.95)
    straight = values @ np.array([[1.0], [-0.5]])
    assert of(values, tried=straight).errors(0.95) == pytest.approx(of(values).errors(0.95), rel=1e-6)


def test_too_few_entities_confirm_nothing_and_certainty_needs_no_reach() -> None:
    assert of(cloud(10, 2)).errors(0.95) == np.inf
    assert of(np.ones((50, 2))).errors(0.95) == 0.0  # every cluster says the same
    some = of(cloud(400, 3))
    assert some.confidence(some.errors(0.95)) == pytest.approx(0.95, abs=0.001)
    assert some.confidence(-3.0) == 0.5
    assert some.tail(0.95) == pytest.approx(norm.sf(np.sqrt(chi2.ppf(0.95, 3))))


def test_what_the_guard_is_asked_for_is_what_the_class_reaches_in_a_large_log() -> None:
    """In a half space too, where the best direction is lost half of the time."""
    for slopes in (1, 2, 5):
        values = cloud(4000, slopes)
        for one in (of(values), of(values, spends=np.ones(slopes))):
            assert norm.isf(one.tail(0.95)) == pytest.approx(one.errors(0.95), rel=0.05)


def test_the_reach_is_the_same_to_the_last_bit_whatever_the_order_of_columns_asked() -> None:
    values = cloud(300, 3)
    assert np.array_equal(of(values).draws, of(values.copy(order="F")).draws)
