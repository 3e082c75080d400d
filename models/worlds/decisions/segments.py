"""Who responds to what? Four groups of customers that three facts tell, among six, and two messages.

Everybody's margin goes with how often they ordered; a message changes it by group. The groups are planted: by
whether a customer has the app, and by age with it, by past orders without it. City, basket and months with
the shop tell nothing of how anyone responds. Each is given a coupon, a mail or nothing, by lot.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
ARMS = ("none", "coupon", "mail")
FACTS = ("age", "app", "basket", "city", "months", "orders")
YOUNG, FEW = 35, 3
"""The oldest of the young, and the most orders that are few."""
EFFECT = np.array([[0.0, 4.0, 1.0], [0.0, -1.5, 0.0], [0.0, 1.0, 2.5], [0.0, -1.0, 0.5]])  # (groups, arms)
"""EUR of margin: the young with the app, others with it, those without it who ordered rarely, or often."""
BASE, PER_ORDER, NOISE = 12.0, 1.5, 9.0
"""EUR of margin: of nobody's orders, of each past order, and the spread beside."""
WINDOW_DAYS = 14


@dataclass(frozen=True)
class Customers:
    """n customers, each decided about once."""

    group: NDArray[np.int64]  # (n,) 0..3
    arm: NDArray[np.int64]  # (n,) index into ARMS
    facts: Floats  # (n, 6)
    margin: Floats  # (n,) EUR in the window, message included


def draw_customers(size: Size, *, alike: bool = False) -> Customers:
    """Everybody, with what followed; alike: of customers who all respond in the same way."""
    rng, n = size.random(), size.entities
    age, app = rng.integers(18, 76, n), rng.random(n) < 0.45
    basket, city = np.round(rng.gamma(4.0, 12.0, n), 2), rng.random(n) < 0.3
    months, orders = rng.integers(1, 61, n), rng.negative_binomial(2, 2 / 6.0, n)
    group = np.where(app, np.where(age <= YOUNG, 0, 1), np.where(orders <= FEW, 2, 3))
    arm = rng.integers(0, len(ARMS), n)
    effect = EFFECT.mean(axis=0)[arm] if alike else EFFECT[group, arm]
    margin = BASE + PER_ORDER * np.minimum(orders, 20) + effect + NOISE * rng.standard_normal(n)
    facts = np.column_stack((age, app, basket, city, months, orders)).astype(np.float64)
    return Customers(group, arm, facts, np.round(margin, 2))


def _tables(size: Size) -> Tables:
    drawn, rng = draw_customers(size), size.random(1)
    who = np.arange(size.entities)
    day = rng.integers(0, max(size.days - WINDOW_DAYS, 1), size.entities)
    user = ids("u", who)
    facts = dict(zip(FACTS, drawn.facts.T, strict=True))
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": ids("m", who),
                "ts": size.clock(day, 9.0),
                "user_id": user,
                "channel": np.array(ARMS)[drawn.arm],
                "campaign_id": "autumn",
                "cost": np.zeros(size.entities),
                "propensity": np.full(size.entities, 1 / len(ARMS)),
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": ids("p", who),
                "user_id": user,
                "ts": size.clock(day + WINDOW_DAYS - 1, 18.0),
                "revenue": np.maximum(drawn.margin, 0.0),
                "margin": drawn.margin,
            }
        ),
        "users": pl.DataFrame(
            {"user_id": user, "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0), **facts}
        ),
    }


SEGMENTS = DecisionWorld(
    name="segments",
    purpose="four planted groups that respond differently, among facts that tell nothing",
    entities=30_000,
    days=42,
    tables=_tables,
)
