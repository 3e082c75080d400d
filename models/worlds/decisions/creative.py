"""Which creative? Forty of them, made of a format, a claim and a colour, which say most of what they earn.

Every impression is of another person and shows one creative by lot. How often it is clicked is the product of
its parts, times a little that is the creative's own.
"""

from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids, no_purchases

Floats = NDArray[np.float64]
CLICK_RATE = 0.03
CLICK_WORTH = 0.5
"""EUR a click; the study's weight."""
PARTS: dict[str, dict[str, float]] = {
    "format": {"video": 1.35, "carousel": 1.1, "image": 1.0, "story": 0.9, "text": 0.7},
    "claim": {"price": 1.15, "quality": 1.0, "novelty": 1.0, "scarcity": 0.85},
    "colour": {"red": 1.03, "blue": 0.97},
}
"""Part -> level -> what it multiplies clicks with."""
OWN_SPREAD = 0.06
"""Spread of the logarithm of what is a creative's own."""
BETWEEN = " / "


def creatives() -> tuple[str, ...]:
    """(40,) `video / price / red` and so on."""
    return tuple(BETWEEN.join(levels) for levels in product(*PARTS.values()))


def click_rates(size: Size, *, alike: bool = False) -> Floats:
    """(40,) chance of a click; alike: of creatives that do not differ."""
    names = creatives()
    if alike:
        return np.full(len(names), CLICK_RATE)
    of_parts = [np.prod(multiples) for multiples in product(*(at.values() for at in PARTS.values()))]
    own = np.exp(OWN_SPREAD * size.random(2).standard_normal(len(names)))
    return CLICK_RATE * np.array(of_parts) * own


def draw_clicks(size: Size, rates: Floats) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """(n,) creative shown, and whether it was clicked."""
    rng = size.random()
    shown = rng.integers(0, len(rates), size.entities)
    return shown, rng.random(size.entities) < rates[shown]


def _tables(size: Size) -> Tables:
    names = np.array(creatives())
    shown, clicked = draw_clicks(size, click_rates(size))
    who, rng = np.arange(size.entities), size.random(1)
    day, hour = rng.integers(0, size.days, size.entities), rng.uniform(8, 23, size.entities)
    impression, at = ids("i", who), np.flatnonzero(clicked)
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": impression,
                "ts": size.clock(day, hour),
                "user_id": ids("v", who),
                "channel": names[shown],
                "campaign_id": "autumn",
                "cost": np.zeros(size.entities),
                "propensity": np.full(size.entities, 1 / len(names)),
            }
        ),
        "clicks": pl.DataFrame({"impression_id": impression[at], "ts": size.clock(day[at], hour[at] + 0.01)}),
        "purchases": no_purchases(),
    }


CREATIVE = DecisionWorld(
    name="creative",
    purpose="many creatives of few parts: alone each is seen too rarely, together their parts are known",
    entities=60_000,
    days=14,
    tables=_tables,
)
