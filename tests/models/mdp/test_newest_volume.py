"""A promise speaks of as many entities as come today, not of those of the log's average day."""

import numpy as np
import pytest

from models.mdp.newest_volume import newest_volume
from models.mdp.windows import Windows


def volume(rows: list[tuple[int, int]], *windows: tuple[int, int], period_days: int = 2) -> float:
    """Of rows (entity, day), sorted, and windows (first day, first day after)."""
    entity, day = (np.array(column) for column in zip(*rows, strict=True))
    start, end = (np.array(column, np.int64) for column in zip(*windows, strict=True))
    return newest_volume(entity, day.astype(np.int32), Windows(start, end, single_step=False), period_days)


def test_a_shop_that_stands_still_is_as_large_today_as_it_was():
    assert volume([(e, day) for e in (1, 2) for day in range(100, 106)], (100, 102)) == 1.0


def test_a_shop_that_grew_is_judged_by_those_who_come_today():
    always = [(1, day) for day in range(100, 106)]
    newcomers = [(e, day) for e in (2, 3) for day in (104, 105)]
    assert volume(always + newcomers, (100, 102), (102, 104)) == 3.0


def test_one_that_shrank_too():
    assert volume([(1, d) for d in range(100, 106)] + [(2, d) for d in (100, 101)], (100, 102)) == 0.5


def test_a_day_of_many_decisions_is_one_day():
    often = [(1, 100), (1, 101), (1, 102), (1, 102), (1, 102), (1, 103)]
    assert volume(often, (100, 102)) == 1.0


def test_a_day_that_nobody_logged_is_no_fall():
    outage = [(e, day) for e in (1, 2) for day in (100, 101, 102, 103, 105)]
    assert volume(outage, (100, 102)) == 1.0


def test_days_between_the_windows_and_the_newest_period_count_for_neither():
    rows = [(1, d) for d in range(100, 106)] + [(e, 102) for e in range(2, 20)]
    assert volume(rows, (100, 102)) == 1.0


@pytest.mark.parametrize("period_days", [2, 30])
def test_a_period_longer_than_the_log_is_all_of_it(period_days: int):
    rows = [(1, d) for d in range(100, 104)] + [(2, d) for d in (102, 103)]
    assert volume(rows, (100, 102), period_days=period_days) == (2.0 if period_days == 2 else 1.5)
