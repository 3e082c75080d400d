"""How much to stock: every night a SKU is ordered up to a level drawn by lot, and its day's demand comes.

The newsvendor's problem with the answer of textbooks: demand N(120, 10) a day, 2 EUR for a unit left over,
18 EUR of margin for one that was wanted and not there; best is the 90 % quantile, 132.8, at 35.10 EUR a
day. The log holds what was sold and left. What was wanted when a SKU ran out is in no log, so that sales
foretell too little demand.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
LEVELS = np.arange(104.0, 157.0, 4.0)
"""Units that stock is ordered up to."""
HOLDING, STOCK_OUT = 2.0, 18.0
"""EUR of a unit left over, and of one wanted and not there."""
MEAN, SPREAD = 120.0, 10.0
"""Of a day's demand, in units."""


def daily_cost(level: Floats | float) -> Floats:
    """EUR a day that a level costs on average, left over and stocked out together."""
    z = (np.asarray(level, np.float64) - MEAN) / SPREAD
    density = np.exp(-0.5 * z**2) / np.sqrt(2 * np.pi)
    short = SPREAD * (density - z * (1.0 - ndtr(z)))  # units wanted and not there
    return HOLDING * (np.asarray(level) - MEAN + short) + STOCK_OUT * short


def best_level() -> float:
    """Units, between levels too: 132.8."""
    return float(MEAN + SPREAD * ndtri(STOCK_OUT / (STOCK_OUT + HOLDING)))


@dataclass(frozen=True)
class Days:
    """n days of SKUs."""

    sku: NDArray[np.int64]  # (n,)
    day: NDArray[np.int64]  # (n,)
    level: NDArray[np.int64]  # (n,) index into LEVELS
    demand: Floats  # (n,) units, in no log
    stock: Floats  # (n,) left of the day before, when the order is placed

    @property
    def sold(self) -> Floats:
        """(n,)"""
        return np.minimum(self.demand, LEVELS[self.level])

    @property
    def left(self) -> Floats:
        """(n,)"""
        return LEVELS[self.level] - self.sold


def draw_days(size: Size) -> Days:
    """All SKUs on all days."""
    rng, shape = size.random(), (size.entities, size.days)
    level = rng.integers(0, len(LEVELS), shape)
    demand = np.maximum(np.rint(MEAN + SPREAD * rng.standard_normal(shape)), 0.0)
    left = np.maximum(LEVELS[level] - demand, 0.0)
    before = np.concatenate([np.zeros((size.entities, 1)), left[:, :-1]], axis=1)
    return Days(
        sku=np.repeat(np.arange(size.entities), size.days),
        day=np.tile(np.arange(size.days), size.entities),
        level=level.ravel(),
        demand=demand.ravel(),
        stock=before.ravel(),
    )


def _tables(size: Size) -> Tables:
    drawn = draw_days(size)
    n = len(drawn.sku)
    sku = ids("s", np.arange(size.entities))
    who, evening = sku.gather(drawn.sku), size.clock(drawn.day, 21.0)
    followed = [
        pl.DataFrame({"entity_id": who, "ts": evening, "name": name, "value": value})
        for name, value in (("sold", drawn.sold), ("left", drawn.left))
    ]
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": ids("o", np.arange(n)),
                "ts": size.clock(drawn.day, 5.0),
                "user_id": who,
                "channel": np.array([f"{level:g}" for level in LEVELS])[drawn.level],
                "campaign_id": "daily",
                "cost": np.zeros(n),
                "propensity": np.full(n, 1 / len(LEVELS)),
                "stock": drawn.stock,
            }
        ),
        "outcomes": pl.concat(followed),
        "purchases": pl.DataFrame(
            schema={"purchase_id": pl.String, "user_id": pl.String, "ts": pl.Datetime, "revenue": pl.Float64}
        ),
        "users": pl.DataFrame(
            {"user_id": sku, "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0)}
        ),
    }


REORDER_LEVEL = DecisionWorld(
    name="reorder_level",
    purpose="the newsvendor: the best stock is known, and the demand that was not met is in no log",
    entities=300,
    days=60,
    tables=_tables,
)
