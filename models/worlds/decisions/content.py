"""Which class of content on a visit? What is clicked most wears readers out, and they stay away.

A reader comes on a day with a chance that goes with how content they are; every visit moves that half way to
where the class they were shown leads people of their taste. Light readers come back for news, curious ones
for series. A class is drawn by lot on each visit.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids, no_purchases

Floats = NDArray[np.float64]
CLASSES = ("clickbait", "news", "series")
TASTES = ("light", "curious")
MINUTES = np.array([8.0, 7.0, 6.5])  # (classes,) watched on a visit, on average
CLICKS = np.array([0.6, 0.35, 0.2])  # (classes,) chance of a click on a visit
LEADS_TO = np.array([[0.3, 0.9, 0.45], [0.05, 0.4, 0.95]])  # (tastes, classes) how content it makes
MOVES = 0.5
"""Share of the way that one visit goes."""
COMES = (0.25, 0.6)
"""Chance of a visit on a day: of who is not content at all, and what being wholly content adds."""
CURIOUS = 0.5
"""Share of readers."""


@dataclass(frozen=True)
class Reading:
    """n readers on D days."""

    taste: NDArray[np.int64]  # (n,)
    came: NDArray[np.bool_]  # (n, D)
    shown: NDArray[np.int64]  # (n, D) class, where they came
    minutes: Floats  # (n, D)
    clicked: NDArray[np.bool_]  # (n, D)


def read_on(size: Size, plan: Floats | None = None, *, from_day: int = 0, for_days: int = 0) -> Reading:
    """Everybody's days under classes drawn by lot; from `from_day` on, for so many days, by chances
    (tastes, classes). The same readers and luck whatever the plan is, as far as visits stay the same."""
    rng, n = size.random(), size.entities
    taste = (rng.random(n) < CURIOUS).astype(np.int64)
    lot = np.full((len(TASTES), len(CLASSES)), 1 / len(CLASSES))
    content = rng.uniform(0.2, 0.8, n)
    days: list[tuple[NDArray, ...]] = []
    for day in range(size.days):
        mine = plan if plan is not None and from_day <= day < from_day + for_days else lot
        u = rng.random((4, n))
        came = u[0] < COMES[0] + COMES[1] * content
        shown = (u[1][:, None] >= np.cumsum(mine[taste], axis=1)[:, :-1]).sum(axis=1)
        content = np.where(came, content + MOVES * (LEADS_TO[taste, shown] - content), content)
        minutes = np.where(came, MINUTES[shown] * (0.5 + u[2]), 0.0)
        days.append((came, shown, minutes, came & (u[3] < CLICKS[shown])))
    came, shown, minutes, clicked = (np.stack(one, axis=1) for one in zip(*days, strict=True))
    return Reading(taste, came, shown, minutes, clicked)


def _tables(size: Size) -> Tables:
    reading, rng = read_on(size), size.random(1)
    who, day = np.nonzero(reading.came)
    hour = rng.uniform(7, 21, len(who))
    user, impression = ids("u", who), ids("i", np.arange(len(who)))
    at = np.flatnonzero(reading.clicked[who, day])
    tomorrow = np.flatnonzero(np.pad(reading.came, ((0, 0), (0, 1)))[who, day + 1])
    watched = pl.DataFrame(
        {
            "entity_id": user,
            "ts": size.clock(day, hour + 0.5),
            "name": "minutes",
            "value": np.round(reading.minutes[who, day], 2),
            "knowledge_ts": size.clock(day, hour + 0.5),
        }
    )
    returned = pl.DataFrame(
        {
            "entity_id": user[tomorrow],
            "ts": size.clock(day[tomorrow], hour[tomorrow] + 0.5),
            "name": "active_tomorrow",
            "value": np.ones(len(tomorrow)),
            "knowledge_ts": size.clock(day[tomorrow] + 1, 23.0),
        }
    )
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": impression,
                "ts": size.clock(day, hour),
                "user_id": user,
                "channel": np.array(CLASSES)[reading.shown[who, day]],
                "campaign_id": "home",
                "cost": np.zeros(len(who)),
                "propensity": np.full(len(who), 1 / len(CLASSES)),
            }
        ),
        "clicks": pl.DataFrame({"impression_id": impression[at], "ts": size.clock(day[at], hour[at] + 0.1)}),
        "purchases": no_purchases(),
        "outcomes": pl.concat([watched, returned]),
        "visits": pl.DataFrame({"user_id": user, "ts": size.clock(day, hour)}),
        "users": pl.DataFrame(
            {
                "user_id": ids("u", np.arange(size.entities)),
                "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0),
                "taste": np.array(TASTES)[reading.taste],
            }
        ),
    }


CONTENT = DecisionWorld(
    name="content",
    purpose="what is clicked most wears readers out: a plan by clicks loses them",
    entities=3_000,
    days=42,
    tables=_tables,
)
