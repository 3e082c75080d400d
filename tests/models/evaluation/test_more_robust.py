"""MRDR against its objective written as a loop, and where its Q pays."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.reference.more_robust import more_robust_q
from models.mdp.journeys import Journeys, elapsed_discounts
from models.mdp.sample_split import fold_of
from models.worlds.tabular import masked, states_of
from tests.models.evaluation.naive_reference import naive_weights
from tests.models.evaluation.tabular_world import tabular_world

MU_WEIGHTS = np.array([3.0, 1.0, 1.0])
PI_WEIGHTS = np.array([1.0, 2.0, 0.7])


def blind(journeys: Journeys) -> Journeys:
    """The same log without a feature: the model of Q is wrong."""
    return replace(journeys, features=np.zeros((len(journeys.action), 1)))


@pytest.mark.parametrize("gamma", [1.0, 0.8])
@pytest.mark.parametrize("horizon", [1, 4])
def test_the_correction_minimises_the_objective(horizon: int, gamma: float):
    """No step away from delta, in any of 12 directions, lowers the penalised objective of a fold."""
    world = tabular_world(horizon)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys = world.draw(mu, 60, np.random.default_rng(0), per_entity=2)
    s, discount = states_of(journeys), elapsed_discounts(journeys, gamma)
    dr = DoublyRobust(journeys, mu[s], folds=2, ridge=1.0, discount=discount)
    delta = more_robust_q(dr, pi[s], ridge=3.0, discount=discount).correction[0, :, :, 0]  # (A, p)
    objective = naive_objective(dr, pi[s], mu[s], discount, ridge=3.0)
    best, rng = objective(delta), np.random.default_rng(1)
    assert best < objective(np.zeros_like(delta))
    for _ in range(12):
        step = rng.standard_normal(delta.shape)
        assert objective(delta + 1e-3 * step) > best
        assert objective(delta - 1e-3 * step) > best


def naive_objective(dr: DoublyRobust, target: np.ndarray, mu: np.ndarray, discount: np.ndarray, ridge: float):
    """The objective of the margin's delta with fold 0 left out, as a function of delta (A, p), by loops."""
    j = dr.journeys
    n, w = len(target), np.concatenate(naive_weights(j, target, mu))
    fold = fold_of(j.cluster_key, 2)[j.cluster]
    x = np.column_stack([np.ones(n), j.features])
    beta = dr.model.fit(target).coefficients[0, ..., 0]  # (U, A, p)
    slot = np.empty(n, int)
    for u in range(dr.model.slots.n_slots):
        for f in (0, 1):
            slot[dr.model.slots.order[dr.model.slots.of_fold(u, f)]] = u
    q0 = np.array([[x[i] @ beta[slot[i], a] for a in range(3)] for i in range(n)])
    last = np.append(np.diff(j.journey) != 0, True)
    ratio = [target[i, j.action[i]] / mu[i, j.action[i]] for i in range(n)]
    error, before = np.zeros(n), np.ones(n)
    for i in range(n - 1, -1, -1):
        returned = j.outcomes[i, 0]
        if not last[i]:
            ahead = target[i + 1] @ q0[i + 1] + ratio[i + 1] * error[i + 1]
            returned += discount[i + 1] / discount[i] * ahead
        error[i] = returned - q0[i, j.action[i]]
        if j.t[i] > 0:
            before[i] = w[i - 1]
    weight = (before * discount) ** 2
    weight /= weight.mean()

    def objective(delta: np.ndarray) -> float:
        total = ridge * float((delta**2).sum())
        for i in np.flatnonzero(fold != 0):
            added = [x[i] @ delta[a] for a in range(3)]
            square = sum(target[i, a] ** 2 / mu[i, a] * added[a] ** 2 for a in range(3) if mu[i, a] > 0)
            v = sum(target[i, a] * added[a] for a in range(3))
            pull = ratio[i] * error[i] * (ratio[i] * added[j.action[i]] - v)
            total += weight[i] * (square - v**2 - 2 * pull)
        return total

    return objective


def test_a_perfect_model_stays_as_it_is():
    """Nothing is random but starts and actions: errors are 0, and so is the correction."""
    world = tabular_world(4, certain=True)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys = world.draw(mu, 8000, np.random.default_rng(2))
    s = states_of(journeys)
    dr = DoublyRobust(journeys, mu[s], folds=2, ridge=1e-9)
    found = more_robust_q(dr, pi[s], ridge=1.0)
    np.testing.assert_allclose(found.correction, 0.0, atol=1e-5)
    np.testing.assert_allclose(found.v, dr.model.fit(pi[s]).v, atol=1e-5)


def test_a_wrong_model_does_less_harm():
    """Single decisions; in state 0 the target does what delivery hardly does, and there the reward differs.
    A model without features learns its Q where delivery acts, MRDR where the weights are. 100 logs of 500:
    both doubly robust estimates are unbiased (4 standard errors of the mean error: a false alarm in 15,000),
    MRDR's variance is below half of DR's. On 500 other logs it was .21 of it; the ratio from 100 logs
    spreads by a fifth, so that one above half comes once in 100,000."""
    world = replace(tabular_world(1, buy=1.0), eligible=np.ones((3, 3), bool))
    world.mean[:, :, 0] = [[1.0, 6.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    mu = np.array([[0.85, 0.1, 0.05], [0.15, 0.8, 0.05], [0.15, 0.8, 0.05]])
    pi = np.array([[0.1, 0.85, 0.05], [0.15, 0.8, 0.05], [0.15, 0.8, 0.05]])
    truth, errors = world.value(pi)[0], []
    for seed in range(100):
        journeys = world.draw(mu, 500, np.random.default_rng(seed))
        s = states_of(journeys)
        dr = DoublyRobust(blind(journeys), mu[s], folds=2, ridge=1.0)
        plain, robust = dr.value(pi[s]), dr.value_given(more_robust_q(dr, pi[s], ridge=1.0), pi[s])
        errors.append([value.doubly_robust[:, 0].mean() - truth for value in (plain, robust)])
    errors = np.array(errors)
    spread = errors.std(axis=0, ddof=1)
    assert np.all(np.abs(errors.mean(axis=0)) < 4 * spread / 10)
    assert spread[1] ** 2 < 0.5 * spread[0] ** 2, spread


def test_no_row_is_valued_by_a_model_that_saw_its_entity():
    world = tabular_world(3)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys = world.draw(mu, 200, np.random.default_rng(5))
    s = states_of(journeys)
    changed = journeys.outcomes.copy()
    changed[journeys.cluster == 7, 0] += 1.0
    before, after = (
        more_robust_q(
            DoublyRobust(replace(journeys, outcomes=y), mu[s], folds=2, ridge=1.0), pi[s], ridge=1.0
        )
        for y in (journeys.outcomes, changed)
    )
    fold = fold_of(journeys.cluster_key, 2)
    left_out = fold[7]  # its own fold's correction; penalties are chosen on all entities, and may stay
    np.testing.assert_allclose(before.correction[left_out], after.correction[left_out], rtol=1e-9)
    assert np.any(before.correction[1 - left_out] != after.correction[1 - left_out])
