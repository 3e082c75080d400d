"""Stock whose orders take two days: the best policy from the log's demand, and what nights make of it."""

import json
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import poisson

from models.restock import DayCosts, Demand, average_cost, best_reorder_policy
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.reorder_lead_time import (
    ACTIONS,
    HOLDING,
    LEAD_DAYS,
    MEAN,
    ORDER,
    REORDER_LEAD_TIME,
    STOCK_OUT,
    Days,
    cost_of,
    draw_days,
    habit,
    order_up_to,
)
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.nights import evidence_of, night_of

COSTS = DayCosts(ORDER, HOLDING, STOCK_OUT, LEAD_DAYS)
DRAWS, NIGHTS = 40, 4
NEAR = 1.03
RULE = "at 11 up to 24"
PERIOD_DAYS, COUNTED_DAYS = 7, 14
PEOPLE = 20_000
"""SKUs that the truth of a week is worked out on."""


def figures() -> list[Figure]:
    return [*_from_demand(), *_nights()]


def _from_demand() -> list[Figure]:
    best = best_reorder_policy(wanted(), COSTS)
    costs, at_once = [], []
    for seed in range(DRAWS):
        demand = demand_of(draw_days(Size(20, REORDER_LEAD_TIME.days, 100 + seed, LAST_DAY)))
        found = best_reorder_policy(demand, COSTS)
        costs.append(average_cost(found.at, found.up_to, wanted(), COSTS))
        same_day = DayCosts(ORDER, HOLDING, STOCK_OUT)
        found = best_reorder_policy(demand, same_day)
        at_once.append(average_cost(found.at, found.up_to, wanted(), COSTS))
    return [
        Figure(
            f"orders that take two days, best ({best.at}, {best.up_to}) at {best.cost:.2f} EUR a day by "
            "dynamic programming: within 3 % of the cost from a log",
            f"{np.mean(costs):.2f} on average and {max(costs):.2f} at most in {DRAWS} logs of 20 SKUs and 60 "
            f"days; {np.mean(at_once):.2f} as if orders came at once",
            max(costs) <= NEAR * best.cost,
        )
    ]


def wanted() -> Demand:
    """Of a day, as the world draws it."""
    p = poisson.pmf(np.arange(40), MEAN)
    return Demand(p, float(1.0 - p.sum()))


def demand_of(days: Days) -> Demand:
    """Of demand that waits all of it is seen: morning less evening."""
    seen = np.bincount(days.stock - days.evening)
    return Demand(seen / seen.sum(), 0.0)


def _nights() -> list[Figure]:
    truth, found, held, promised = week_of_the_rule(), [], 0, []
    for seed in range(1, NIGHTS + 1):
        with tempfile.TemporaryDirectory() as name:
            night = night_of("reorder_lead_time", Path(name), seed=seed)
            positions, plan = by_position(night)
            found.append(cost_of(plan, positions))
            row = evidence_of(night, RULE)
            held += float(str(row["uplift_low"])) <= truth <= float(str(row["uplift_high"]))
            promised.append(float(str(row["uplift"])))
    positions = np.arange(-20, 41)
    habits, best = cost_of(habit(positions), positions), cost_of(order_up_to(11, 24)(positions), positions)
    return [
        Figure(
            f"a night's own plan, where habit costs {habits:.2f} and the best level {best:.2f}: within 3 %",
            f"{np.mean(found):.2f} on average, {min(found):.2f} to {max(found):.2f} in {NIGHTS} nights of "
            f"{REORDER_LEAD_TIME.entities} SKUs and {REORDER_LEAD_TIME.days} days, by the position alone",
            max(found) <= NEAR * best,
        ),
        Figure(
            f"a night's interval of the best rule's uplift holds what a week of it brings, {truth:,.0f} EUR",
            f"{held} of {NIGHTS}; {np.mean(promised):,.0f} said on average",
            held == NIGHTS,
        ),
    ]


def by_position(night: Path) -> tuple[np.ndarray, np.ndarray]:
    """Positions (p,) and chances (p, 4) of every action on average over SKUs in them, those between as the
    nearest."""
    features = json.loads((night / "transitions/columns.json").read_text())["features"]
    at = [[one["name"] for one in features].index(name) for name in ("stock", "on_order")]
    position = sum(pl.col("features").arr.get(k) for k in at)
    rows = pl.read_parquet(night / "transitions/transitions.parquet", columns=["entity", "features"])
    known = rows.select("entity", position=position).unique("entity", keep="last")
    plan = pl.read_parquet(night / "next_best_action.parquet").join(known, on="entity")
    told = plan.group_by("position").agg(pl.col(f"probability:{name}").mean() for name in ACTIONS)
    there = told.sort("position")
    seen = there["position"].to_numpy().astype(np.int64)
    every = np.arange(seen[0], seen[-1] + 1)
    nearest = np.abs(seen[:, None] - every).argmin(axis=0)
    return every, there.drop("position").to_numpy()[nearest]


def week_of_the_rule() -> float:
    """EUR that a week of the best rule, and habit again, saves the world's SKUs by the end of the tail."""
    size = Size(PEOPLE, COUNTED_DAYS, 7, LAST_DAY)
    saved = draw_days(size).cost.sum() - draw_days(size, order_up_to(11, 24), PERIOD_DAYS).cost.sum()
    return float(saved) * REORDER_LEAD_TIME.entities / PEOPLE
