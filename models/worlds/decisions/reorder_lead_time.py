"""When to order, and up to which level, where an order takes two days to come and demand waits.

Every morning the shop counts a SKU's stock on hand and on order, and orders up to a level or not at all;
what it orders comes two mornings later. It orders by habit and by lot, the sooner the less there is. An order
costs 16 EUR whatever its size, a unit on hand 1 EUR an evening, and one that waits 9 EUR. By the position,
stock on hand and on order less what waits, the best policy is known (`models.restock`): up to 24 units at 11
or less, at 13.77 EUR a day.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import poisson

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids, no_purchases

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = np.array([20, 24, 28])
"""Units that position is ordered up to; an order up to less than there is orders nothing."""
ACTIONS = ("none", *(str(level) for level in LEVELS))
MEAN = 4.0
"""Units wanted a day, Poisson."""
LEAD_DAYS = 2
ORDER, HOLDING, STOCK_OUT = 16.0, 1.0, 9.0
"""EUR of an order, and an evening of a unit on hand and of one that waits."""
HABIT_AT, HABIT_WIDTH, HABIT_MOST = 12.0, 3.0, 0.9
"""How sure the shop orders: half of the most at the first, which it is at little stock."""
OPENING_DAYS = 14
"""Lived through before the log begins."""
Rule = Callable[[Ints], Floats]
"""From positions (n,) to chances (n, 4) of nothing and of every level."""


def habit(position: Ints) -> Floats:
    """(n, 4) chances of nothing and of every level, by position (n,)."""
    orders = HABIT_MOST * expit((HABIT_AT - position) / HABIT_WIDTH)
    return np.column_stack([1.0 - orders, *[orders / len(LEVELS)] * len(LEVELS)])


@dataclass(frozen=True)
class Days:
    """n days of SKUs, by SKU and day."""

    sku: Ints  # (n,)
    day: Ints  # (n,)
    stock: Ints  # (n,) on hand in the morning, below 0 what waits
    on_order: Ints  # (n,) still to come
    action: Ints  # (n,) index into ACTIONS
    propensity: Floats  # (n,) of it
    ordered: Ints  # (n,) units
    evening: Ints  # (n,) on hand in the evening, below 0 what waits

    @cached_property
    def cost(self) -> Floats:
        """(n,) EUR."""
        return (
            ORDER * (self.ordered > 0)
            + HOLDING * np.maximum(self.evening, 0)
            + STOCK_OUT * np.maximum(-self.evening, 0)
        )


def draw_days(size: Size, rule: Rule = habit, first_days: int = 0) -> Days:
    """All SKUs on all days of the log, of which a rule may decide the first ones, and then habit."""
    rng, n = size.random(), size.entities
    hand, coming = rng.integers(8, 24, n), np.zeros((LEAD_DAYS, n), np.int64)
    days = []
    for day in range(-OPENING_DAYS, size.days):
        hand = hand + coming[0]
        on_order = coming[1:].sum(axis=0)
        chances = (rule if 0 <= day < first_days else habit)(hand + on_order)
        action = (rng.random(n)[:, None] > chances.cumsum(axis=1)[:, :-1]).sum(axis=1)
        up_to = np.r_[0, LEVELS][action]
        ordered = np.where(action > 0, np.maximum(up_to - hand - on_order, 0), 0)
        coming = np.vstack([coming[1:], ordered])
        morning, hand = hand, hand - rng.poisson(MEAN, n)
        days.append((morning, on_order, action, chances[np.arange(n), action], ordered, hand))
    columns = [np.stack(column, axis=1)[:, OPENING_DAYS:].ravel() for column in zip(*days, strict=True)]
    number = np.tile(np.arange(size.days), n)
    return Days(np.repeat(np.arange(n), size.days), number, *columns)


def order_up_to(at: int, level: int) -> Rule:
    """Up to a level of LEVELS wherever the position is `at` or less."""

    def rule(position: Ints) -> Floats:
        return np.eye(len(ACTIONS))[np.where(position <= at, ACTIONS.index(str(level)), 0)]

    return rule


def cost_of(plan: Floats, positions: Ints) -> float:
    """EUR a day, in the long run, of a plan (p, 4) of actions by position (p,), ascending without gaps;
    beyond the first and last as there. Positions are a Markov chain, and a day's cost is that of the evening
    in which what is ordered now has come."""
    low, high = -60, 60
    states = np.arange(low, high + 1)
    chances = plan[np.clip(states - positions[0], 0, len(positions) - 1)]
    day, lead = poisson.pmf(np.arange(40), MEAN), poisson.pmf(np.arange(120), MEAN * (LEAD_DAYS + 1))
    over = states[:, None] - np.arange(120)
    evening = (HOLDING * np.maximum(over, 0) + STOCK_OUT * np.maximum(-over, 0)) @ lead
    moves, cost = np.zeros((len(states), len(states))), np.zeros(len(states))
    for a, level in enumerate((low, *LEVELS.tolist())):
        after = np.maximum(states, level)  # the position after the order
        cost += chances[:, a] * (ORDER * (after > states) + evening[after - low])
        for k, chance in enumerate(day.tolist()):
            np.add.at(moves, (np.arange(len(states)), np.maximum(after - k - low, 0)), chances[:, a] * chance)
    moves /= moves.sum(axis=1, keepdims=True)
    system = np.vstack([moves.T - np.eye(len(states)), np.ones(len(states))])
    share = np.linalg.lstsq(system, np.r_[np.zeros(len(states)), 1.0], rcond=None)[0]
    return float(share @ cost)


def _tables(size: Size) -> Tables:
    drawn = draw_days(size)
    n = len(drawn.sku)
    sku = ids("s", np.arange(size.entities))
    who, evening = sku.gather(drawn.sku), size.clock(drawn.day, 21.0)
    followed = (
        ("on hand", np.maximum(drawn.evening, 0)),
        ("waiting", np.maximum(-drawn.evening, 0)),
        ("orders", (drawn.ordered > 0).astype(np.int64)),
    )
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": ids("o", np.arange(n)),
                "ts": size.clock(drawn.day, 5.0),
                "user_id": who,
                "channel": np.array(ACTIONS)[drawn.action],
                "campaign_id": "daily",
                "cost": np.zeros(n),
                "propensity": drawn.propensity,
                "stock": drawn.stock,
                "on_order": drawn.on_order,
            }
        ),
        "outcomes": pl.concat(
            pl.DataFrame(
                {"entity_id": who, "ts": evening, "name": name, "value": value.astype(np.float64)}
            ).filter(pl.col("value") > 0)
            for name, value in followed
        ),
        "purchases": no_purchases(),
        "users": pl.DataFrame(
            {"user_id": sku, "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0)}
        ),
    }


REORDER_LEAD_TIME = DecisionWorld(
    name="reorder_lead_time",
    purpose="orders take two days: stock on hand and on order decide together, and the best policy is known",
    entities=800,
    days=60,
    tables=_tables,
)
