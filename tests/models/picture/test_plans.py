"""Budgets that were typed in, beside what was spent and what a night recommended."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp.daily_money import DailyMoney, planned_budgets, spend_of_exposures
from models.picture.pacing import weeks_of
from models.picture.plans import followed, with_plans
from models.results import WeekSpend
from sql.events import Events

MONDAY = 4  # 1970-01-05
WEEKS = (WeekSpend("1970-01-05", 70.0, None), WeekSpend("1970-01-12", 70.0, None))
EURO = 1_000_000


def money(a: float, b: float, days: int = 14) -> DailyMoney:
    """The same of channels a and b on every day from a Monday on, currency units."""
    micros = np.tile(np.array([a * EURO, b * EURO]).astype(np.int64), (days, 1))
    return DailyMoney(("a", "b"), MONDAY, micros, np.ones((days, 2), np.bool_))


def without(plans: DailyMoney, day: int, channel: int) -> DailyMoney:
    """The plans, one row of them never logged."""
    micros, logged = plans.micros.copy(), plans.logged.copy()
    micros[day, channel], logged[day, channel] = 0, False
    return replace(plans, micros=micros, logged=logged)


def planned(plans: DailyMoney, spend: DailyMoney) -> list[float | None]:
    return [week.budget for week in with_plans(WEEKS, plans, spend)]


def test_money_is_read_by_day_and_channel(tmp_path: Path) -> None:
    """Two exposures of a day add up; what `none` says is left out; no row is no plan, not a plan of 0."""
    rows = {"day": [4, 4, 6, 6], "action": [2, 2, 1, 0], "cost_micros": [5, 6, 7, 9]}
    pl.DataFrame(rows).write_parquet(tmp_path / "exposures.parquet")
    none = {"day": pl.Int32, "action": pl.Int16, "planned_micros": pl.Int64}
    pl.DataFrame(schema=none).write_parquet(tmp_path / "budgets.parquet")
    events = Events(tmp_path, "A", "", ("none", "a", "b"), (), (), (), 4, 6, 2, (), (), ())
    spend = spend_of_exposures(events)
    assert (spend.channels, spend.first_day) == (("a", "b"), 4)
    assert spend.micros.tolist() == [[0, 11], [0, 0], [7, 0]]
    assert spend.logged.tolist() == [[False, True], [False, False], [True, False]]
    assert planned_budgets(events).total(4, 6)[1].tolist() == [False, False]
    assert weeks_of(planned_budgets(events)) == ()


def test_a_week_s_plan_is_the_sum_of_its_days_and_channels() -> None:
    assert planned(money(10.0, 2.5), money(8.0, 2.0)) == [87.5, 87.5]
    assert planned(money(10.0, 2.5, days=13), money(8.0, 2.0)) == [87.5, None]  # its Sunday is not there
    assert planned(money(10.0, 2.5, days=0), money(8.0, 2.0)) == [None, None]


def test_a_plan_for_some_channels_is_not_held_against_the_spend_of_all() -> None:
    partly = without(money(10.0, 2.5), day=2, channel=1)
    assert planned(partly, money(8.0, 2.0)) == [None, 87.5]
    assert planned(partly, money(8.0, 0.0)) == [85.0, 87.5]  # b spent nothing: what is there of it counts


@pytest.mark.parametrize(
    ("a", "b", "answer"),
    [
        (70.0, 14.0, True),
        (75.0, 9.0, True),  # each within the platform's step of 5
        (76.0, 14.0, False),
        (70.0, 20.0, False),
    ],
)
def test_followed_means_within_a_rounding_step_in_every_channel(a: float, b: float, answer: bool) -> None:
    recommended = (("a", a), ("b", b))
    assert followed(money(10.0, 2.0), recommended, MONDAY, MONDAY + 7, step=5.0) is answer


def test_without_every_day_s_budget_nobody_knows_unless_another_channel_tells() -> None:
    partly = without(money(10.0, 2.0), day=0, channel=1)
    assert followed(partly, (("a", 70.0), ("b", 14.0)), MONDAY, MONDAY + 7, step=5.0) is None
    assert followed(partly, (("a", 99.0), ("b", 14.0)), MONDAY, MONDAY + 7, step=5.0) is False
    assert followed(partly, (("a", 70.0), ("new", 1.0)), MONDAY, MONDAY + 7, step=5.0) is None
    assert followed(partly, (), MONDAY, MONDAY + 7, step=5.0) is None
    assert followed(money(10.0, 2.0, days=5), (("a", 70.0),), MONDAY, MONDAY + 7, step=5.0) is None
