"""When to post, and in which format? Accounts whose posts are read on the way to work, or in the evening.

Every account posts once a week, slot and format drawn by lot. Video brings followers, pictures in a carousel
bring conversions, and which of these is worth more is the study's to say. Followers of professionals read in
the morning, everybody else's in the evening: formats suit all accounts, slots do not.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.decisions.world import DecisionWorld, Size, Tables, ids, no_purchases

Floats = NDArray[np.float64]
BETWEEN = " / "
SLOTS = ("morning", "noon", "evening")
FORMATS = ("carousel", "text", "video")
KINDS = ("leisure", "professional")
PROFESSIONAL = 0.45
"""Share of accounts."""
REACH = np.array([[0.75, 0.9, 1.35], [1.3, 0.9, 0.7]])  # (kinds, slots) multiple of what a post brings
FOLLOWERS = np.array([3.0, 2.0, 6.0])  # (formats,) a post brings in a week at a reach of 1
CONVERSIONS = np.array([0.30, 0.10, 0.12])  # (formats,) likewise
FOLLOWER_WORTH, CONVERSION_WORTH = 0.2, 10.0
"""EUR; the study's weights."""
SIZE_SPREAD = 0.5
"""Of the logarithm of how large an account is beside others."""
WINDOW_DAYS = 7


def posts() -> tuple[str, ...]:
    """(9,) `morning / carousel` and so on."""
    return tuple(BETWEEN.join(parts) for parts in product(SLOTS, FORMATS))


def means(of_formats: Floats) -> Floats:
    """(kinds, posts) what a post of an account of average size brings, of (formats,) at a reach of 1."""
    return (REACH[:, :, None] * of_formats).reshape(len(KINDS), -1)


def value() -> Floats:
    """(kinds, posts) EUR that a post of an account of average size is worth."""
    return FOLLOWER_WORTH * means(FOLLOWERS) + CONVERSION_WORTH * means(CONVERSIONS)


def value_for_all() -> Floats:
    """(posts,) the same of one kind of post for all accounts."""
    return np.array([1.0 - PROFESSIONAL, PROFESSIONAL]) @ value()


@dataclass(frozen=True)
class Posts:
    """n posts."""

    account: NDArray[np.int64]  # (n,)
    week: NDArray[np.int64]  # (n,)
    post: NDArray[np.int64]  # (n,) index into posts()
    kind: NDArray[np.int64]  # (accounts,) index into KINDS
    scale: Floats  # (accounts,) how large beside others, not logged
    audience: Floats  # (accounts,) followers that the log knows when it begins
    followers: NDArray[np.int64]  # (n,) won in the week after it
    conversions: NDArray[np.int64]  # (n,) likewise

    @property
    def earned(self) -> Floats:
        """(n,) EUR."""
        return FOLLOWER_WORTH * self.followers + CONVERSION_WORTH * self.conversions


def draw_posts(size: Size) -> Posts:
    """All posts of all accounts, one a week; the last one's week ends with the log."""
    rng = size.random()
    weeks = max(size.days // WINDOW_DAYS - 1, 1)
    account = np.repeat(np.arange(size.entities), weeks)
    kind = (rng.random(size.entities) < PROFESSIONAL).astype(np.int64)
    scale = np.exp(SIZE_SPREAD * rng.standard_normal(size.entities) - SIZE_SPREAD**2 / 2)  # mean 1
    post = rng.integers(0, len(SLOTS) * len(FORMATS), len(account))
    followers, conversions = (
        rng.poisson(scale[account] * means(of)[kind[account], post]) for of in (FOLLOWERS, CONVERSIONS)
    )
    return Posts(
        account=account,
        week=np.tile(np.arange(weeks), size.entities),
        post=post,
        kind=kind,
        scale=scale,
        audience=np.rint(1_000 * scale * np.exp(0.2 * rng.standard_normal(size.entities))),
        followers=followers,
        conversions=conversions,
    )


def _tables(size: Size) -> Tables:
    drawn = draw_posts(size)
    n, day = len(drawn.account), drawn.week * WINDOW_DAYS
    account = ids("a", np.arange(size.entities))
    who = account.gather(drawn.account)
    hour = np.array([8.0, 12.0, 19.0])[drawn.post // len(FORMATS)]
    counted = {"followers": drawn.followers, "conversions": drawn.conversions}
    return {
        "impressions": pl.DataFrame(
            {
                "impression_id": ids("p", np.arange(n)),
                "ts": size.clock(day, hour),
                "user_id": who,
                "channel": np.array(posts())[drawn.post],
                "campaign_id": "weekly",
                "cost": np.zeros(n),
                "propensity": np.full(n, 1 / len(posts())),
            }
        ),
        "purchases": no_purchases(),
        "outcomes": pl.concat(
            pl.DataFrame(
                {
                    "entity_id": who,
                    "ts": size.clock(day + WINDOW_DAYS - 1, 22.0),
                    "name": name,
                    "value": count.astype(np.float64),
                }
            ).filter(pl.col("value") > 0)
            for name, count in counted.items()
        ),
        "users": pl.DataFrame(
            {
                "user_id": account,
                "entry_ts": size.clock(np.zeros(size.entities, np.int64), 0.0),
                "professional": drawn.kind,
                "audience": drawn.audience,
            }
        ),
    }


SOCIAL_POSTING = DecisionWorld(
    name="social_posting",
    purpose="one format suits all accounts and no one slot does; what wins followers is not what converts",
    entities=1_000,
    days=91,
    tables=_tables,
)
