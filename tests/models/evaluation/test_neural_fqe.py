"""Neural FQE: rare large rewards, exact worlds, and the iteration against a loop."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn.functional import smooth_l1_loss

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fitted_q import FittedQEvaluation
from models.evaluation.reference.lstd_q import LstdQ
from models.evaluation.reference.neural_fqe import NeuralFQE, NeuralFQESettings
from models.mdp.journeys import Journeys, elapsed_discounts
from models.mdp.sample_split import fold_of
from models.worlds.tabular import masked, states_of
from tests.models.evaluation.tabular_world import tabular_world

MU_WEIGHTS = np.array([3.0, 1.0, 1.0])
PI_WEIGHTS = np.array([1.0, 2.0, 0.7])
SURE, RARE = 0.5, 50 * 0.02014
"""Mean rewards of the two actions below."""


def rare_rewards(seed: int) -> Journeys:
    """20,000 single decisions, half of each action: one pays .5, the other 50 with probability .02014.

    The payments are dealt to exactly 201 of 10,000 rows: a drawn log's own mean would be off by 7 %, whatever
    the estimator. Which rows, and what the two features that mean nothing say, is the seed's.
    """
    rng, n = np.random.default_rng(seed), 20_000
    action = rng.permutation(np.arange(n) % 2)
    reward = np.where(action == 0, SURE, 0.0)
    reward[rng.permutation(np.flatnonzero(action == 1))[: round(n / 2 * RARE / 50)]] = 50.0
    return Journeys(
        rows=np.arange(n),
        journey=np.arange(n),
        t=np.zeros(n, np.int32),
        cluster=np.arange(n),
        action=action.astype(np.int16),
        eligible=np.ones((n, 2), bool),
        features=rng.standard_normal((n, 2)),
        outcomes=reward[:, None],
        n_clusters=n,
        n_journeys=n,
        cluster_key=rng.permutation(n),
        scale=1.0 / n,
        outcome_names=("margin",),
        outcome_units=("currency",),
        actions=("sure", "rare"),
    )


def values_of_both(model: NeuralFQE | FittedQEvaluation | LstdQ, journeys: Journeys) -> list[float]:
    """What the sure thing and the rare one pay per decision, as the model says."""
    q = model.fit(np.full((len(journeys.action), 2), 0.5)).q[:, 0]
    return [float(q[journeys.action == a].mean()) for a in (0, 1)]


@pytest.mark.parametrize("seed", range(5))
def test_a_rare_large_reward_keeps_its_mean(seed: int):
    """Each seed, network and closed form alike: both values within 3 % of the truth and of the logged means,
    and hence the right action."""
    journeys = rare_rewards(seed)
    logged = [journeys.outcomes[journeys.action == a].mean() for a in (0, 1)]
    for model in (
        NeuralFQE(journeys, journeys.outcomes, seed=seed),
        LstdQ(journeys, journeys.outcomes, folds=2, ridge=1.0),
    ):
        values = values_of_both(model, journeys)
        assert values == pytest.approx([SURE, RARE], rel=0.03)
        assert values == pytest.approx(logged, rel=0.03)
        assert values[1] > values[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_linear_model_finds_the_better_action_and_doubly_robust_its_mean(seed: int):
    """Its penalties, chosen on held-out entities, pull the two actions together by up to 16 % of their
    difference (1,000 rows' worth against 5,000 rows); the weighted residuals put that right."""
    journeys = rare_rewards(seed)
    model = FittedQEvaluation(journeys, journeys.outcomes, folds=2, ridge=1.0)
    assert values_of_both(model, journeys) == pytest.approx([SURE, RARE], rel=0.1)
    even = np.full((len(journeys.action), 2), 0.5)
    dr = DoublyRobust(journeys, even, folds=2, ridge=1.0)
    for action, truth in ((0, SURE), (1, RARE)):
        always = np.tile(np.eye(2)[action], (len(even), 1))
        assert dr.value(always).self_normalised.mean() == pytest.approx(truth, rel=0.03)


@pytest.mark.parametrize("seed", range(2))
def test_a_huber_loss_chooses_the_wrong_action(seed: int):
    """The same code and log, gradient descent only: a squared loss finds the better action, a Huber loss with
    beta 1 does not."""
    descent, journeys = NeuralFQESettings(refit_heads=False), rare_rewards(seed)
    model = NeuralFQE(journeys, journeys.outcomes, seed=seed, settings=descent)
    sure, rare = values_of_both(model, journeys)
    assert rare > sure
    huber = replace(descent, loss=smooth_l1_loss)
    sure, rare = values_of_both(NeuralFQE(journeys, journeys.outcomes, seed=seed, settings=huber), journeys)
    assert rare < 0.5 * sure


@pytest.mark.parametrize(("horizon", "gamma"), [(1, 1.0), (4, 1.0), (4, 0.8)])
def test_finds_the_value_of_journeys_of_any_length(horizon: int, gamma: float):
    """Nothing is random but starts and actions; the network is within 3 % for every outcome, and so are the
    doubly robust values it serves."""
    world = tabular_world(horizon, certain=True)
    pi, mu = masked(PI_WEIGHTS, world), masked(MU_WEIGHTS, world)
    journeys = world.draw(mu, 4000, np.random.default_rng(1))
    s, discount = states_of(journeys), elapsed_discounts(journeys, gamma)
    dr = DoublyRobust(journeys, mu[s], folds=2, ridge=1e-6, discount=discount)
    exact = dr.value(pi[s]).fitted_q.mean(axis=0)  # the linear Q has no error here but the starts' draw
    assert exact[:3] == pytest.approx(world.value(pi, gamma), rel=0.05)
    fitted = NeuralFQE(journeys, journeys.outcomes[:, :3], seed=3, discount=discount).fit(pi[s])
    value = dr.value_given(fitted, pi[s])
    np.testing.assert_allclose(value.fitted_q.mean(axis=0), exact, rtol=0.03)
    np.testing.assert_allclose(value.self_normalised.mean(axis=0), exact, rtol=0.03)


def test_rounds_are_backward_regressions():
    """Without hidden layers and without gradient steps what is left is a linear fitted Q iteration."""
    world = tabular_world(3)
    mu, pi = masked(MU_WEIGHTS, world), masked(PI_WEIGHTS, world)
    journeys = world.draw(mu, 300, np.random.default_rng(2))
    target, discount = pi[states_of(journeys)], elapsed_discounts(journeys, 0.9)
    settings = NeuralFQESettings(hidden_units=(), steps=0, steps_per_round=0, ridge=1e-3)
    y = journeys.outcomes[:, :1]
    fitted = NeuralFQE(journeys, y, seed=0, discount=discount, settings=settings).fit(target)
    x = np.column_stack([np.ones(len(y)), 2 - journeys.days_left, journeys.features])
    fold = fold_of(journeys.cluster_key, 2)[journeys.cluster]
    for left_out in (0, 1):
        expected = naive_iteration(journeys, x, y[:, 0], target, fold != left_out, rounds=3)
        mine = fold == left_out
        # float32, and the shrinkage of one row's worth in an action's mean
        np.testing.assert_allclose(fitted.v[mine, 0], expected[mine], rtol=0.02)


def naive_iteration(
    journeys: Journeys, x: np.ndarray, r: np.ndarray, target: np.ndarray, seen: np.ndarray, rounds: int
) -> np.ndarray:
    """(n,) V after so many rounds, the first on logged returns; discount .9 a day."""
    n, v = len(r), np.zeros(len(r))
    is_last = np.append(np.diff(journeys.journey) != 0, True)
    for k in range(rounds):
        y = r.copy()
        for i in range(n - 1, -1, -1):
            if not is_last[i]:
                y[i] += 0.9 * (y[i + 1] if k == 0 else v[i + 1])
        beta = []
        for a in range(len(journeys.actions)):
            rows = seen & (journeys.action == a)
            beta.append(np.linalg.lstsq(x[rows], y[rows], rcond=None)[0])
        v = np.array([sum(target[i, a] * x[i] @ beta[a] for a in range(len(beta))) for i in range(n)])
    return v


def test_repeats_itself_and_leaves_the_global_random_state_alone():
    world = tabular_world(3)
    mu = masked(MU_WEIGHTS, world)
    journeys = world.draw(mu, 300, np.random.default_rng(2))
    target = masked(PI_WEIGHTS, world)[states_of(journeys)]
    before, y = torch.get_rng_state(), journeys.outcomes[:, :3]
    short = NeuralFQESettings(steps=20, steps_per_round=5)
    model = NeuralFQE(journeys, y, seed=1, settings=short)
    first, second = model.fit(target), model.fit(target)
    other = NeuralFQE(journeys, y, seed=2, settings=short).fit(target)
    np.testing.assert_array_equal(first.v, second.v)
    assert np.any(first.v != other.v)
    assert torch.equal(before, torch.get_rng_state())


def test_no_row_is_valued_by_a_network_that_saw_its_entity():
    world = tabular_world(3)
    journeys = world.draw(masked(MU_WEIGHTS, world), 200, np.random.default_rng(5))
    target = masked(PI_WEIGHTS, world)[states_of(journeys)]
    changed = journeys.outcomes[:, :1].copy()
    changed[journeys.cluster == 7] += 100.0
    settings = NeuralFQESettings(steps=20, steps_per_round=5)
    before, after = (
        NeuralFQE(journeys, y, seed=1, settings=settings).fit(target)
        for y in (journeys.outcomes[:, :1], changed)
    )
    same = fold_of(journeys.cluster_key, 2)[journeys.cluster] == fold_of(journeys.cluster_key, 2)[7]
    np.testing.assert_array_equal(before.v[same], after.v[same])
    assert np.all(before.v[~same] != after.v[~same])
