"""Delivery whose budget reaches people as a platform likes them: what cells miss, and trees find."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from models.behaviour.behaviour import Behaviour, fit_behaviour_policy
from models.behaviour.boosted import boost, see
from models.mdp.transition_table import Transitions
from tests.models.behaviour.test_behaviour import softmax_logger, table

DAYS, USERS = 40, 2_000


def auction(seed: int = 5) -> tuple[Transitions, np.ndarray]:
    """One channel spends a day's budget on whom it likes, by a product of two traits: q = min(.99, rate of
    the day x exp(liking)), the rate between a tenth and all. The log, and (n,) q."""
    rng = np.random.default_rng(seed)
    n, day = USERS * DAYS, np.tile(np.arange(DAYS), USERS)
    traits = rng.normal(size=(n, 2))
    rate = rng.uniform(0.1, 1.0, DAYS)[day]
    q = np.minimum(rate * np.exp(0.8 * traits.prod(axis=1) - 0.2), 0.99)
    action = (rng.random(n) < q).astype(int)
    features = np.column_stack([traits, rng.normal(size=n)])
    return table(np.repeat(np.arange(USERS), DAYS), features, np.tile([True, True, False], (n, 1)), action), q


@pytest.fixture(scope="module")
def fitted() -> tuple[Transitions, np.ndarray, Behaviour]:
    t, q = auction()
    return t, q, fit_behaviour_policy(t, folds=2, seed=1)


def test_trees_find_how_a_days_budget_reaches_people(
    fitted: tuple[Transitions, np.ndarray, Behaviour],
) -> None:
    """A quarter of what the cells leave of the missing likelihood, at least; and near the truth on tight and
    on ample days alike."""
    t, q, b = fitted
    assert b.fit is not None and b.fit.boosted > 0
    best = float(np.log(np.where(t.action == 1, q, 1 - q)).mean())
    assert b.fit.boosted > (best - (b.fit.chosen - b.fit.boosted)) / 4
    shown = b.probabilities[:, 1]
    for tenth in np.split(np.argsort(q), 10):
        assert shown[tenth].mean() == pytest.approx(q[tenth].mean(), abs=0.03)
    assert any("boosted trees" in note for note in b.notes)


def test_a_softmax_logger_needs_none() -> None:
    t, _ = softmax_logger(3_000)
    fit = fit_behaviour_policy(t, folds=2, seed=1).fit
    assert fit is not None and fit.boosted == 0.0


def test_what_is_impossible_stays_so_and_the_rest_adds_up() -> None:
    """Three actions, of which the third is taken twice as often as the model so far says."""
    rng = np.random.default_rng(1)
    n = 20_000
    eligible = np.column_stack([np.ones(n, bool), rng.random((n, 2)) < 0.7])
    p = eligible / eligible.sum(axis=1, keepdims=True)
    truth = p * [1.0, 1.0, 2.0]
    truth /= truth.sum(axis=1, keepdims=True)
    action = (truth.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)
    features, every, day = np.zeros((n, 1), np.float32), np.arange(n), np.zeros(n, np.int64)
    seen = see((features, every), eligible, p, day, None, (every, np.zeros((n, 3))))
    trees = boost(seen, action, every)
    assert trees is not None
    found = trees.applied(seen, every)
    assert np.all(found[~eligible] == 0) and found.sum(axis=1) == pytest.approx(np.ones(n))
    for eligible_set in (np.ones(3, bool), np.array([True, False, True])):
        rows = (eligible == eligible_set).all(axis=1)
        assert found[rows].mean(axis=0) == pytest.approx(truth[rows].mean(axis=0), abs=0.03)
    assert boost(seen, action, every[:1_000]) is None  # too little to learn from


def test_the_same_bits_on_any_number_of_threads() -> None:
    t, _ = auction(7)
    some = np.arange(20_000)
    p = t.eligible / 2.0
    seen = see((t.features, np.arange(t.n_rows)), t.eligible, p, t.day, None, (some, p[some] - 0.3))
    found = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            trees = boost(seen, t.action, some)
            assert trees is not None
            found.append(trees.applied(seen, some))
    np.testing.assert_array_equal(found[0], found[1])
