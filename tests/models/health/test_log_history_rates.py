"""How often a sound log is stopped: over simulated logs of every kind that the checks must bear."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.health.daily_log import DailyLog, LargestAmounts
from models.health.log_history import DatedCheck, examine_history
from models.health.silence_checks import silence_findings
from models.health.spend_checks import allowed, middle_of, money_findings
from models.worlds import simulate
from models.worlds.catalogue import WORLDS
from models.worlds.shops.draw import draw_setting
from models.worlds.shops.logs import write_logs
from models.worlds.shops.opening import open_shop
from tests.sql.tiny_logs import stage
from tests.told import said as told_of

CHANNELS = ("display", "search", "social", "video")
FIRST_DAY = 20_000


def drawn_log(seed: int) -> DailyLog:
    """60 to 150 days of a shop nobody meddled with.

    Demand has a season, weekdays, weeks that drift, promotions, and with some shops closed weekends; ad
    rates follow it. Channels are of any size down to one ad in two days; some begin or end, some run every
    other fortnight. Costs of an ad are lognormal, orders have a Pareto tail of 1.1, reports come late.
    """
    rng = np.random.default_rng([11, seed])
    n, k = int(rng.integers(60, 151)), len(CHANNELS)
    demand = drawn_demand(rng, n)
    runs = np.stack([np.ones(n, np.bool_), *(drawn_activity(rng, n) for _ in CHANNELS[1:])], axis=1)
    size = np.exp(rng.uniform(np.log(0.5), np.log(100), k))
    size[0] += 3.0  # one channel goes on throughout: where all ads end, a stop is right
    shock = np.exp(rng.normal(0, rng.uniform(0, 0.4, k), (n, k)))
    chances = rng.poisson(3 * size * np.sqrt(demand)[:, None] * runs)
    shown = np.minimum(rng.poisson(size * demand[:, None] * shock * runs), chances)
    price, spread = np.exp(rng.normal(-2, 1, k)), rng.uniform(0.1, 1.2, k)
    costs = [np.exp(rng.normal(np.log(price[c]), spread[c], shown[:, c].sum())) * 1e6 for c in range(k)]
    places = [np.repeat(np.arange(n), shown[:, c]) for c in range(k)]
    cost = np.stack([np.bincount(places[c], costs[c], n) for c in range(k)], axis=1)
    age = np.arange(n)[::-1]
    share = 1 - np.exp(-(age + 1) / rng.uniform(0.3, 8))
    bought = rng.binomial(rng.poisson(np.exp(rng.uniform(np.log(0.5), np.log(60))) * demand), share)
    orders, of_day = 3e7 * (rng.pareto(1.1, bought.sum()) + 1), np.repeat(np.arange(n), bought)
    middle = np.array([np.median(orders[of_day == d]) if bought[d] else 0 for d in range(n)])
    largest = [largest_of("cost", name, costs[c], places[c]) for c, name in enumerate(CHANNELS)]
    largest.append(largest_of("revenue", "none", orders, of_day))
    return DailyLog(
        channels=CHANNELS,
        day=FIRST_DAY + np.arange(n),
        channel_days={
            "impressions": shown,
            "paid_impressions": shown,
            "cost_micros": cost.astype(np.int64),
            "opportunities": chances,
            "clicks": rng.binomial(shown, 0.03),
        },
        shop_days={
            "purchases": bought,
            "revenue_micros": np.bincount(of_day, orders, n).astype(np.int64),
            "median_revenue_micros": middle.astype(np.int64),
            "visits": rng.poisson(5 * demand),
        },
        reported_share=share,
        report_lag=np.zeros(n, np.int64),
        marked=np.zeros(n, np.bool_),
        largest=tuple(amounts for amounts in largest if amounts.micros),
    )


def drawn_demand(rng: np.random.Generator, n: int) -> NDArray[np.float64]:
    """(n,) with a mean of about 1."""
    day = np.arange(n)
    weekday = rng.dirichlet(np.full(7, 20.0)) * 7
    if rng.random() < 0.2:
        weekday[5:] = 0.0  # closed
    season = np.exp(rng.uniform(0, 0.8) * np.sin(2 * np.pi * (day / rng.uniform(60, 365) + rng.random())))
    weeks = np.zeros(n // 7 + 1)
    for w in range(1, len(weeks)):
        weeks[w] = 0.7 * weeks[w - 1] + rng.normal(0, 0.25)
    promotion = np.where(rng.random(n) < 0.02, rng.uniform(2, 6, n), 1.0)
    return weekday[day % 7] * season * np.exp(weeks[day // 7]) * promotion


def drawn_activity(rng: np.random.Generator, n: int) -> NDArray[np.bool_]:
    """(n,) when a channel runs: always, from or until some day, or every other fortnight."""
    day, kind, at = np.arange(n), rng.integers(0, 5), rng.integers(5, n - 5)
    return {2: day >= at, 3: day < at, 4: ((day + at) // 14) % 2 == 0}.get(int(kind), day >= 0)


def largest_of(kind: str, channel: str, amounts: NDArray[np.float64], place: NDArray) -> LargestAmounts:
    order = np.argsort(-amounts)[:20]
    micros, day = amounts[order].astype(np.int64), FIRST_DAY + place[order]
    return LargestAmounts(kind, channel, tuple(micros.tolist()), tuple(day.tolist()), len(amounts))


def alarms(findings: tuple[DatedCheck, ...]) -> list[str]:
    return [told_of(f.check) for f in findings if f.check.status != "ok"]


def test_a_drawn_log_is_not_stopped() -> None:
    """None of 600 is stopped or warned of. The limits were set with these 600 in view, so they hold what was
    reached and are no estimate. The rate is that of 3,000 drawn afterwards (seeds from 10,000), the limits as
    they stand: 3 stopped, 1 in 1,000 (95 %: 0.2 to 2.9 in 1,000), and 5 more warned of."""
    stopped = []
    for seed in range(600):
        log = drawn_log(seed)
        found = (
            *money_findings(log, single_step=False),
            *silence_findings(log, by_channel=True),
        )
        stopped += [(seed, text) for text in alarms(found)[:1]]
    assert stopped == []


@pytest.mark.parametrize("rows_a_day", [1, 3, 10, 30, 100])
def test_a_day_of_heavy_tailed_costs_is_rarely_off(rows_a_day: int) -> None:
    """Of 20,000 days none is off where costs are lognormal, and fewer than 1 in 1,000 where their tail is the
    heaviest that has a name; the worst found is 1 in 1,500, at 100 rows a day."""
    rng = np.random.default_rng(1)
    size = (20_000, rows_a_day)
    for costs, most in ((np.exp(1.5 * rng.standard_normal(size)), 0), (rng.pareto(1.0, size) + 1, 20)):
        spend = np.log(costs.sum(axis=1))
        assert (spend - middle_of(spend) > allowed(spend)).sum() <= most


@pytest.mark.slow
@pytest.mark.parametrize("index", range(12))
def test_a_shop_of_the_second_family_is_never_stopped(index: int, tmp_path: Path) -> None:
    """Shops with seasons, budgets that follow demand, shocks and heavy-tailed orders. Twelve without an alarm
    would be seen once in twenty where the rate is 22 %: the rate itself is that of the drawn logs above."""
    shop = open_shop(draw_setting("development", index), seed=index, entities=300, days=70)
    write_logs(shop, days=70, tier="A", out=tmp_path / "log")
    assert alarms(of_folder(tmp_path / "log")) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(WORLDS))
def test_a_world_of_the_first_family_is_never_stopped(name: str, tmp_path: Path) -> None:
    simulate(name, out=tmp_path / "log", entities=250, days=63, seed=3)
    assert alarms(of_folder(tmp_path / "log")) == []


def of_folder(folder: Path) -> tuple[DatedCheck, ...]:
    events = stage(folder, as_of=date(2026, 11, 20), time_zone="Europe/Berlin")
    return examine_history(events, single_step=False)
