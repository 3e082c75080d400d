"""Whom to keep with an offer: the loyal take it and would have stayed anyway (the sure things), the wavering
stay for it, the leaving leave.

Customers are of a kind that no log holds; orders of the past year and months since the last one tell it
nearly. Each is given an offer, a mail or nothing, by lot. An offer costs its voucher where it is redeemed.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
ARMS = ("none", "mail", "offer")
WINDOW_DAYS = 60
"""An outcome of a decision came within so many days of it."""
ACTIVE_WORTH = 15.0
"""EUR that a customer still active at the end of the window is worth beyond it; the study's weight."""
MARGIN_PER_ORDER = 8.0
KINDS = ("loyal", "wavering", "leaving")
SHARE = np.array([0.45, 0.35, 0.20])  # (kinds,)
STAYS = np.array([[0.95, 0.95, 0.95], [0.45, 0.52, 0.70], [0.08, 0.09, 0.12]])  # (kinds, arms)
"""Chance of being active when the window ends."""
ORDERS = np.array([[3.0, 3.0, 3.0], [0.8, 0.9, 1.1], [0.1, 0.1, 0.15]])  # (kinds, arms) in the window
COST = np.array([[0.0, 0.6, 5.0], [0.0, 0.6, 5.0], [0.0, 0.6, 5.0]])  # (kinds, arms) EUR where it is redeemed
REDEEMED = np.array([[1.0, 1.0, 0.9], [1.0, 1.0, 0.6], [1.0, 1.0, 0.2]])  # (kinds, arms); a mail always costs
PAST_ORDERS = np.array([14.0, 5.0, 4.0])  # (kinds,) on average, of the past year
MONTHS_AWAY = np.array([0.7, 1.5, 8.0])  # (kinds,) on average, since the last order


def value() -> Floats:
    """(kinds, arms) EUR that a customer of a kind is worth under an arm, its cost taken off."""
    return MARGIN_PER_ORDER * ORDERS + ACTIVE_WORTH * STAYS - COST * REDEEMED


@dataclass(frozen=True)
class Customers:
    """n customers, each decided about once."""

    kind: NDArray[np.int64]  # (n,) index into KINDS
    arm: NDArray[np.int64]  # (n,) index into ARMS
    facts: Floats  # (n, 2) orders of the past year, months since the last
    orders: NDArray[np.int64]  # (n,) in the window
    active: NDArray[np.bool_]  # (n,) when it ends
    cost: Floats  # (n,) EUR

    @property
    def earned(self) -> Floats:
        """(n,) EUR before cost."""
        return MARGIN_PER_ORDER * self.orders + ACTIVE_WORTH * self.active


def draw_customers(size: Size) -> Customers:
    """Everybody, with what followed."""
    rng, n = size.random(), size.entities
    kind, arm = rng.choice(len(KINDS), n, p=SHARE), rng.integers(0, len(ARMS), n)
    facts = np.column_stack((rng.poisson(PAST_ORDERS[kind]), rng.gamma(2.0, MONTHS_AWAY[kind] / 2.0)))
    return Customers(
        kind=kind,
        arm=arm,
        facts=np.round(facts, 1),
        orders=rng.poisson(ORDERS[kind, arm]),
        active=rng.random(n) < STAYS[kind, arm],
        cost=COST[kind, arm] * (rng.random(n) < REDEEMED[kind, arm]),
    )


def _tables(size: Size) -> Tables:
    drawn, rng = draw_customers(size), size.random(1)
    who = np.arange(size.entities)
    last = max(size.days - WINDOW_DAYS, 1)  # the last windows end with the log
    day = rng.integers(0, last, size.entities)
    user, mail = ids("u", who), ids("m", who)
    bought = np.repeat(who, drawn.orders)
    when = day[bought] + rng.integers(0, WINDOW_DAYS, len(bought))
    stayed = np.flatnonzero(drawn.active)
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": mail,
                "ts": size.clock(day, 9.0),
                "user_id": user,
                "channel": np.array(ARMS)[drawn.arm],
                "campaign_id": "spring",
                "cost": drawn.cost,
                "propensity": np.full(size.entities, 1 / len(ARMS)),
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": ids("p", np.arange(len(bought))),
                "user_id": user[bought],
                "ts": size.clock(when, 18.0),
                "revenue": np.full(len(bought), MARGIN_PER_ORDER / 0.4),
            }
        ),
        "outcomes": pl.DataFrame(
            {
                "entity_id": user[stayed],
                "ts": size.clock(day[stayed] + WINDOW_DAYS - 1, 20.0),
                "name": "active",
                "value": np.ones(len(stayed)),
            }
        ),
        "users": pl.DataFrame(
            {
                "user_id": user,
                "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0),
                "orders_last_year": drawn.facts[:, 0],
                "months_since_order": drawn.facts[:, 1],
            }
        ),
    }


RETENTION_OFFER = DecisionWorld(
    name="retention_offer",
    purpose="offers to the loyal are given away: a plan has to spare them",
    entities=20_000,
    days=74,
    tables=_tables,
)
