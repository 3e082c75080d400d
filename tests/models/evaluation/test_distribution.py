"""CDF, quantiles and tail means against loops, and against the policy's own journeys."""

import numpy as np
import pytest

from models.evaluation.distribution import Distribution, weighted_distribution
from models.evaluation.importance_sampling import self_normalised_trajectory_wise
from models.evaluation.intervals import standard_errors
from models.evaluation.steps import index_steps
from models.evaluation.weights import action_ratios, cumulative_weights
from models.journeys import Journeys, elapsed_discounts
from models.worlds.tabular import masked, states_of
from tests.models.evaluation.naive_reference import naive_weights
from tests.models.evaluation.tabular_world import tabular_world

MU_WEIGHTS = np.array([3.0, 1.0, 1.0])
PI_WEIGHTS = np.array([1.0, 2.0, 0.7])


def log(horizon: int, entities: int, seed: int = 0, per_entity: int = 2):
    """Journeys, target and behaviour per row."""
    world = tabular_world(horizon)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys = world.draw(mu, entities, np.random.default_rng(seed), per_entity)
    s = states_of(journeys)
    return journeys, pi[s], mu[s]


def distribution(
    journeys: Journeys, target: np.ndarray, behaviour: np.ndarray, discount: np.ndarray | None = None
) -> Distribution:
    steps = index_steps(journeys)
    weights = cumulative_weights(action_ratios(journeys, target, behaviour), steps)
    found = weighted_distribution(journeys, weights, steps, "profit", discount)
    assert found is not None
    return found


@pytest.mark.parametrize("gamma", [1.0, 0.8])
@pytest.mark.parametrize("horizon", [1, 5])
def test_equals_the_loops(horizon: int, gamma: float):
    journeys, target, behaviour = log(horizon, 60)
    discount = elapsed_discounts(journeys, gamma)
    found = distribution(journeys, target, behaviour, discount)
    w = np.array([ws[-1] for ws in naive_weights(journeys, target, behaviour)])
    w /= w.sum()
    totals = np.zeros(len(w))
    for i in range(len(target)):
        totals[journeys.journey[i]] += discount[i] * journeys.outcomes[i, 4]
    points = np.array([-10.0, 0.0, 1.0, 3.0, 100.0])
    naive = [sum(w[j] for j in range(len(w)) if totals[j] <= x) for x in points]
    np.testing.assert_allclose(found.cdf(points), naive, atol=1e-12)
    np.testing.assert_allclose(found.cdf_contributions(points).sum(axis=0), naive, atol=1e-12)
    assert found.mean_contributions().sum() == pytest.approx((w * totals).sum(), rel=1e-10)
    for level in (0.1, 0.5):
        assert found.lower_cvar_contributions(level).sum() == pytest.approx(worst(totals, w, level), rel=1e-9)
        best = -worst(-totals, w, level)
        assert found.upper_cvar_contributions(level).sum() == pytest.approx(best, rel=1e-9)
    # the mean of all of it is the mean
    mean = found.mean_contributions()
    np.testing.assert_allclose(found.lower_cvar_contributions(1.0), mean, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.upper_cvar_contributions(1.0), mean, rtol=1e-9, atol=1e-12)


def worst(totals: np.ndarray, w: np.ndarray, level: float) -> float:
    """Mean of the lowest share `level` of the weight, taken off journey by journey."""
    left, total = level, 0.0
    for j in np.argsort(totals, kind="stable"):
        taken = min(left, w[j])
        total, left = total + taken * totals[j], left - taken
    return total / level


def test_the_mean_is_the_trajectory_wise_estimate_and_so_are_its_errors():
    journeys, target, behaviour = log(4, 200)
    steps = index_steps(journeys)
    weights = cumulative_weights(action_ratios(journeys, target, behaviour), steps)
    whole = self_normalised_trajectory_wise(journeys.outcomes, weights, steps)[:, [4]] / journeys.n_journeys
    mean = distribution(journeys, target, behaviour).mean_contributions()[:, None]
    assert mean.sum() == pytest.approx(whole.sum(), rel=1e-10)
    assert standard_errors(mean) == pytest.approx(standard_errors(whole), rel=1e-10)


def test_the_policy_in_force_has_this_distribution():
    """200 logs of 600 journeys by 300 entities, against 200,000 journeys under the target itself.

    Bias below 4 standard errors of the mean (a false alarm in 15,000 per number); 95 % intervals cover at
    least 175 of 200 times: one that covers 95 % fails once in 70,000 runs, one that covers 93.5 % once in
    1,000.
    """
    world = tabular_world(3)
    pi = masked(PI_WEIGHTS, world)
    reference = world.draw(pi, 200_000, np.random.default_rng(9))
    s = states_of(reference)
    truth = distribution(reference, pi[s], pi[s])
    point = np.array([1.0])
    expected = np.array(summary(truth, point)).sum(axis=1)
    median = truth.quantile(0.5)
    found, covered, covered_median = [], [], 0
    for seed in range(200):
        sample = distribution(*log(3, 300, seed))
        contributions = np.array(summary(sample, point)).T
        error, estimate = standard_errors(contributions), contributions.sum(axis=0)
        found.append(estimate)
        covered.append(np.abs(estimate - expected) <= 1.96 * error)
        interval = sample.quantile_interval(0.5)
        assert interval is not None
        covered_median += interval.low <= median <= interval.high
    found = np.array(found)
    off = found.mean(axis=0) - expected
    assert np.all(np.abs(off) < 4 * found.std(axis=0, ddof=1) / np.sqrt(200)), off
    assert np.sum(covered, axis=0).min() >= 175, np.mean(covered, axis=0)
    assert covered_median >= 175


def summary(found: Distribution, point: np.ndarray) -> list[np.ndarray]:
    """Contributions to F(1), the mean, the worst fifth and the best fifth."""
    return [
        found.cdf_contributions(point)[:, 0],
        found.mean_contributions(),
        found.lower_cvar_contributions(0.2),
        found.upper_cvar_contributions(0.2),
    ]


def test_todays_delivery_has_the_logged_distribution():
    journeys, _, behaviour = log(4, 100)
    totals = np.bincount(journeys.journey, weights=journeys.outcomes[:, 4])
    found = distribution(journeys, behaviour, behaviour)
    np.testing.assert_allclose(
        found.cdf(np.sort(totals)), np.searchsorted(np.sort(totals), np.sort(totals), side="right") / 200
    )
    for level in (0.005, 0.25, 0.5, 0.995):
        assert found.quantile(level) == np.quantile(totals, level, method="inverted_cdf")


def test_nothing_is_said_of_a_policy_that_was_never_followed():
    journeys, target, _ = log(2, 30)
    steps = index_steps(journeys)
    never = np.zeros(len(target))
    assert weighted_distribution(journeys, cumulative_weights(never, steps), steps, "profit") is None
