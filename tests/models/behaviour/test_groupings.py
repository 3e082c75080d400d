"""Cells of days, eligible sets and kinds of people."""

import numpy as np
import pytest

from models.behaviour.groupings import KIND, Coordinates, Kinds, _numbers, groupings_of

EVEN = np.full((2_000, 2), 0.5)
"""What a smooth model says."""


def test_cells_are_numbered_in_the_order_of_their_codes_without_holes() -> None:
    """Days 3 and 40 alone: two cells, and one more where the eligible set differs."""
    eligible = np.array([[1, 1, 0], [1, 1, 0], [1, 1, 1], [1, 1, 0]], bool)
    day = np.array([40, 3, 40, 3])
    where = Coordinates.of(eligible, day, ("none", "search", "social"))
    base = np.array([[0.2, 0.8, 0.0], [0.2, 0.8, 0.0], [0.01, 0.01, 0.98], [0.6, 0.4, 0.0]])
    found = {g.name: g for g in groupings_of(where, np.zeros(4, np.int64), base)}
    assert found["day"].cell.tolist() == [1, 0, 1, 0] and found["day"].cells == 2
    assert found["week"].cell.tolist() == [1, 0, 1, 0]
    assert found["social possible x day"].cell.tolist() == [1, 0, 2, 0]
    assert "search possible x day" not in found  # possible throughout: no news
    assert found["grade of search x eligible set"].cell.tolist() == [1, 1, 2, 0]
    assert found["grade of search x week"].cell.tolist() == [3, 2, 0, 1]


def test_many_codes_on_few_rows_give_the_same_cells_as_few_codes() -> None:
    """Kinds numbered in the millions are sorted, those in tens are counted in a table: one partition."""
    rng = np.random.default_rng(1)
    kind = rng.integers(0, 40, 2_000)
    where = Coordinates.of(np.ones((2_000, 2), bool), rng.integers(0, 50, 2_000), ("none", "ad"))
    few, many = (list(groupings_of(where, k, EVEN)) for k in (kind, kind * 1_000_003))
    assert [g.name for g in few] == [g.name for g in many]
    for one, other in zip(few, many, strict=True):
        assert one.cells == other.cells
        np.testing.assert_array_equal(one.cell, other.cell)


def test_only_the_wanted_groupings_are_made() -> None:
    where = Coordinates.of(np.ones((4, 2), bool), np.arange(4), ("none", "ad"))
    assert [g.name for g in groupings_of(where, None, EVEN[:4], ["day", "week"])] == ["week", "day"]
    assert [g.name for g in groupings_of(where, np.arange(4), EVEN[:4], [KIND])] == [KIND]


@pytest.mark.parametrize("n_actions", [3, 62, 63, 64, 65, 130])
def test_sets_of_any_number_of_actions_are_told_apart(n_actions: int) -> None:
    sets = np.vstack([np.eye(n_actions, dtype=bool), np.ones((2, n_actions), bool)])
    numbers = _numbers(sets, 2)
    assert len(np.unique(numbers)) == n_actions + 1 and numbers.min() >= 0
    assert numbers[-1] == numbers[-2]


def test_grades_tell_a_day_of_half_the_budget_from_one_of_lower_odds() -> None:
    """A chance of .2 and one of .6, by the smooth model, share no cell of a day, though one of kinds."""
    base = np.array([[0.8, 0.2], [0.4, 0.6], [0.8, 0.2], [0.4, 0.6]])
    where = Coordinates.of(np.ones((4, 2), bool), np.array([0, 0, 1, 1]), ("none", "ad"))
    found = {g.name: g for g in groupings_of(where, np.zeros(4, np.int64), base)}
    assert found["grade x day"].cell.tolist() == [2, 0, 3, 1]
    assert found["day"].cell.tolist() == [0, 0, 1, 1]


def test_kinds_are_grown_where_the_smooth_model_is_wrong() -> None:
    """It knows what the first feature does, though that is most of delivery, and not what the second does."""
    rng = np.random.default_rng(3)
    features = rng.random((20_000, 2)).astype(np.float32)
    known = 0.1 + 0.6 * features[:, 0]
    taken = rng.random(len(features)) < known + np.where(features[:, 1] > 0.7, 0.15, -0.05)
    missed = np.column_stack([known - taken, taken - known])
    kind = Kinds(features, np.arange(len(features)), missed).of(features, np.arange(len(features)))
    sides = [np.unique(features[kind == k, 1] > 0.7).size for k in np.unique(kind)]
    assert np.mean([side == 1 for side in sides]) > 0.8
