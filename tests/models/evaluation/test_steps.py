"""Sums over clusters and over cells are taken block by block, and are what one pass over all rows gives."""

from functools import partial

import numpy as np
import pytest

from models.evaluation.estimators import steps as module
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.steps import Steps, index_steps
from tests.models.evaluation.tabular_world import masked, states_of, tabular_world

WORLD = tabular_world(5, buy=0.3)
MU = masked(np.array([3.0, 1.0, 1.0]), WORLD)
JOURNEYS = WORLD.draw(MU, 300, np.random.default_rng(1))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """Of 300 clusters in blocks of some fifty rows."""
    monkeypatch.setattr(module, "BLOCK_ROWS", 50)
    return index_steps(JOURNEYS)


def test_blocks_add_up_to_the_sums_of_every_cluster(steps: Steps) -> None:
    factor = np.random.default_rng(2).normal(size=len(JOURNEYS.action))
    expected = np.zeros((JOURNEYS.n_clusters, JOURNEYS.outcomes.shape[1]))
    np.add.at(expected, JOURNEYS.cluster, factor[:, None] * JOURNEYS.outcomes)  # row after row, as they come
    np.testing.assert_array_equal(steps.over_clusters(factor, JOURNEYS.outcomes), expected)


def test_blocks_add_up_to_the_sums_of_every_cluster_and_step(steps: Steps) -> None:
    factor = np.random.default_rng(3).normal(size=len(JOURNEYS.action))
    found = steps.over_cells(factor, JOURNEYS.outcomes)
    key = JOURNEYS.cluster * steps.n_steps + steps.t
    cell = np.unique(key, return_inverse=True)[1]
    expected = np.zeros((cell.max() + 1, JOURNEYS.outcomes.shape[1]))
    np.add.at(expected, cell, factor[:, None] * JOURNEYS.outcomes)
    np.testing.assert_array_equal(found, expected)


def test_rows_may_be_worked_out_when_their_block_is_summed(steps: Steps) -> None:
    factor, values = np.ones(len(JOURNEYS.action)), JOURNEYS.outcomes
    for total in (steps.over_clusters, steps.over_cells):
        np.testing.assert_array_equal(total(factor, lambda part: values[part]), total(factor, values))


def test_the_row_after_is_the_same_journeys(steps: Steps) -> None:
    rows = np.arange(len(JOURNEYS.action), dtype=np.float64)[:, None]
    same = np.append(np.diff(JOURNEYS.journey) == 0, False)
    expected = np.where(same, np.arange(1, len(rows) + 1), 0)
    np.testing.assert_array_equal(steps.ahead(rows, slice(0, len(rows)))[:, 0], expected)
    np.testing.assert_array_equal(steps.ahead(rows, slice(20, 70))[:, 0], expected[20:70])


@pytest.mark.parametrize("discounted", [False, True])
def test_residuals_of_a_stretch_are_those_of_the_whole(discounted: bool) -> None:
    discount = 0.99**JOURNEYS.t if discounted else None
    mu = MU[states_of(JOURNEYS)]
    dr = DoublyRobust(JOURNEYS, mu, folds=2, ridge=1.0, discount=discount)
    residual = partial(dr.residual, dr.model.fit(mu))
    np.testing.assert_array_equal(residual(slice(30, 90)), residual()[30:90])
