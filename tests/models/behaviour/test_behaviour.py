"""The behaviour policy against loggers whose probabilities are known."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from models.behaviour.behaviour import Behaviour, fit_behaviour_policy
from models.behaviour.calibration import calibration_errors, calibration_table
from models.mdp.sample_split import fold_of
from models.mdp.transition_table import Feature, Outcome, Transitions
from models.numerics.softmax_regression import fit_softmax_regression, masked_softmax
from sql.errors import LogError

ACTIONS = ("none", "search", "social")


def table(
    entity: np.ndarray,
    features: np.ndarray,
    eligible: np.ndarray,
    action: np.ndarray,
    propensity: np.ndarray | None = None,
) -> Transitions:
    n = len(entity)
    step = np.arange(n, dtype=np.int32) - np.searchsorted(entity, entity).astype(np.int32)
    return Transitions(
        entity=entity,
        day=step,
        step=step,
        action=action.astype(np.int16),
        eligible=eligible,
        features=features.astype(np.float32),
        outcomes=np.zeros((n, 1), dtype=np.int64),
        elapsed_days=np.ones(n, dtype=np.float32),
        end=np.zeros(n, dtype=np.uint8),
        mature=np.ones(n, dtype=np.bool_),
        propensity=propensity,
        segment=np.zeros(n, dtype=np.int16),
        actions=ACTIONS,
        segments=("all",),
        feature_spec=tuple(Feature(f"x{k}", "1", "") for k in range(features.shape[1])),
        outcome_spec=(Outcome("margin", "micros", "goal"),),
    )


def draw(probabilities: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return (probabilities.cumsum(axis=1) > rng.random((len(probabilities), 1))).argmax(axis=1)


def softmax_logger(users: int, days: int = 4, *, bend: float = 0.0) -> tuple[Transitions, np.ndarray]:
    """A log and its true probabilities: utilities linear in two of three features (plus a bend)."""
    rng = np.random.default_rng(5)
    n = users * days
    features = rng.normal(size=(n, 3)) * [1, 10, 0.1] + [0, 50, 0]
    eligible = rng.random((n, 3)) < [1.0, 0.6, 0.6]
    utilities = np.column_stack(
        [np.full(n, 0.5), features[:, 0] + bend * features[:, 0] ** 2, 0.1 * (features[:, 1] - 50) - 1]
    )
    truth = masked_softmax(utilities, eligible)
    entity = np.repeat(np.arange(users, dtype=np.int64), days)
    return table(entity, features, eligible, draw(truth, rng)), truth


def test_it_recovers_a_masked_softmax_logger() -> None:
    # 11 coefficients from 12,000 rows per fold: the root mean squared error is about
    # sqrt(11 / 12,000) * 0.4 = 0.012. Twice that is some 10 standard deviations of a chi-square away.
    t, truth = softmax_logger(6_000)
    b = fit_behaviour_policy(t, folds=2, seed=1)
    assert b.source == "estimated"
    assert np.sqrt(((b.probabilities - truth) ** 2).mean()) < 0.025
    assert not b.notes  # a straight logger needs no bend
    for _, error, noise in b.calibration_error:
        assert error < 5 * noise
    clone = b.model.probabilities(t.features, t.eligible, b.probabilities)
    assert b.model.name == "behaviour clone"
    assert np.sqrt(((clone - truth) ** 2).mean()) < 0.025


def test_probabilities_live_on_the_eligible_actions_only() -> None:
    t, _ = softmax_logger(500)
    b = fit_behaviour_policy(t, folds=3, seed=1)
    assert (b.probabilities[~t.eligible] == 0).all()
    assert (b.probabilities[t.eligible] > 0).all()
    np.testing.assert_allclose(b.probabilities.sum(axis=1), 1, atol=1e-12)
    alone = t.eligible.sum(axis=1) == 1
    assert alone.any()
    assert (b.probabilities[alone, 0] == 1.0).all()  # exactly
    assert b.choice_rows == (~alone).sum()


def test_an_entitys_own_actions_do_not_reach_its_probabilities() -> None:
    t, _ = softmax_logger(400)
    probed = np.flatnonzero(t.eligible.all(axis=1))[0]
    own = t.entity == t.entity[probed]
    perturbed = t.action.copy()
    perturbed[probed] = (t.action[probed] + 1) % 3
    other = table(t.entity, t.features, t.eligible, perturbed)
    before, after = (fit_behaviour_policy(x, folds=2, seed=1).probabilities for x in (t, other))
    assert (before[own] == after[own]).all()
    fold = fold_of(t.entity, 2, salt=1)
    foreign = (fold != fold[probed]) & (t.eligible.sum(axis=1) > 1)
    assert (before[foreign] != after[foreign]).any()  # they do reach the other fold's


def test_a_bent_logger_gets_squared_terms() -> None:
    t, truth = softmax_logger(6_000, bend=1.0)
    b = fit_behaviour_policy(t, folds=2, seed=1)
    assert any("squared" in note for note in b.notes)
    assert np.sqrt(((b.probabilities - truth) ** 2).mean()) < 0.03


def test_the_gradient_is_right_and_the_search_converged() -> None:
    # At the maximum of the penalised likelihood, moving any coefficient lowers it.
    t, _ = softmax_logger(300)
    model = fit_softmax_regression(t.features, t.eligible, t.action)

    def objective(intercept_step: float) -> float:
        p = masked_softmax(model.utilities(t.features) + np.array([0, intercept_step, 0]), t.eligible)
        penalty = 0.05 * (intercept_step + model.intercepts[1]) ** 2 - 0.05 * model.intercepts[1] ** 2
        return float(np.log(p[np.arange(t.n_rows), t.action]).sum() - penalty)

    assert objective(0.0) > max(objective(0.01), objective(-0.01))


def test_an_action_never_taken_keeps_a_small_probability() -> None:
    t, _ = softmax_logger(500)
    action = np.where(t.action == 2, 0, t.action)
    b = fit_behaviour_policy(table(t.entity, t.features, t.eligible, action), folds=2, seed=1)
    rare = b.probabilities[t.eligible[:, 2], 2]
    assert 0 < rare.max() < 0.1


def test_a_randomised_test_gives_its_own_thirds() -> None:
    rng = np.random.default_rng(3)
    n = 900
    eligible = np.ones((n, 3), dtype=np.bool_)
    t = table(
        np.arange(n, dtype=np.int64),
        rng.normal(size=(n, 2)),
        eligible,
        rng.integers(0, 3, n),
        np.full(n, 1 / 3),
    )
    b = fit_behaviour_policy(t, folds=2, seed=1)
    assert b.source == "logged"
    np.testing.assert_allclose(b.probabilities, 1 / 3, atol=1e-12)
    assert len(b.calibration) == 3  # one bin per action: all predictions are equal


def test_logged_propensities_hold_and_the_rest_is_shared_by_the_model() -> None:
    t, truth = softmax_logger(3_000)
    logged = truth[np.arange(t.n_rows), t.action]
    b = fit_behaviour_policy(
        table(t.entity, t.features, t.eligible, t.action, logged.copy()), folds=2, seed=1
    )
    assert b.source == "logged"
    np.testing.assert_array_equal(b.probabilities[np.arange(t.n_rows), t.action], logged)
    np.testing.assert_allclose(b.probabilities.sum(axis=1), 1, atol=1e-12)
    assert (b.probabilities[~t.eligible] == 0).all()
    assert np.abs(b.probabilities - truth).mean() < 0.01


def test_missing_propensities_mean_estimation_and_impossible_ones_an_error() -> None:
    t, truth = softmax_logger(200)
    logged = truth[np.arange(t.n_rows), t.action]
    choice = int(np.flatnonzero(t.eligible.sum(axis=1) >= 2)[0])
    logged[choice] = np.nan
    b = fit_behaviour_policy(table(t.entity, t.features, t.eligible, t.action, logged), folds=2, seed=1)
    assert b.source == "estimated"
    logged[choice] = 1.5
    with pytest.raises(LogError, match=r"propensity outside \(0, 1\], the first on day 1970-01-0\d with 1.5"):
        fit_behaviour_policy(table(t.entity, t.features, t.eligible, t.action, logged), folds=2, seed=1)


def test_no_choice_anywhere_is_no_error() -> None:
    n = 20
    only_none = np.zeros((n, 3), dtype=np.bool_)
    only_none[:, 0] = True
    t = table(np.arange(n, dtype=np.int64), np.ones((n, 2)), only_none, np.zeros(n, dtype=int))
    b = fit_behaviour_policy(t, folds=2, seed=1)
    assert (b.probabilities == only_none).all()
    assert b.calibration == () and b.choice_rows == 0


def test_the_same_bits_on_any_number_of_blas_threads() -> None:
    t, _ = softmax_logger(500)

    def fitted(threads: int) -> Behaviour:
        with threadpool_limits(threads, user_api="blas"):
            return fit_behaviour_policy(t, folds=2, seed=1)

    one, two = fitted(1), fitted(2)
    assert one.probabilities.tobytes() == two.probabilities.tobytes()
    assert one.model.model.weights.tobytes() == two.model.model.weights.tobytes()


def test_overlap_counts_none_beside_each_action() -> None:
    t, truth = softmax_logger(2_000)
    b = fit_behaviour_policy(t, folds=2, seed=1, min_probability=0.05)
    search = b.overlap[1]
    rows = t.eligible[:, 1]
    assert search.action == "search" and search.eligible_rows == rows.sum()
    assert search.mean_none_probability == pytest.approx(truth[rows, 0].mean(), abs=0.02)
    assert search.unsupported_share == pytest.approx((truth[rows, 1] < 0.05).mean(), abs=0.03)


def test_calibration_table_by_hand() -> None:
    p = np.array([[0.8, 0.2]] * 5 + [[0.4, 0.6]] * 5)
    action = np.array([0, 0, 0, 0, 1, 0, 0, 1, 1, 1])
    bins = calibration_table(
        p, np.ones((10, 2), dtype=np.bool_), action, ("none", "ad"), entity=np.arange(10)
    )
    assert [(b.action, b.rows, round(b.predicted, 9), b.observed) for b in bins] == [
        ("none", 5, 0.4, 0.4),
        ("none", 5, 0.8, 0.8),
        ("ad", 5, 0.2, 0.2),
        ("ad", 5, 0.6, 0.6),
    ]
    assert all(error == pytest.approx(0) for _, error, _ in calibration_errors(bins))


def test_a_bin_of_a_few_people_joins_its_neighbour() -> None:
    """Rows by predicted share: .1 .1 .2 .2 .3 .3, of users 1, 2 | 3, 3 | 4, 5."""
    p = np.array([0.1, 0.1, 0.2, 0.2, 0.3, 0.3])
    entity, action = np.array([1, 2, 3, 3, 4, 5]), np.array([0, 0, 1, 1, 0, 1])

    def rows(least: int) -> list[int]:
        both = np.column_stack([1 - p, p])
        eligible = np.array([[False, True]] * 6)
        bins = calibration_table(both, eligible, action, ("none", "ad"), entity=entity, min_entities=least)
        return [b.rows for b in bins]

    assert rows(1) == [2, 2, 2]
    assert rows(2) == [2, 4]
    assert rows(3) == [6]  # 4 and 5 alone are too few
    assert rows(6) == []
