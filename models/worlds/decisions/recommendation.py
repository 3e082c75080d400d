"""Which item on a visit? Six items, four kinds of visit, and a table of what each item earns on each.

Phones buy what is small, desktops what is dear, and who returns buys boots. An item is drawn by lot.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
ITEMS = ("boots", "gloves", "hat", "jacket", "scarf", "socks")
MARGIN = np.array([20.0, 7.0, 8.0, 24.0, 8.0, 4.0])  # (items,) EUR of one that is bought
KINDS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""(desktop, returning) of each kind of visit."""
SHARE = np.array([0.35, 0.2, 0.25, 0.2])  # (kinds,)
VALUE = np.array(
    [
        [0.3, 0.5, 0.6, 0.3, 0.7, 0.4],
        [0.4, 0.6, 0.6, 0.4, 0.9, 0.4],
        [0.9, 0.4, 0.3, 1.1, 0.3, 0.2],
        [1.5, 0.3, 0.3, 1.2, 0.3, 0.2],
    ]
)  # (kinds, items) EUR a visit
CLICKS_PER_PURCHASE = 4.0


def draw_visits(size: Size) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """(n,) kind of visit, item shown, whether it was bought."""
    rng, n = size.random(), size.entities
    kind, item = rng.choice(len(KINDS), n, p=SHARE), rng.integers(0, len(ITEMS), n)
    return kind, item, rng.random(n) < VALUE[kind, item] / MARGIN[item]


def _tables(size: Size) -> Tables:
    kind, item, bought = draw_visits(size)
    who, rng = np.arange(size.entities), size.random(1)
    clicked = bought | (rng.random(size.entities) < CLICKS_PER_PURCHASE * VALUE[kind, item] / MARGIN[item])
    day, hour = rng.integers(0, size.days, size.entities), rng.uniform(8, 22, size.entities)
    visit, impression = ids("v", who), ids("i", who)
    sold, at = np.flatnonzero(bought), np.flatnonzero(clicked)
    facts = np.array(KINDS)[kind]
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": impression,
                "ts": size.clock(day, hour),
                "user_id": visit,
                "channel": np.array(ITEMS)[item],
                "campaign_id": "home",
                "cost": np.zeros(size.entities),
                "propensity": np.full(size.entities, 1 / len(ITEMS)),
            }
        ),
        "clicks": pl.DataFrame({"impression_id": impression[at], "ts": size.clock(day[at], hour[at] + 0.01)}),
        "purchases": pl.DataFrame(
            {
                "purchase_id": ids("p", sold),
                "user_id": visit[sold],
                "ts": size.clock(day[sold], hour[sold] + 0.2),
                "revenue": MARGIN[item[sold]] / 0.4,
            }
        ),
        "users": pl.DataFrame(
            {
                "user_id": visit,
                "entry_ts": size.clock(day, 0.0),
                "desktop": facts[:, 0],
                "returning": facts[:, 1],
            }
        ),
    }


RECOMMENDATION = DecisionWorld(
    name="recommendation",
    purpose="items that suit some visits: no one item for all is best",
    entities=40_000,
    days=14,
    tables=_tables,
)
