"""Weights, importance sampling and the doubly robust sum against independent loops and textbook formulas."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fitted_q import QValues
from models.evaluation.estimators.importance_sampling import (
    per_decision,
    self_normalised_per_decision,
    self_normalised_trajectory_wise,
    trajectory_wise,
)
from models.evaluation.estimators.steps import index_steps
from models.evaluation.estimators.weights import action_ratios, check_probabilities, cumulative_weights
from models.mdp.journeys import elapsed_discounts
from sql.errors import LogError, StudyError
from tests.models.evaluation.naive_reference import naive_doubly_robust, naive_per_decision, naive_weights
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(horizon=6)
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
PI = masked(np.array([1.0, 2.0, 0.7]), WORLD)


def log(entities: int, seed: int = 0, per_entity: int = 2):
    """A small log with journeys of 1 to 6 decisions, target and behaviour probabilities per row."""
    journeys = WORLD.draw(MU, entities, np.random.default_rng(seed), per_entity)
    s = states_of(journeys)
    return journeys, PI[s], MU[s]


def test_weights_are_running_products_within_a_journey():
    journeys, target, behaviour = log(30)
    weights = cumulative_weights(action_ratios(journeys, target, behaviour), index_steps(journeys))
    naive = naive_weights(journeys, target, behaviour)
    np.testing.assert_allclose(weights.row, np.concatenate(naive), rtol=1e-12)
    kept = np.array([[w[min(t, len(w) - 1)] for w in naive] for t in range(len(weights.total))])
    np.testing.assert_allclose(weights.total, kept.sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(weights.squares, (kept**2).sum(axis=1), rtol=1e-12)
    np.testing.assert_allclose(weights.largest, kept.max(axis=1), rtol=1e-12)


def test_importance_sampling_equals_the_loops():
    journeys, target, behaviour = log(40)
    steps = index_steps(journeys)
    weights = cumulative_weights(action_ratios(journeys, target, behaviour), steps)
    naive = naive_weights(journeys, target, behaviour)
    margin = journeys.outcomes[:, [0]]
    for estimator, normalise in ((per_decision, False), (self_normalised_per_decision, True)):
        expected = naive_per_decision(journeys, margin[:, 0], naive, self_normalised=normalise)
        assert estimator(margin, weights, steps).sum() == pytest.approx(expected, rel=1e-10)
    whole = np.array([w[-1] for w in naive])
    returns = np.bincount(journeys.journey, weights=margin[:, 0])
    assert trajectory_wise(margin, weights, steps).sum() == pytest.approx((whole * returns).sum(), rel=1e-10)
    expected = (whole * returns).sum() / whole.mean()
    found = self_normalised_trajectory_wise(margin, weights, steps)
    assert found.sum() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("gamma", [1.0, 0.9])
def test_doubly_robust_equals_the_classical_sum(gamma: float):
    """Our residual form r + g V' - Q against sum_t g^t [w_t (r - Q) + w_{t-1} V], for arbitrary Q and V."""
    journeys, target, behaviour = log(60)
    discount = elapsed_discounts(journeys, gamma)
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0, discount=discount)
    fitted, naive = dr.model.fit(target), naive_weights(journeys, target, behaviour)
    value = dr.value(target)
    for contributions, normalise in ((value.self_normalised, True), (value.doubly_robust, False)):
        for k in range(3):
            expected = naive_doubly_robust(
                journeys,
                journeys.outcomes[:, k],
                fitted.v[:, k],
                fitted.q[:, k],
                naive,
                discount,
                self_normalised=normalise,
            )
            assert contributions[:, k].sum() == pytest.approx(expected, rel=1e-10)


def test_one_step_is_the_textbook():
    """T = 1: SNIPW and the self-normalised doubly robust estimator of the bandit literature."""
    world = tabular_world(horizon=1)
    journeys = world.draw(MU, 300, np.random.default_rng(3))
    s = states_of(journeys)
    target, behaviour = PI[s], MU[s]
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    value, fitted = dr.value(target), dr.model.fit(target)
    row = np.arange(len(s))
    w = target[row, journeys.action] / behaviour[row, journeys.action]
    r = journeys.outcomes[:, 0]
    assert value.importance[:, 0].mean() == pytest.approx((w * r).sum() / w.sum(), rel=1e-12)
    expected = fitted.v[:, 0].mean() + (w * (r - fitted.q[:, 0])).sum() / w.sum()
    assert value.self_normalised[:, 0].mean() == pytest.approx(expected, rel=1e-12)
    (q,), logged = dr.model.action_values(fitted.coefficients[..., :1], row)
    np.testing.assert_allclose((target * q.T).sum(axis=1), fitted.v[:, 0], rtol=1e-10)
    np.testing.assert_allclose(logged[:, 0], fitted.q[:, 0], rtol=1e-10)
    every_third = dr.model.action_values(fitted.coefficients[..., :1], row[::3])[0]
    np.testing.assert_array_equal(every_third[0], q[:, ::3])


def test_contributions_are_the_influence_of_each_entity():
    """Their spread must be the sampling spread: drop each entity in turn (jackknife) and compare."""
    journeys, target, behaviour = log(400, per_entity=1)
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    contributions = dr.importance(target)[:, 0]
    clusters = len(contributions)
    steps = dr.steps
    base = action_ratios(journeys, target, behaviour)

    def mean_without(entity: int) -> float:
        keep = journeys.cluster != entity
        rest = replace(
            journeys,
            journey=journeys.journey[keep] - (journeys.journey[keep] > entity),
            cluster=journeys.cluster[keep] - (journeys.cluster[keep] > entity),
            t=journeys.t[keep],
            n_clusters=clusters - 1,
            n_journeys=clusters - 1,
        )
        steps = index_steps(rest)
        values = journeys.outcomes[keep][:, [0]]
        return float(
            self_normalised_per_decision(values, cumulative_weights(base[keep], steps), steps).mean()
        )

    assert steps.n_steps > 1
    jackknife = np.array([mean_without(c) for c in range(clusters)])
    spread = (clusters - 1) / clusters * ((jackknife - jackknife.mean()) ** 2).sum()
    linearised = contributions.var(ddof=1) / clusters
    assert linearised == pytest.approx(spread, rel=0.05)


