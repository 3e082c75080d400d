"""Bounds for gates: confidence sequences for repeated looks."""

import numpy as np
import pytest

from models.evaluation.intervals.confidence_sequence import (
    lower_bound,
    sequence_level,
    sequence_multiplier,
    sequence_reach,
)


def test_a_sequence_is_shortest_near_the_users_it_is_tuned_for():
    """Against sequences tuned elsewhere, at 10,000 users; and never shorter than one night's interval."""
    here = {tuned: sequence_multiplier(10_000, 0.95, tightest_at=tuned) for tuned in (100, 10_000, 10**6)}
    assert here[10_000] < here[100] and here[10_000] < here[10**6]
    assert 1.96 < here[10_000] < 3.1
    around = [sequence_multiplier(10_000, 0.95, tightest_at=int(10_000 * f)) for f in (0.5, 0.8, 1.25, 2.0)]
    assert here[10_000] < 1.001 * min(around)


def test_one_sided_bounds_are_nearer():
    errors = np.array([2.0, np.nan])
    two = sequence_reach(errors, 5000, 0.95, tightest_at=5000)
    one = sequence_reach(errors, 5000, 0.95, tightest_at=5000, one_sided=True)
    assert one[0] < 0.95 * two[0] and np.isnan(one[1]) and np.isnan(two[1])
    assert lower_bound(10.0, 2.0, 5000, 0.95, tightest_at=5000) == pytest.approx(10 - one[0])
    assert lower_bound(10.0, float("nan"), 5000, 0.95, tightest_at=5000) == float("-inf")


def test_the_level_that_makes_a_nightly_interval_a_sequence():
    level = sequence_level(8000, 0.95, tightest_at=8000)
    assert 0.997 < level < 0.9985  # 3.0 standard errors in place of 1.96


@pytest.mark.parametrize(("users", "level"), [(0, 0.95), (10, 1.0), (10, 0.0)])
def test_a_sequence_without_users_or_doubt_is_an_error(users: int, level: float):
    with pytest.raises(ValueError, match="at least one user"):
        sequence_multiplier(users, level, tightest_at=100)
