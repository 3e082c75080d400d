"""Shops on platforms: budgets are spent, twins are null, luck depends on no policy, truth is exact."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.worlds.shops.delivery import Auction, deliver
from models.worlds.shops.draw import HALVES, draw_setting
from models.worlds.shops.iroas import marginal_iroas
from models.worlds.shops.logs import write_logs
from models.worlds.shops.opening import open_shop
from models.worlds.shops.settings import null_twin
from models.worlds.shops.truth import after_log, mature_starts, over_log, spaced
from models.worlds.shops.world import ShopWorld
from models.worlds.truth import Horizon
from tests.benchmarks.split_night import Size, open_night

SMALL = {"entities": 600, "days": 50}
SHORT = Horizon(days=7, tail_days=7, futures=(1, 2))


def a_shop(index: int = 0, *, seed: int = 3, **changes: object) -> ShopWorld:
    settings = replace(draw_setting("development", index), **changes)  # type: ignore[arg-type]
    return open_shop(settings, seed=seed, **SMALL)


def passed(world: ShopWorld, days: int) -> ShopWorld:
    for _ in range(days):
        world.expect()
    return world


def test_halves_twins_and_numbers_are_settings_of_their_own() -> None:
    drawn = [draw_setting(half, i) for half in HALVES for i in range(4)]
    assert len({replace(s, name="") for s in drawn}) == 8
    assert drawn[0] == draw_setting("development", 0)
    assert all(s.hidden_targeting == 0 and s.ad_effects == 1 for s in drawn)
    twin = draw_setting("development", 0, null=True)
    assert replace(twin, name=drawn[0].name, ad_effects=1.0) == drawn[0]
    assert draw_setting("development", 0, hidden_targeting=1.5) == replace(drawn[0], hidden_targeting=1.5)


@pytest.mark.parametrize("cap", [1, 2])
def test_a_budget_is_spent_in_expectation_and_the_cap_is_kept(cap: int) -> None:
    rng = np.random.default_rng(0)
    n, k = 4000, 3
    eligible = rng.random((n, k)) < 0.7
    price, budget = np.array([0.2, 0.1, 0.3]), np.array([100.0, 60.0, 150.0])
    day = Auction(
        eligible, np.exp(0.3 * rng.standard_normal((n, k))), budget, price, np.array([2, 0, 1]), cap, 0.99
    )
    runs = [deliver(day, rng.random((n, k))) for _ in range(200)]
    spent = np.mean([run.shown.sum(0) * price for run in runs], axis=0)
    assert spent == pytest.approx(budget, rel=0.01)
    assert np.mean([run.chance.sum(0) * price for run in runs], axis=0) == pytest.approx(budget, rel=0.01)
    assert all(run.shown.sum(1).max() <= cap and not (run.shown & ~eligible).any() for run in runs)


def test_a_worlds_spend_follows_its_budgets_and_its_multipliers() -> None:
    world = a_shop(0, season=0.0, drift=0.0, budget_shock=0.0)
    budget = world.daily_budget
    spend = np.mean([world.step().cost_micros.sum(0) / 1e6 for _ in range(40)], axis=0)
    assert spend == pytest.approx(budget, rel=0.15)
    half = np.mean([world.step(np.full(world.k, 0.5)).cost_micros.sum(0) / 1e6 for _ in range(10)], axis=0)
    assert half == pytest.approx(budget / 2, rel=0.25)


def test_the_calendar_moves_demand_and_budgets_together() -> None:
    world = a_shop(1, season=0.25, season_days=50.0, season_phase=0.0, drift=0.0, budget_shock=0.0)
    days = [world.expect() for _ in range(50)]
    spend, margin = (
        np.array([x.sum() for x in v]) for v in ([d.cost for d in days], [d.margin for d in days])
    )
    assert spend[:25].mean() > 1.15 * spend[25:].mean() and margin[:25].mean() > 1.1 * margin[25:].mean()


def test_today_is_all_ones_and_a_step_is_what_was_to_be_expected() -> None:
    told, ones, each, lived = (a_shop(2) for _ in range(4))
    for _ in range(20):
        today = told.expect()
        for other in (
            ones.expect(np.ones(ones.k)),
            each.expect(np.ones((each.n, each.k))),
            lived.step().outlook,
        ):
            assert (other.margin == today.margin).all() and (other.cost == today.cost).all()


@pytest.mark.parametrize("index", [1, 5])
def test_averages_are_the_mean_of_what_happens(index: int) -> None:
    world = open_shop(draw_setting("development", index), seed=3, entities=4000, days=40)
    days = [world.step() for _ in range(40)]
    lived = np.array([[d.margin_micros.sum(), d.cost_micros.sum()] for d in days]).sum(0) / 1e6
    told = np.array([[d.outlook.margin.sum(), d.outlook.cost.sum()] for d in days]).sum(0)
    orders = np.concatenate([d.margin_micros[d.margin_micros > 0] for d in days]) / 1e6
    luck = 4 * np.sqrt(len(orders) * np.square(orders).mean())
    assert abs(lived[0] - told[0]) < luck < 0.25 * told[0] and lived[1] == pytest.approx(told[1], rel=0.02)
    shown, chance = (np.array([v.sum(0) for v in u]).sum(0) for u in (
        [d.delivered.shown for d in days], [d.delivered.chance for d in days]
    ))  # fmt: skip
    assert shown == pytest.approx(chance, rel=0.03)


@pytest.mark.parametrize("index", [0, 3])
def test_ads_of_a_null_twin_change_nothing_but_spend(index: int) -> None:
    settings = draw_setting("development", index)
    world = passed(open_shop(null_twin(settings), seed=3, **SMALL), SMALL["days"])
    assert (world.daily_budget == open_shop(settings, seed=3, **SMALL).daily_budget).all()
    m = np.ones(world.k)
    m[0] = 0.5
    truth = after_log(world, SHORT)
    found = truth.score(m)
    assert found.margin == 0.0 and found.spend[0] < 0 and found.uplift == pytest.approx(-found.spend.sum())
    assert truth.score(np.ones(world.k)).uplift == 0.0


def test_delivery_depends_on_logged_things_alone_unless_targeting_is_hidden() -> None:
    def weights(hidden: float) -> np.ndarray:
        world = passed(a_shop(0, hidden_targeting=hidden), 20)
        eligible = np.ones((world.n, world.k), bool)
        _, today = world.calendar.on(21)
        before = world._auction(eligible, today).weight
        people = world.customers
        people.hot, people.mood, people.stock = ~people.hot, -people.mood, people.stock + 1
        return before / world._auction(eligible, today).weight

    assert (weights(0.0) == 1).all() and (weights(1.0) != 1).all()


def test_a_fork_keeps_the_calendar_only_where_it_is_told_to() -> None:
    world = passed(a_shop(1, drift=0.2), 20)
    same, own = world.fork(99, same_calendar=True), world.fork(99)
    for _ in range(8):
        days = [w.calendar.on(w.day - w.first_day)[1] for w in (world, same, own)]
        assert (days[0].shock == days[1].shock).all() and (days[0].shock != days[2].shock).all()
        looks = [w.expect() for w in (world, same, own)]
    assert not (looks[0].margin == looks[1].margin).all()


def test_truth_over_the_log_counts_its_own_windows_and_finds_what_channels_earn() -> None:
    world = a_shop(3)
    starts = mature_starts(world.first_day, SMALL["days"], SHORT)
    assert all(b - a == 7 for a, b in pairwise(starts)) and len(starts) == 5
    assert spaced(starts, 5) == starts and len(spaced(starts, 3)) == 3
    truth = over_log(world, starts, SHORT, windows=2)
    assert world.day == world.first_day and [w.day in starts for w in truth.starts] == [True, True]
    found = truth.score(np.full(world.k, 0.7))
    assert found.spend.sum() < 0 and 0 < found.error < found.profit_today
    slopes = marginal_iroas(truth)
    assert len(slopes) == world.k * (1 + len(world.segments))
    assert all(np.isfinite(s.estimate) and s.error > 0 for s in slopes)


@pytest.mark.parametrize(("tier", "index"), [("A", 1), ("A+", 0)])
def test_logs_are_staged_without_a_row_refused(tmp_path: Path, tier: str, index: int) -> None:
    from flows.stages.night_stages import stage_logs

    world = a_shop(index)
    write_logs(world, days=SMALL["days"], tier=tier, out=tmp_path / "logs")  # type: ignore[arg-type]
    (tmp_path / "night").mkdir()
    night = open_night(world.settings, tmp_path / "logs", tmp_path / "night", 14, Size())  # type: ignore[arg-type]
    events = stage_logs(night)
    assert events.tier == tier and all(not t.quarantined and not t.duplicate for t in events.counts)
    margin = pl.read_parquet(tmp_path / "logs" / "purchases.parquet")["margin"]
    assert margin.min() > 0  # type: ignore[operator]
    opportunities = pl.read_parquet(tmp_path / "logs" / "opportunities.parquet")
    assert opportunities["ts"].dt.hour().is_between(8, 19).all()
