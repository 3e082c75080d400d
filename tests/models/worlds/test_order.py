"""The world where the order of events decides: its truth, its twin, its logs."""

from pathlib import Path

import numpy as np
import polars as pl

from models.worlds import simulate
from models.worlds.order import (
    BUYS,
    CLICKED,
    COST,
    IDLE,
    NEWSLETTER,
    OFFER,
    ORDER,
    ORDER_TWIN,
    READY,
    OrderWorld,
)


def test_an_offer_sells_after_a_click_and_then_a_visit() -> None:
    """Every customer's last two events, day by day, against what the world says."""
    world, seen = OrderWorld(ORDER, 300, 1, 0), [""] * 300
    for _ in range(40):
        expected = [events.endswith("cv") for events in seen]
        assert world.sells.tolist() == expected
        today = world.step()
        for k in np.flatnonzero(today.clicked | today.visited):
            seen[k] += "c" if today.clicked[k] else "v"
    assert {IDLE, CLICKED, READY} == set(world.last.tolist())


def test_in_the_twin_it_sells_to_who_visited_twice_in_a_week() -> None:
    world, visits = OrderWorld(ORDER_TWIN, 300, 1, 0), np.zeros((30, 300), bool)
    for day in range(30):
        assert np.array_equal(world.sells, visits[max(day - 7, 0) : day].sum(axis=0) >= 2)
        visits[day] = world.step().visited


def test_what_a_day_brings_on_average_is_what_it_brings() -> None:
    """Of 20,000 customers and 20 days: purchases, margin and cost within five standard errors."""
    world = OrderWorld(ORDER, 20_000, 2, 0)
    days = [world.step() for _ in range(20)]
    margin = sum(day.revenue_micros.sum() for day in days) * ORDER.margin_rate / 1e6
    bought = sum((day.revenue_micros > 0).sum() for day in days)
    expected = sum(day.outlook.margin.sum() for day in days)
    assert abs(margin - expected) < 5 * np.sqrt(bought) * 25
    cost = sum(day.cost_micros.sum() for day in days) / 1e6
    offers = sum((day.action == OFFER).sum() for day in days)
    assert abs(cost - sum(day.outlook.cost.sum() for day in days)) < 5 * COST[1] * np.sqrt(offers)
    usual = 20 * sum(BUYS) / 2 * 20_000
    assert usual < bought < 2 * usual


def test_nobody_is_left_without_a_newsletter_on_its_day() -> None:
    today = OrderWorld(ORDER, 500, 3, 0).step()
    assert (today.action[today.opportunities[:, NEWSLETTER - 1]] == NEWSLETTER).all()
    assert (today.opportunities.sum(axis=1) == 1).all()


def test_it_is_simulated_like_any_other(tmp_path: Path) -> None:
    for folder in ("one", "same"):
        simulate("order", out=tmp_path / folder, entities=80, days=12)
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert {"clicks.parquet", "impressions.parquet", "opportunities.parquet"} < set(names)
    for name in names:
        one, same = (pl.read_parquet(tmp_path / folder / name) for folder in ("one", "same"))
        assert one.equals(same)
    simulate("order-twin", out=tmp_path / "twin", tier="C", entities=80, days=12)
    assert {path.stem for path in (tmp_path / "twin").iterdir()} == {"purchases", "totals"}
