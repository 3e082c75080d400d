"""How much off: products of a shop, each given 0, 5, 10 or 20 % off for a week, by lot.

Units follow a demand curve of one known elasticity; what a unit leaves depends on what it costs the shop. Own
labels are cheap to make and best at 20 %, brands earn most at full price, and one discount for all is best at
10 %. The log knows own labels from brands, and how many a product used to sell.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
LEVELS = np.array([0.0, 5.0, 10.0, 20.0])
"""Per cent off."""
PRICE = 20.0
"""EUR of a unit at full price."""
COST = np.array([16.0, 11.0])  # (kinds,) EUR that a unit costs the shop: brands, own labels
OWN_SHARE = 0.6
"""Of the products."""
ELASTICITY = -3.5
"""Per cent of units per per cent of price."""
UNITS = 5.0
"""A week at full price, on average over products."""
WEEK_DAYS = 7


def demand(level: Floats) -> Floats:
    """Units at so many per cent off, as a multiple of those at full price."""
    return (1.0 - level / 100.0) ** ELASTICITY


def value() -> Floats:
    """(kinds, levels) EUR a week that a product of a kind earns on average at a level."""
    left = PRICE * (1.0 - LEVELS / 100.0) - COST[:, None]
    return UNITS * left * demand(LEVELS)


def value_for_all() -> Floats:
    """(levels,) the same of one level for all products."""
    return np.array([1.0 - OWN_SHARE, OWN_SHARE]) @ value()


@dataclass(frozen=True)
class Weeks:
    """n weeks of products."""

    product: NDArray[np.int64]  # (n,)
    week: NDArray[np.int64]  # (n,)
    own: NDArray[np.bool_]  # (products,) whether its own label
    usual: Floats  # (products,) units a week at full price that the log knows
    level: NDArray[np.int64]  # (n,) index into LEVELS
    units: NDArray[np.int64]  # (n,) sold

    @property
    def price(self) -> Floats:
        """(n,) EUR that a unit was sold at."""
        return PRICE * (1.0 - LEVELS[self.level] / 100.0)


def draw_weeks(size: Size, *, targeted: float = 0.0) -> Weeks:
    """All products in all weeks. targeted: how far discounts follow a demand that no log holds; 0: by lot."""
    rng = size.random()
    weeks = max(size.days // WEEK_DAYS - 1, 1)  # the last week's sales are known when the log ends
    product = np.repeat(np.arange(size.entities), weeks)
    own = rng.random(size.entities) < OWN_SHARE
    mean = rng.gamma(4.0, UNITS / 4.0, size.entities)
    week_demand = np.exp(0.5 * rng.standard_normal(len(product)) - 0.125)  # mean 1, not logged
    pull = targeted * np.log(week_demand)[:, None] * np.arange(len(LEVELS))
    chance = np.exp(pull) / np.exp(pull).sum(axis=1, keepdims=True)
    level = (rng.random(len(product))[:, None] > chance.cumsum(axis=1)).sum(axis=1)
    units = rng.poisson(mean[product] * week_demand * demand(LEVELS)[level])
    return Weeks(
        product=product,
        week=np.tile(np.arange(weeks), size.entities),
        own=own,
        usual=np.round(mean * np.exp(0.2 * rng.standard_normal(size.entities)), 1),
        level=level,
        units=units,
    )


def _tables(size: Size) -> Tables:
    drawn = draw_weeks(size)
    n = len(drawn.product)
    row, product = ids("w", np.arange(n)), ids("p", np.arange(size.entities))
    bought = np.flatnonzero(drawn.units)
    day, who = drawn.week * WEEK_DAYS, product.gather(drawn.product)
    sold, price = drawn.units[bought].astype(np.float64), drawn.price[bought]
    unit_cost = COST[drawn.own[drawn.product[bought]].astype(np.int64)]
    when = size.clock(day[bought] + WEEK_DAYS - 1, 20.0)
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": row,
                "ts": size.clock(day, 6.0),
                "user_id": who,
                "channel": np.array([f"{level:g}" for level in LEVELS])[drawn.level],
                "campaign_id": "weekly",
                "cost": np.zeros(n),
                "propensity": np.full(n, 1 / len(LEVELS)),
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": row.gather(bought),
                "user_id": who.gather(bought),
                "ts": when,
                "revenue": np.round(sold * price, 2),
                "margin": np.round(sold * (price - unit_cost), 2),
            }
        ),
        "outcomes": pl.DataFrame(
            {"entity_id": who.gather(bought), "ts": when, "name": "units", "value": sold}
        ),
        "users": pl.DataFrame(
            {
                "user_id": product,
                "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0),
                "own_label": drawn.own.astype(np.int64),
                "usual_units": drawn.usual,
            }
        ),
    }


DISCOUNT_LEVEL = DecisionWorld(
    name="discount_level",
    purpose="a demand curve of known elasticity: one discount for all is best at 10 %, two kinds want others",
    entities=1_500,
    days=91,
    tables=_tables,
)
