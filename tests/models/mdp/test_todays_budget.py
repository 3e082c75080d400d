"""Today's budget, from a few days of spend whose answer is plain."""

from typing import Any

import numpy as np
import pytest

from models.mdp.daily_money import DailyMoney
from models.mdp.todays_budget import TodaysBudget, todays_budget

DAYS = 70


def money(**daily: list[float]) -> DailyMoney:
    """Channel -> currency units by day, from day 100 on; None would be a day without a row."""
    units = np.array([[float("nan") if x is None else x for x in row] for row in daily.values()]).T
    micros = np.rint(np.nan_to_num(units) * 1e6).astype(np.int64)
    return DailyMoney(tuple(daily), 100, micros, ~np.isnan(units))


def today(spend: DailyMoney, plans: DailyMoney | None = None, **more: Any) -> TodaysBudget:
    last = int(more.pop("last_day", 99 + len(spend.micros)))
    return todays_budget(spend, plans, days=range(100, last + 1), **{"period_days": 7} | more)


def test_a_channel_that_stopped_spends_nothing_and_one_that_began_all_it_spends_now() -> None:
    found = today(
        money(
            stopped=[8.0] * 35 + [0.0] * 35,
            steady=[3.0] * DAYS,
            started=[0.0] * 56 + [16.0] * 14,
        )
    )
    assert found.budgets == found.spent == {"stopped": 0.0, "steady": 21.0, "started": 112.0}
    assert found.total == 133.0


def test_typed_budgets_stand_where_every_day_of_the_period_has_one() -> None:
    spend = money(search=[5.0] * 14, video=[5.0] * 14)
    plans = money(search=[9.0] * 14, video=[9.0] * 13 + [None])  # type: ignore[list-item]
    found = today(spend, plans)
    assert found.budgets == {"search": 63.0, "video": 35.0}
    assert found.spent == {"search": 35.0, "video": 35.0}


@pytest.mark.parametrize(
    ("late", "expected"),
    [(0, 14.0), (3, 14.0), (4, 12.0), (11, 0.0)],  # late, late, one day lost to silence, stopped
)
def test_a_feed_may_run_three_days_late(late: int, expected: float) -> None:
    assert today(money(search=[2.0] * 30), last_day=129 + late).spent == {"search": expected}


def test_a_period_without_an_excluded_day_counts_where_there_is_one() -> None:
    outage = money(search=[2.0] * 20 + [0.0] + [2.0] * 3)  # day 120 is lost
    assert today(outage, excluded_days=(120,)).spent == {"search": 14.0}
    assert today(outage).spent == {"search": 12.0}
    assert today(outage, excluded_days=tuple(range(100, 124, 5))).spent == {"search": 12.0}  # no whole week


def test_a_log_shorter_than_a_period_stands_for_one_by_its_average_day() -> None:
    """A week's budget is no sum of three days; a test that is over cost what it cost."""
    short = money(search=[2.0, 5.0, 2.0], video=[0.0, 0.0, 3.0])
    plans = money(search=[4.0] * 3, video=[None] * 3)  # type: ignore[list-item]
    assert today(short).spent == {"search": 21.0, "video": 7.0}
    assert today(short, plans).budgets == {"search": 28.0, "video": 7.0}
    assert today(short, single_step=True).spent == {"search": 9.0, "video": 3.0}
    assert today(money(search=[2.0] * 3), last_day=104).spent == {"search": 14.0}  # late
    assert today(money(search=[]), last_day=99).spent == {"search": 0.0}
    assert today(money(search=[2.0] * 60), period_days=28).spent == {"search": 56.0}
