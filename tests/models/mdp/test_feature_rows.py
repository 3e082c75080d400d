"""Rows of a table that are gathered when they are asked for."""

import numpy as np

from models.mdp import FeatureRows, some_of
from models.mdp.feature_rows import feature_moments

TABLE = np.array([[1, 7, 0], [3, 7, np.nan], [5, 7, 2]], np.float32)
ROWS = np.array([2, 0, 0, 1])


def test_a_part_is_the_rows_of_the_table() -> None:
    found = FeatureRows(TABLE, ROWS)
    assert found[:].tolist()[:3] == [[5, 7, 2], [1, 7, 0], [1, 7, 0]]
    assert found[1:3].tolist() == [[1, 7, 0], [1, 7, 0]]
    assert (len(found), found.shape, found.dtype) == (4, (4, 3), np.float32)
    some = some_of(found, np.array([0, 3]))
    assert isinstance(some, FeatureRows) and some.rows.tolist() == [2, 1]
    assert some_of(TABLE, np.array([0]))[:].tolist() == TABLE[:1].tolist()


def test_standardised_rows_have_the_tables_moments_and_unknown_values_are_the_mean() -> None:
    mean, sd = feature_moments(TABLE)
    assert mean.tolist() == [3, 7, 1]  # unknown values left out
    np.testing.assert_allclose(sd, [np.sqrt(8 / 3), 0, 1])
    found = FeatureRows(TABLE, np.arange(3), (mean, sd))[:]
    np.testing.assert_allclose(found[:, 0], (TABLE[:, 0] - 3) / np.sqrt(8 / 3), rtol=1e-6)
    assert found[:, 1].tolist() == [0, 0, 0]  # a constant
    assert found[:, 2].tolist() == [-1, 0, 1]
    assert found.dtype == np.float32


def test_rows_are_the_same_however_many_are_asked_for() -> None:
    table = np.random.default_rng(2).normal(1000, 3, (40_000, 2)).astype(np.float32)
    found = FeatureRows(table, np.arange(40_000), feature_moments(table))
    assert np.array_equal(found[:][17_000:17_100], found[17_000:17_100])
