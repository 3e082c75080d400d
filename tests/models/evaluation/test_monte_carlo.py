"""Long effects from logged returns, against exact values and loops."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.intervals import standard_errors
from models.evaluation.monte_carlo import LongReturns, returns_to_go
from models.journeys import Journeys, elapsed_discounts
from models.worlds.tabular import TabularWorld, masked, states_of
from tests.models.evaluation.tabular_world import tabular_world

MU_WEIGHTS = np.array([3.0, 1.0, 1.0])
PI_WEIGHTS = np.array([1.0, 2.0, 0.7])


def exact_q(world: TabularWorld, mu: np.ndarray, gamma: float) -> np.ndarray:
    """(H, S, A, 3) Q of today's delivery with 1, 2, ..., H days left."""
    v, out = np.zeros((len(world.start), 3)), []
    for _ in world.enter:
        q = world.mean + gamma * (1 - world.leave)[..., None] * (world.move @ v)
        v = np.einsum("sa,sao->so", mu, q)
        out.append(q)
    return np.array(out)


def log(horizon: int, entities: int, seed: int = 0, per_entity: int = 2) -> tuple[TabularWorld, Journeys]:
    world = tabular_world(horizon)
    mu = masked(MU_WEIGHTS, world)
    return world, world.draw(mu, entities, np.random.default_rng(seed), per_entity)


@pytest.mark.parametrize("gamma", [1.0, 0.8])
def test_returns_to_go_equal_the_loop(gamma: float):
    _, journeys = log(5, 40)
    discount = elapsed_discounts(journeys, gamma)
    found = returns_to_go(journeys, discount)
    for i in range(len(found)):
        later = [u for u in range(i, len(found)) if journeys.journey[u] == journeys.journey[i]]
        expected = sum(discount[u] / discount[i] * journeys.outcomes[u] for u in later)
        np.testing.assert_allclose(found[i], expected, rtol=1e-12)


@pytest.mark.parametrize("gamma", [1.0, 0.8])
@pytest.mark.parametrize("horizon", [1, 4])
def test_average_effects_are_unbiased_and_their_errors_honest(horizon: int, gamma: float):
    """60 logs of 600 journeys, against exact effects averaged over each log's own decisions.

    Bias below 4 standard errors of the mean error (a false alarm in 15,000 per number). The mean square of
    error / standard error: expected 1, spread .18; .4 to 1.9 fails once in 10,000 per number.
    """
    z = []
    for seed in range(60):
        world, journeys = log(horizon, 300, seed)
        mu, s = masked(MU_WEIGHTS, world), states_of(journeys)
        q = exact_q(world, mu, gamma)[journeys.days_left - 1, s]  # (n, A, 3)
        long = LongReturns(journeys, mu[s], discount=elapsed_discounts(journeys, gamma)).effects()
        row = []
        for a in (1, 2):
            both = journeys.eligible[:, a] & journeys.eligible[:, 0]
            assert long.decisions[a] == both.sum()
            truth = (q[both, a] - q[both, 0]).mean(axis=0)
            found = long.average[:, a, [0, a]]  # margin, and the action's own cost
            row.append((found.sum(axis=0) - truth[[0, a]]) / standard_errors(found))
        z.append(row)
    z = np.array(z)
    if horizon == 1:
        z = z[:, :, :1]  # a single decision's cost is certain: no error to be honest about
    assert np.all(np.abs(z.mean(axis=0)) < 4 * z.std(axis=0, ddof=1) / np.sqrt(len(z)))
    squares = (z**2).mean(axis=0)
    assert squares.min() > 0.4 and squares.max() < 1.9, squares


def test_constant_effects_are_found_by_residual_on_residual():
    """Where an action adds the same in every state, both estimators find it (4 standard errors: a false alarm
    in 15,000 per number), residual on residual with the smaller error."""
    world = replace(tabular_world(3, buy=1.0), leave=np.zeros((3, 3)), move=np.full((3, 3, 3), 1 / 3))
    base, effect = np.array([0.5, 1.0, 2.0]), np.array([0.0, 0.7, -0.4])
    world.mean[:, :, 0] = base[:, None] + effect
    mu = masked(MU_WEIGHTS, world)
    journeys = world.draw(mu, 4000, np.random.default_rng(3))
    long = LongReturns(journeys, mu[states_of(journeys)]).effects()
    for a in (1, 2):
        errors = []
        for contributions in (long.constant[:, a], long.average[:, a]):
            error = standard_errors(contributions[:, :1])[0]
            assert abs(contributions[:, 0].sum() - effect[a]) < 4 * error
            errors.append(error)
        assert errors[0] < 1.02 * errors[1]
    np.testing.assert_array_equal(long.constant[:, 0], 0.0)


def test_residual_on_residual_is_a_regression():
    """tau and its clustered errors by a loop over entities, given the residuals."""
    world, journeys = log(3, 60)
    mu = masked(MU_WEIGHTS, world)[states_of(journeys)]
    model = LongReturns(journeys, mu)
    e = np.eye(3)[journeys.action] - mu
    rest = model._rest[:, 0]
    tau = np.linalg.lstsq(e[:, 1:], rest, rcond=None)[0]
    found = model.effects().constant[:, 1:, 0]
    np.testing.assert_allclose(found.sum(axis=0), tau, rtol=1e-9)
    bread, meat = np.linalg.inv(e[:, 1:].T @ e[:, 1:]), np.zeros((2, 2))
    for c in range(journeys.n_clusters):
        mine = journeys.cluster == c
        score = e[mine, 1:].T @ (rest[mine] - e[mine, 1:] @ tau)
        meat += np.outer(score, score)
    sandwich = np.sqrt(np.diag(bread @ meat @ bread) * 60 / 59)
    np.testing.assert_allclose(standard_errors(found), sandwich, rtol=1e-9)


@pytest.mark.parametrize("gamma", [1.0, 0.8])
def test_the_policy_contrast_is_the_derivative_of_the_value(gamma: float):
    """Against a finite difference of exact values, on a log of 20,000 journeys: within 4 standard errors (a
    false alarm in 15,000 per outcome), and small errors at that where the slope is not next to
    nothing: the costs."""
    world = tabular_world(4, buy=1.0)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys, step = world.draw(mu, 20_000, np.random.default_rng(4)), 1e-5
    slope = (world.value(mu + step * (pi - mu), gamma) - world.value(mu, gamma)) / step
    s = states_of(journeys)
    model = LongReturns(journeys, mu[s], discount=elapsed_discounts(journeys, gamma))
    contributions = model.policy_contrast(pi[s])
    found, error = (journeys.scale * f(contributions)[:3] for f in (lambda c: c.sum(axis=0), standard_errors))
    assert np.all(np.abs(found - slope) < 4 * error)
    assert np.all(error[1:] < 0.1 * np.abs(slope[1:]))
    assert np.all(model.policy_contrast(mu[s]) == 0)  # placebo: no move, no change


def test_an_action_that_was_never_a_choice_has_no_effect_to_tell():
    _, journeys = log(2, 50)
    alone = replace(journeys, eligible=np.eye(3, dtype=bool)[journeys.action])
    effects = LongReturns(alone, np.eye(3)[journeys.action]).effects()
    assert np.isnan(effects.constant[:, 1:]).all()
    assert np.isnan(effects.average[:, 1:]).all()
