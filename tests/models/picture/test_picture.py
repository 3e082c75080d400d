"""What the pages draw, from small cases whose answer is plain."""

from dataclasses import replace

import numpy as np
import pytest

from models.mdp import DailyMoney
from models.picture.channel_uplifts import channel_uplifts
from models.picture.pacing import DAYS, daily_money, logged_range, pacing, weeks_of
from models.picture.response_curves import response_curves
from models.split.delivery import profit_of
from models.split.doubt import bootstrap_interval
from tests.models.agents.tables import table
from tests.models.split.response_worlds import ResponseWorld

WORLD = ResponseWorld(spend=(100.0, 200.0, 50.0), iroas=(2.0, 0.4, 1.0), saturation=(1.0, 1.0, 1.0))
MONDAY = 4  # 1970-01-05


def test_the_parts_of_an_uplift_add_up_to_it() -> None:
    delivery, multipliers = WORLD.log(1), np.array([1.5, 0.5, 1.0])
    total = float((profit_of(delivery.at(multipliers)) - profit_of(delivery.today())).sum()) + 3.0
    interval = bootstrap_interval(delivery.cluster_key)
    parts = channel_uplifts(delivery, multipliers, total=total, interval=interval, level=0.95)
    assert [p.channel for p in parts] == ["channel_a", "channel_b"]  # the third stays
    assert sum(p.estimate for p in parts) == pytest.approx(total)
    assert all(p.low < p.estimate < p.high for p in parts)
    assert parts[0].estimate > 0 and parts[1].estimate > 0  # raising a good one, cutting a bad one
    still = channel_uplifts(delivery, np.ones(3), total=0.0, interval=interval, level=0.95)
    assert still == ()


def test_a_response_curve_is_zero_today_and_follows_the_world() -> None:
    delivery = WORLD.log(2, clusters=4_000)
    interval = bootstrap_interval(delivery.cluster_key)
    current = dict(zip(delivery.channels, WORLD.spend, strict=True)) | {"channel_c": 0.0}
    curves = response_curves(
        delivery, current=current, logged={"channel_a": (80.0, 120.0)}, interval=interval, level=0.95
    )
    assert [c.channel for c in curves] == ["channel_a", "channel_b"]  # no budget, no curve
    first = curves[0]
    assert first.budgets == (50.0, 100.0, 150.0, 200.0) and first.margin[1] == 0.0
    assert (first.logged_low, first.logged_high) == (80.0, 120.0)
    truth = [WORLD.margin(np.array([m, 1.0, 1.0])) for m in (0.5, 1.0, 1.5, 2.0)]
    np.testing.assert_allclose(first.margin, truth, rtol=0.1)  # shares of 4,000 entities, spread 0.5


def spending(daily: list[float], first_day: int):
    """One entity that sees an ad every day, at these costs."""
    n = len(daily)
    rows = table(
        actions=("none", "search"),
        features=np.zeros((n, 1)),
        eligible=np.ones((n, 2)),
        action=np.ones(n, np.int64),
        margin=np.zeros(n),
        cost=np.array(daily),
        length=n,
    )
    return replace(rows, day=(first_day + np.arange(n)).astype(np.int32))


def test_weeks_begin_on_monday_and_only_whole_ones_count() -> None:
    rows = spending([9.0, 9.0, *([1.0] * 7), *([2.0] * 7), 9.0], MONDAY - 2)
    money = daily_money(rows)
    weeks = weeks_of(money)
    assert [(w.week_start, w.spend) for w in weeks] == [("1970-01-05", 7.0), ("1970-01-12", 14.0)]
    assert logged_range(money, 7) == {"search": (pytest.approx(8.0), pytest.approx(21.0))}
    assert logged_range(money, 30) == {}


def test_a_week_with_an_excluded_day_is_no_week_to_learn_from() -> None:
    """One day of two million is taken out: nothing on the page may still know of it."""
    week = [1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 0.0]
    money = daily_money(spending([*week * 2, *week[:6], 2e6, *week * 3], MONDAY))
    excluded = (MONDAY + 20,)
    assert [w.spend for w in weeks_of(money, excluded)] == [10.0] * 5
    assert [w.week_start for w in weeks_of(money, excluded)][1:3] == ["1970-01-12", "1970-01-26"]
    assert [d.high for d in pacing(money, 700.0, 0.95, excluded)][6] == pytest.approx(0.0)
    assert logged_range(money, 7, excluded) == {"search": (pytest.approx(10.0), pytest.approx(10.0))}
    assert logged_range(money, 42, excluded) == {}


def test_the_logged_range_is_of_budgets_where_they_were_typed_in() -> None:
    """Curves are drawn over budgets: today's own, which is never spent whole, is no guess."""
    money = daily_money(spending([1.0] * 7 + [2.0] * 7 + [3.0] * 7, MONDAY))
    whole = np.array([[True]] * 6 + [[False]] + [[True]] * 14)  # the first week lacks a day
    plans = DailyMoney(("search",), MONDAY, np.full((21, 1), 4_000_000), whole)
    assert logged_range(money, 7, (), plans) == {"search": (pytest.approx(7.0), pytest.approx(28.0))}
    later = DailyMoney(("search",), MONDAY + 14, plans.micros[:7], whole[7:14])
    assert logged_range(money, 7, (), later) == {"search": (pytest.approx(7.0), pytest.approx(28.0))}


def test_today_s_budget_is_in_the_logs() -> None:
    delivery = WORLD.log(2, clusters=400)
    current = dict(zip(delivery.channels, WORLD.spend, strict=True))
    curves = response_curves(
        delivery,
        current=current,
        logged={"channel_a": (60.0, 90.0)},
        interval=bootstrap_interval(delivery.cluster_key),
        level=0.95,
    )
    assert (curves[0].logged_low, curves[0].logged_high) == (60.0, 100.0)


def test_a_weekday_stands_out_by_its_mean_and_not_by_chance() -> None:
    """Without a rhythm at most 5 % of logs name a day: more than 21 of 200 do so less than once in 1,000."""
    draws = np.random.default_rng(7)

    def named(rhythm: list[float]) -> list[str]:
        spent = np.tile(rhythm, 10) * draws.lognormal(0.0, 0.1, 70)
        return [
            d.label
            for d in pacing(daily_money(spending(spent.tolist(), MONDAY)), 700.0, 0.95)
            if d.stands_out
        ]

    assert sum(named([100.0] * 7) != [] for _ in range(200)) <= 21
    assert "Sunday" in named([100.0] * 6 + [140.0])
    assert [d.stands_out for d in pacing(daily_money(spending([3.0] * 42, MONDAY)), 700.0, 0.95)] == [
        False
    ] * 7


def test_pacing_spreads_a_week_as_the_log_did() -> None:
    week = [1.0, 1.0, 1.0, 1.0, 2.0, 4.0, 0.0]
    days = pacing(daily_money(spending(week * 6, MONDAY)), 700.0, 0.95)
    assert [d.label for d in days] == list(DAYS)
    assert [d.spend for d in days] == pytest.approx([70.0, 70.0, 70.0, 70.0, 140.0, 280.0, 0.0])
    assert all(d.low == pytest.approx(d.spend) for d in days)  # every week was the same
    assert all(d.stands_out for d in days)
    assert pacing(daily_money(spending(week * 3, MONDAY)), 700.0, 0.95) == ()
