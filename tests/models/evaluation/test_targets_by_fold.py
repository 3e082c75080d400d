"""A policy that learnt by folds is judged as what it is: for each fold another policy, known before."""

import numpy as np

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.marginal_weights import MarginalWeights
from models.evaluation.estimators.targets import TargetByFold, left_out, own
from models.mdp.journeys import Journeys
from models.mdp.sample_split import fold_of
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

FOLDS, LOGS = 2, 60
WORLD = tabular_world(5, buy=0.3)
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
POLICIES = [masked(np.array(w), WORLD) for w in ([1.0, 4.0, 0.3], [1.0, 0.3, 4.0])]
"""What the folds have learnt: as different as can be."""


def fold_of_rows(journeys: Journeys) -> np.ndarray:
    return fold_of(journeys.cluster_key, FOLDS)[journeys.cluster]


def by_fold(journeys: Journeys) -> TargetByFold:
    seen = np.stack([policy[states_of(journeys)] for policy in POLICIES])
    return TargetByFold(seen, fold_of_rows(journeys))


def estimator(journeys: Journeys, folds: int = FOLDS) -> DoublyRobust:
    return DoublyRobust(journeys, MU[states_of(journeys)], folds=folds, ridge=1.0)


def test_what_is_said_of_a_fold_is_what_its_policy_alone_would_get() -> None:
    """Up to the penalty of rho, which all folds share: here there is next to none."""
    journeys = WORLD.draw(MU, 400, np.random.default_rng(5))
    dr, target, fold = estimator(journeys), by_fold(journeys), fold_of_rows(journeys)
    rho = MarginalWeights(dr.model.x, dr.model.slots, FOLDS, ridge=1e-13)
    ratios = np.column_stack([dr.ratios(policy) for policy in target.of_fold])
    found, reached = dr.model.fit(target), rho.fit(ratios)
    for k in range(FOLDS):
        mine, alone = fold == k, dr.model.fit(target.of_fold[k])
        np.testing.assert_array_equal(found.q[mine], alone.q[mine])
        np.testing.assert_array_equal(found.v[mine], alone.v[mine])
        np.testing.assert_allclose(reached[mine], rho.fit(ratios[:, k])[mine], rtol=1e-9)


def test_folds_that_learnt_the_same_are_one_policy() -> None:
    journeys = WORLD.draw(MU, 300, np.random.default_rng(6))
    dr, one = estimator(journeys), POLICIES[0][states_of(journeys)]
    same = TargetByFold(np.stack([one, one]), fold_of_rows(journeys))
    np.testing.assert_array_equal(dr.contributions(same), dr.contributions(one))


def test_an_evaluation_of_four_folds_splits_those_of_the_policy() -> None:
    journeys = WORLD.draw(MU, 400, np.random.default_rng(7))
    target, fold = by_fold(journeys), fold_of_rows(journeys)
    four = fold_of(journeys.cluster_key, 4)[journeys.cluster]
    for k in range(4):
        mine = four == k
        assert len(set(fold[mine])) == 1  # dealt by one hash
        np.testing.assert_array_equal(left_out(target, k, 4)[mine], own(target)[mine])
    rows = np.arange(len(fold))  # entities of two policies in one fold: every row its own
    np.testing.assert_array_equal(left_out(target, 0, 3), target.of_fold[fold, rows])


def test_the_estimate_is_right_and_that_of_mixed_nuisances_is_not() -> None:
    """Errors in standard errors of their mean over 60 logs: |z| > 4 happens once in 15,000."""
    errors = np.empty((LOGS, 2))
    for i in range(LOGS):
        journeys = WORLD.draw(MU, 300, np.random.default_rng(100 + i))
        dr, target = estimator(journeys), by_fold(journeys)
        share = np.bincount(fold_of(journeys.cluster_key, FOLDS)) / len(journeys.cluster_key)
        truth = sum(s * WORLD.truth(p)[0] for s, p in zip(share, POLICIES, strict=True))
        for j, asked in enumerate((target, own(target))):
            errors[i, j] = journeys.scale * dr.contributions(asked)[:, 0].sum() - truth
    z = np.sqrt(LOGS) * errors.mean(axis=0) / errors.std(axis=0, ddof=1)

    assert abs(z[0]) < 4
