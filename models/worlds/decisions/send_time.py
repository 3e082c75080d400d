"""When to send: every user gets the day's message at 8, 12, 18 or 21 o'clock of their own clock, by lot.

Early birds buy after a message at breakfast, night owls after one in the evening, each on the same day but
hours later. The shop is in New York: an evening there is the next day in UTC, and summer time ends within
the log.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids

Floats = NDArray[np.float64]
HOURS = np.array([8.0, 12.0, 18.0, 21.0])
CHANCE = np.array(
    [[0.16, 0.12, 0.08, 0.06], [0.06, 0.08, 0.12, 0.16]]
)  # (kinds, hours): early birds, night owls
"""Of a purchase on the day of the message."""
OWL_SHARE = 0.4
MARGIN = 10.0
"""EUR of a purchase."""
USUAL_HOUR = np.array([9.5, 19.5])
"""At which either kind was last online, on average, with a standard deviation of 2.5 hours."""
LAST_MOMENT = 23.9


def value() -> Floats:
    """(kinds, hours) margin a day."""
    return MARGIN * CHANCE


@dataclass(frozen=True)
class Messages:
    """n messages, one per user and day."""

    user: NDArray[np.int64]  # (n,)
    day: NDArray[np.int64]  # (n,)
    owl: NDArray[np.int64]  # (users,) 0 or 1
    usual_hour: Floats  # (users,)
    slot: NDArray[np.int64]  # (n,) index into HOURS
    bought_at: Floats  # (n,) hour of the day; NaN where nothing was bought


def draw_messages(size: Size) -> Messages:
    """Every user on every day."""
    rng, n = size.random(), size.entities * size.days
    owl = (rng.random(size.entities) < OWL_SHARE).astype(np.int64)
    user = np.repeat(np.arange(size.entities), size.days)
    slot = rng.integers(0, len(HOURS), n)
    later = HOURS[slot] + rng.random(n) * (LAST_MOMENT - HOURS[slot])
    bought = rng.random(n) < CHANCE[owl[user], slot]
    usual = USUAL_HOUR[owl] + 2.5 * rng.standard_normal(size.entities)
    return Messages(
        user=user,
        day=np.tile(np.arange(size.days), size.entities),
        owl=owl,
        usual_hour=np.round(np.clip(usual, 0.0, LAST_MOMENT), 1).astype(np.float64),
        slot=slot,
        bought_at=np.where(bought, later, np.nan),
    )


def _tables(size: Size) -> Tables:
    drawn = draw_messages(size)
    n, user = len(drawn.user), ids("u", np.arange(size.entities))
    message, bought = ids("m", np.arange(n)), np.flatnonzero(~np.isnan(drawn.bought_at))
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": message,
                "ts": size.clock(drawn.day, HOURS[drawn.slot]),
                "user_id": user.gather(drawn.user),
                "channel": np.array([f"at {hour:g}" for hour in HOURS])[drawn.slot],
                "campaign_id": "daily",
                "cost": np.zeros(n),
                "propensity": np.full(n, 1 / len(HOURS)),
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": message.gather(bought),
                "user_id": user.gather(drawn.user[bought]),
                "ts": size.clock(drawn.day[bought], drawn.bought_at[bought]),
                "revenue": np.full(len(bought), MARGIN),
            }
        ),
        "users": pl.DataFrame(
            {
                "user_id": user,
                "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0),
                "usual_hour": drawn.usual_hour,
            }
        ),
    }


SEND_TIME = DecisionWorld(
    name="send_time",
    purpose="early birds and night owls, where an evening is the next day in UTC",
    entities=2_000,
    days=28,
    tables=_tables,
)
