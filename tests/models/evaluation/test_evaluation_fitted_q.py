"""Fitted Q: slots, shrinkage of rare actions, and the same bits on any number of threads."""

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.regression_cells import slot_rows
from models.mdp.sample_split import fold_of
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(4, buy=0.2)
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
PI = masked(np.array([1.0, 2.0, 0.7]), WORLD)


def log(entities: int, *, noise: int = 0, mu: np.ndarray = MU):
    """Journeys with `noise` more features that mean nothing."""
    rng = np.random.default_rng(6)
    journeys = WORLD.draw(mu, entities, rng)
    s = states_of(journeys)
    features = np.column_stack([journeys.features, rng.normal(size=(len(s), noise))])
    return replace(journeys, features=features), s


def test_the_next_row_always_lies_in_a_later_slot():
    """Two decisions a day, late entries: slots go by days left and by order within the day."""
    journeys, _ = log(50)
    twice = np.repeat(np.arange(len(journeys.action)), 2)  # every decision becomes two sub-steps of a day
    first = np.flatnonzero(np.diff(journeys.journey[twice], prepend=-1))
    doubled = replace(
        journeys,
        journey=journeys.journey[twice],
        t=(np.arange(len(twice)) - first[journeys.journey[twice]]).astype(np.int32),
        cluster=journeys.cluster[twice],
        action=journeys.action[twice],
        days_left=journeys.days_left[twice],
    )
    fold = fold_of(doubled.cluster_key, 3)[doubled.cluster]
    slots = slot_rows(doubled, fold, 3)
    n = len(twice)
    assert slots.n_slots == 4 * 2
    slot = np.searchsorted(slots.segments[:, 0, 0], np.arange(n), side="right") - 1
    has_next = slots.following < n
    assert np.all(slot[slots.following[has_next]] > slot[has_next])
    assert has_next.sum() == n - doubled.n_journeys
    np.testing.assert_array_equal(np.sort(slots.order), np.arange(n))
    for u in range(slots.n_slots):
        for f in range(3):
            for a in range(3):
                rows = slots.order[slots.of_action(u, f, a)]
                assert np.all(fold[rows] == f) and np.all(doubled.action[rows] == a)
                assert len(set(doubled.days_left[rows].tolist())) <= 1


def test_many_useless_features_and_a_rare_action_do_not_explode():
    """40 features of noise, 300 journeys, an action logged a handful of times in each slot: least squares per
    action has more coefficients than rows. Shrinkage must do better, and stay below twice the truth."""
    rare = masked(np.array([3.0, 1.0, 0.15]), WORLD)
    journeys, s = log(300, noise=40, mu=rare)
    assert 10 < (journeys.action == 2).sum() < 80
    truth = WORLD.value(PI)[1:]

    def costs(ridge: float) -> np.ndarray:
        value = DoublyRobust(journeys, rare[s], folds=2, ridge=ridge).value(PI[s])
        return (journeys.scale * value.fitted_q.sum(axis=0))[1:3]

    shrunk, free = np.abs(costs(1.0) - truth), np.abs(costs(1e-12) - truth)
    assert np.all(shrunk < 0.5 * truth)
    assert shrunk.sum() < free.sum()


def test_the_same_bits_on_any_number_of_threads():
    journeys, s = log(8000, noise=30)
    assert len(s) >= 20_000  # so that folds run side by side
    found = []
    for threads in (1, 2):
        with threadpool_limits(limits=threads, user_api="blas"):
            value = DoublyRobust(journeys, MU[s], folds=2, ridge=1.0).value(PI[s])
        found.append((value.self_normalised.tobytes(), value.fitted_q.tobytes()))
    assert found[0] == found[1]


def test_each_fold_is_valued_by_the_other_folds_only():
    """Change one fold's outcomes: Q of that fold's rows must not change, except through the penalties."""
    journeys, s = log(400)
    fold = fold_of(journeys.cluster_key, 2)[journeys.cluster]
    changed = replace(journeys, outcomes=journeys.outcomes.copy())
    changed.outcomes[fold == 0] += 5.0
    before = DoublyRobust(journeys, MU[s], folds=2, ridge=1e-9).model
    after = DoublyRobust(changed, MU[s], folds=2, ridge=1e-9).model
    after._ridges = before._ridges
    q_before, q_after = before.fit(PI[s]).q, after.fit(PI[s]).q
    np.testing.assert_array_equal(q_before[fold == 0], q_after[fold == 0])
    assert np.abs(q_before[fold == 1] - q_after[fold == 1]).max() > 1


def test_states_of_no_journey_are_valued_as_a_journeys_first_row_is():
    """The same state, entity and policy: the same V, whether or not a regression held the row."""
    journeys, s = log(200)
    model = DoublyRobust(journeys, MU[s], folds=2, ridge=1.0).model
    fitted = model.fit(PI[s])
    first = np.flatnonzero((journeys.t == 0) & (journeys.days_left == journeys.days_left.max()))
    assert len(first) > 50
    entity = journeys.cluster_key[journeys.cluster[first]]
    found = model.first_values(fitted, journeys.features[first], entity, PI[s[first]])
    np.testing.assert_allclose(found, fitted.v[first], rtol=1e-5, atol=1e-8)