def test_logged_policy_returns_the_logged_mean_exactly():
    journeys, _, behaviour = log(50)
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    np.testing.assert_allclose(dr.importance(behaviour), dr.logged_outcomes, rtol=1e-12, atol=1e-12)


def test_without_a_model_plain_weighting_is_left():
    """Q is 0 everywhere: SNDR must become SNPDIS, and FQE nothing."""
    journeys, target, behaviour = log(200)
    nothing = np.zeros((len(journeys.t), 3))
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    value = dr.value_given(QValues(nothing, nothing), target)
    np.testing.assert_allclose(value.self_normalised, value.importance, atol=1e-9)
    np.testing.assert_array_equal(value.fitted_q, 0.0)


def test_the_model_alone_returns_the_logged_mean_for_todays_delivery():
    """However strong the ridge: what shrinking takes from rare actions is given back to all. What is left is
    the difference between folds (the logged mean here has a standard error of 7 %)."""
    journeys, _, behaviour = log(2_000)
    for ridge in (1.0, 1e4):
        dr = DoublyRobust(journeys, behaviour, folds=2, ridge=ridge)
        model, plain = dr.logged_value.fitted_q.sum(axis=0), dr.logged_outcomes.sum(axis=0)
        np.testing.assert_allclose(model, plain, rtol=0.02)


def test_profit_is_margin_minus_cost_in_every_estimator():
    journeys, target, behaviour = log(100)
    value = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0).value(target)
    for contributions in (value.fitted_q, value.self_normalised, value.doubly_robust, value.importance):
        margin, cost, profit = contributions[:, 0], contributions[:, 3], contributions[:, 4]
        np.testing.assert_allclose(profit, margin - cost, atol=1e-12)
        np.testing.assert_allclose(cost, contributions[:, 1] + contributions[:, 2], atol=1e-12)


def test_equal_policies_have_no_uplift_at_all():
    journeys, _, behaviour = log(100)
    dr = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    np.testing.assert_array_equal(dr.contributions(behaviour.copy()), dr.logged)


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=12),
    zeros=st.floats(0, 0.5),
    seed=st.integers(0, 2**32 - 1),
)
def test_weights_hold_their_invariants(lengths: list[int], zeros: float, seed: int):
    """Running products, 0 stays 0, and what every journey earns at its first step comes back unchanged."""
    rng = np.random.default_rng(seed)
    journey = np.repeat(np.arange(len(lengths)), lengths)
    t = np.concatenate([np.arange(n) for n in lengths])
    base = WORLD.draw(MU, 1, np.random.default_rng(0))
    journeys = replace(
        base,
        journey=journey,
        cluster=journey,
        t=t.astype(np.int32),
        n_clusters=len(lengths),
        n_journeys=len(lengths),
    )
    steps = index_steps(journeys)
    ratios = np.where(rng.random(len(t)) < zeros, 0.0, rng.lognormal(0, 1, len(t)))
    weights = cumulative_weights(ratios, steps)
    for j in range(len(lengths)):
        mine = weights.row[journey == j]
        np.testing.assert_allclose(mine, np.cumprod(ratios[journey == j]), rtol=1e-10)
        assert weights.final[j] == mine[-1]
    assert np.all(weights.largest <= weights.total)
    # an outcome that is 1 at the first step of every journey is 1 under any policy
    first = (t == 0).astype(float)[:, None]
    if weights.total[0] > 0:
        found = self_normalised_per_decision(first, weights, steps).sum()
        if np.all(weights.total > 0):
            assert found == pytest.approx(len(lengths), rel=1e-10)


def test_an_impossible_action_is_refused_by_name():
    journeys, target, _ = log(20)
    wrong = target.copy()
    row = int(np.flatnonzero(~journeys.eligible[:, 2])[0])
    wrong[row] = [0.5, 0.0, 0.5]
    with pytest.raises(
        StudyError, match=f"decision {row}: probability 0.5 for 'social', which was not eligible"
    ):
        check_probabilities("mine", wrong, journeys)
    with pytest.raises(StudyError, match="sum to 1"):
        check_probabilities("mine", target * 0.9, journeys)
    with pytest.raises(StudyError, match="sum to 1"):
        check_probabilities("mine", np.where(target > 0, np.nan, target), journeys)
    with pytest.raises(StudyError, match="shape"):
        check_probabilities("mine", target[1:], journeys)


def test_a_logged_action_cannot_have_probability_0():
    journeys, target, behaviour = log(20)
    row = int(np.flatnonzero(journeys.action == 1)[0])
    broken = behaviour.copy()
    broken[row] = [1.0, 0.0, 0.0]
    with pytest.raises(LogError, match=f"decision {row} \\(action 'search'\\)"):
        action_ratios(journeys, target, broken)


def test_a_single_eligible_action_has_ratio_1():
    journeys, target, behaviour = log(20)
    alone = replace(journeys, eligible=np.eye(3, dtype=bool)[journeys.action])
    assert np.all(action_ratios(alone, target, behaviour * 0.5) == 1.0)
