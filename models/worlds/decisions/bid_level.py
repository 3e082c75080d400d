"""How much to bid: clicks are auctioned at the second price, each bid for at a level drawn by lot.

What a click brings is known up to chance from what is known of it, and others' bids do not depend on it. So
the best bid is what the click is expected to bring, whatever others bid; of one bid for all clicks, their
mean; and with a budget, the worth over a price of money at which the budget is just spent.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
LEVELS = np.array([0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0])
"""EUR."""
WORTH, SHAPE = 1.0, 2.0
"""EUR that a click brings on average, and the gamma shape of that from click to click."""
PRICE, SPREAD = 0.8, 0.6
"""Median of the highest other bid in EUR, and the standard deviation of its logarithm."""


def profit(bid: Floats) -> Floats:
    """EUR per auction that one bid for all earns on average: (mean worth - price) where the price is
    below."""
    z = np.log(bid / PRICE) / SPREAD
    return WORTH * ndtr(z) - PRICE * np.exp(SPREAD**2 / 2) * ndtr(z - SPREAD)


@dataclass(frozen=True)
class Clicks:
    """n auctions of clicks."""

    worth: Floats  # (n,) EUR that a click is expected to bring
    price: Floats  # (n,) EUR, the highest other bid
    gained: Floats  # (n,) EUR that the click would bring


def draw_clicks(size: Size) -> Clicks:
    """As many as there are entities, in their order."""
    rng, n = size.random(), size.entities
    worth = rng.gamma(SHAPE, WORTH / SHAPE, n)
    return Clicks(worth, PRICE * np.exp(SPREAD * rng.standard_normal(n)), worth * rng.gamma(4.0, 0.25, n))


def _tables(size: Size) -> Tables:
    drawn, n = draw_clicks(size), size.entities
    level = size.random(1).integers(0, len(LEVELS), n)
    won = drawn.price <= LEVELS[level]
    auction = ids("a", np.arange(n))
    moment = np.arange(n) * size.days / n
    day, hour = np.floor(moment).astype(np.int64), 24.0 * (moment % 1.0)
    bought = np.flatnonzero(won)
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": auction,
                "ts": size.clock(day, hour),
                "user_id": auction,
                "channel": np.array([f"{one:g}" for one in LEVELS])[level],
                "campaign_id": "search",
                "cost": np.where(won, np.maximum(np.round(drawn.price, 6), 1e-6), 0.0),
                "propensity": np.full(n, 1 / len(LEVELS)),
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": auction.gather(bought),
                "user_id": auction.gather(bought),
                "ts": size.clock(day[bought], hour[bought]),
                "revenue": np.round(drawn.gained[bought], 6),
            }
        ),
        "users": pl.DataFrame(
            {
                "user_id": auction,
                "entry_ts": size.clock(np.zeros(n, np.int64), 0.0),
                "expected_worth": np.round(drawn.worth, 4),
            }
        ),
    }


BID_LEVEL = DecisionWorld(
    name="bid_level",
    purpose="second-price auctions: the best bid is the worth, under a budget over a price of money",
    entities=20_000,
    days=14,
    tables=_tables,
)
