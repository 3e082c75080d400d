"""Clipped weights and SLOPE's threshold: against loops, and where clipping helps or harms."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.importance_sampling import self_normalised_per_decision
from models.evaluation.estimators.steps import index_steps
from models.evaluation.estimators.weights import action_ratios, cumulative_weights
from models.evaluation.intervals.bootstrap_t import standard_errors
from models.evaluation.reference.clipping import clip, clipped_mass, lepski, slope, threshold_grid
from models.worlds.tabular import TabularWorld, masked, states_of
from tests.models.evaluation.naive_reference import naive_per_decision, naive_weights
from tests.models.evaluation.tabular_world import tabular_world

MU_WEIGHTS = np.array([3.0, 1.0, 1.0])
PI_WEIGHTS = np.array([1.0, 2.0, 0.7])
FAR_WEIGHTS = np.array([0.2, 4.0, 4.0])


def weigh(
    world: TabularWorld, target: np.ndarray, entities: int, seed: int = 0, delivery: np.ndarray = MU_WEIGHTS
):
    """Journeys, their steps and weights under a target."""
    mu = masked(delivery, world)
    journeys = world.draw(mu, entities, np.random.default_rng(seed))
    s, steps = states_of(journeys), index_steps(journeys)
    weights = cumulative_weights(action_ratios(journeys, masked(target, world)[s], mu[s]), steps)
    return journeys, steps, weights


@pytest.mark.parametrize("horizon", [1, 5])
def test_clipped_weights_equal_the_loop(horizon: int):
    world = tabular_world(horizon)
    journeys, steps, weights = weigh(world, PI_WEIGHTS, 60)
    s = states_of(journeys)
    naive = naive_weights(journeys, masked(PI_WEIGHTS, world)[s], masked(MU_WEIGHTS, world)[s])
    cut = [[min(w, 1.5) for w in ws] for ws in naive]
    clipped = clip(weights, steps, 1.5)
    np.testing.assert_allclose(clipped.row, np.concatenate(cut), rtol=1e-12)
    expected = naive_per_decision(journeys, journeys.outcomes[:, 0], cut, self_normalised=True)
    found = self_normalised_per_decision(journeys.outcomes, clipped, steps)[:, 0].sum()
    assert found == pytest.approx(expected, rel=1e-10)
    for t in range(steps.n_steps):
        whole = sum(ws[min(t, len(ws) - 1)] for ws in naive)
        kept = sum(ws[min(t, len(ws) - 1)] for ws in cut)
        assert clipped_mass(weights, clipped)[t] == pytest.approx(1 - kept / whole, rel=1e-9)


def test_lepski_keeps_going_down_while_the_intervals_meet():
    reach = np.array([0.1, 0.2, 0.3, 0.4])
    assert lepski(np.array([1.0, 1.0, 1.0, 1.0]), reach) == 0
    assert lepski(np.array([0.0, 0.9, 1.0, 1.0]), reach) == 1  # the first is off by more than noise
    assert lepski(np.array([0.9, -5.0, 1.0, 1.0]), reach) == 2  # and none below a failure is looked at
    assert lepski(np.array([0.0, 0.0, 0.0, 9.0]), reach) == 3


def test_no_weight_is_clipped_where_clipping_harms():
    """20,000 single decisions; the target nearly always takes the action that pays ten times more, delivery
    rarely does: its weight is 7.9, the next threshold below is 4, a bias of .4 with an error of .01."""
    world = replace(tabular_world(1, certain=True), eligible=np.ones((3, 3), bool))
    world.mean[:, :, 0] = [1.0, 10.0, 1.0]
    pi, mu = np.array([0.04, 0.948, 0.012]), np.array([0.8, 0.12, 0.08])
    journeys, steps, weights = weigh(world, pi, 20_000, delivery=mu)
    found = slope(journeys.outcomes, weights, steps, outcome=0)
    assert found.threshold == np.inf
    assert np.all(found.bias_bound == 0)
    np.testing.assert_array_equal(found.mass, 0.0)
    plain = self_normalised_per_decision(journeys.outcomes, weights, steps)
    np.testing.assert_array_equal(found.contributions, plain)


def test_clipping_pays_where_weights_are_heavy_and_the_model_is_good():
    """Residuals of a fitted Q have mean 0 whatever the weight, so that cutting the largest weights off costs
    nothing: over 60 logs of 300 journeys of up to 8 steps, far from today's delivery, the mean squared error
    of clipped SNDR is below half that of SNDR (on 120 other logs it was .13 of it)."""
    world, errors = tabular_world(8, buy=0.3), []
    pi, mu = masked(FAR_WEIGHTS, world), masked(MU_WEIGHTS, world)
    truth = world.value(pi)[0]
    for seed in range(60):
        journeys, steps, weights = weigh(world, FAR_WEIGHTS, 300, seed)
        s = states_of(journeys)
        dr = DoublyRobust(journeys, mu[s], folds=2, ridge=1.0)
        value, fitted = dr.value(pi[s]), dr.model.fit(pi[s])
        base = value.fitted_q[:, :3]
        found = slope(dr.residual(fitted), weights, steps, outcome=0, base=base)
        whole = base + found.contributions
        assert np.all(found.mass >= 0) and found.threshold <= found.thresholds[-1]
        errors.append(
            [f * journeys.scale - truth for f in (whole[:, 0].sum(), value.self_normalised[:, 0].sum())]
        )
    clipped, plain = (np.array(errors) ** 2).mean(axis=0)
    assert clipped < 0.5 * plain, clipped / plain


def test_the_bias_bound_covers_the_bias():
    """Clipped SNPDIS over 100 logs: its expected bias, taken from their mean, is below the bound in at least
    90 of them (a bound that holds in 97.5 % fails here once in 10,000)."""
    world = tabular_world(4, buy=1.0)
    truth = world.value(masked(PI_WEIGHTS, world))[0]
    runs = []
    for seed in range(100):
        journeys, steps, weights = weigh(world, PI_WEIGHTS, 300, seed)
        found = slope(journeys.outcomes, weights, steps, outcome=0)
        runs.append([journeys.scale * found.contributions[:, 0].sum(), journeys.scale * found.bias_bound[0]])
    estimates, bounds = np.array(runs).T
    assert np.mean(bounds >= abs(estimates.mean() - truth)) >= 0.9


def test_the_grid_is_geometric_and_ends_unclipped():
    journeys, steps, weights = weigh(tabular_world(6), PI_WEIGHTS, 200)
    grid = threshold_grid(weights)
    assert grid[-1] == np.inf and grid[-2] < weights.row.max() <= 2 * grid[-2]
    np.testing.assert_array_equal(grid[1:-1] / grid[:-2], 2.0)
    found = slope(journeys.outcomes, weights, steps, outcome=4)
    np.testing.assert_allclose(
        found.estimates[-1], self_normalised_per_decision(journeys.outcomes, weights, steps)[:, 4].sum()
    )
    assert np.all(np.diff(found.reach) >= 0)
    # one threshold for all outcomes: profit = margin - cost
    total = found.contributions.sum(axis=0)
    assert total[4] == pytest.approx(total[0] - total[3])
    assert np.isfinite(standard_errors(found.contributions)).all()
