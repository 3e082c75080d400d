"""Contract logs of a shop, as Parquet: opportunities and exposures by day, purchases in the evening after."""

from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.worlds.shops.world import ShopDay, ShopWorld

Ints = NDArray[np.int64]
DAY_SECONDS, OPENS, EVENING = 86_400, 8 * 3600, 20 * 3600
"""Opportunities arise between 8:00 and 20:00, purchases between 20:00 and 23:00, visits at any of them."""
TABLES = ("opportunities", "impressions", "clicks", "purchases", "visits")
Tier = Literal["A+", "A"]


def write_logs(world: ShopWorld, *, days: int, tier: Tier, out: Path) -> None:
    """Let `days` pass and write impressions, clicks, purchases, visits, users and opportunities.

    A+ says with which probability each channel was to be shown to each customer that day, before any of the
    day's coins: where several a day can be shown, of more that are possible, a night cannot use that, and
    says so. No row is broken here: faults in logs are another family's.
    """
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in TABLES}
    for _ in range(days):
        day = world.day
        rng = world._random(day - world.first_day + 1, stream=4)
        seconds = rng.integers(0, 12 * 3600, (world.n, world.k))  # each opportunity has its own time
        evening = rng.integers(0, 3 * 3600, (world.n, 3))
        for name, frame in _day_tables(world, world.step(), day, seconds, evening).items():
            parts[name].append(frame)
    out.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        frame = _named(pl.concat(parts[name]), world)
        if tier == "A":
            frame = frame.drop("propensity", strict=False)
        frame.write_parquet(out / f"{name}.parquet")
    _users(world).write_parquet(out / "users.parquet")


def _day_tables(
    world: ShopWorld, today: ShopDay, day: int, seconds: Ints, evening: Ints
) -> dict[str, pl.DataFrame]:
    """One day's rows, people and channels as numbers. seconds (n, K) since opening; evening (n, 3) since
    20:00: of the purchase, its report, the visit."""
    who, which = np.nonzero(today.opportunities)
    person, channel = np.nonzero(today.delivered.shown)
    clicker, clicked = np.nonzero(today.clicked)
    buyer, visitor = np.flatnonzero(today.revenue_micros), np.flatnonzero(today.visited)
    start = day * DAY_SECONDS

    def number(i: Ints, c: Ints) -> Ints:
        return ((day - world.first_day) * world.n + i) * world.k + c

    return {
        "opportunities": pl.DataFrame(
            {
                "opportunity_id": number(who, which),
                "ts": start + OPENS + seconds[who, which],
                "user_id": who,
                "channel": which,
                "propensity": today.delivered.chance[who, which],
            }
        ),
        "impressions": pl.DataFrame(
            {
                "impression_id": number(person, channel),
                "ts": start + OPENS + seconds[person, channel] + 1,
                "user_id": person,
                "channel": channel,
                "cost": today.cost_micros[person, channel] / 1e6,
                "opportunity_id": number(person, channel),
                "propensity": today.delivered.chance[person, channel],
            }
        ),
        "clicks": pl.DataFrame(
            {
                "impression_id": number(clicker, clicked),
                "ts": start + OPENS + seconds[clicker, clicked] + 31,
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": number(buyer, np.zeros_like(buyer)),
                "user_id": buyer,
                "ts": start + EVENING + evening[buyer, 0],
                "revenue": today.revenue_micros[buyer] / 1e6,
                "margin": today.margin_micros[buyer] / 1e6,
                "knowledge_ts": start
                + today.reported_after[buyer] * DAY_SECONDS
                + EVENING
                + evening[buyer, 0]
                + evening[buyer, 1] // 4,  # before midnight, so that a delay of 0 days is the same day's
            }
        ),
        "visits": pl.DataFrame({"user_id": visitor, "ts": start + EVENING + evening[visitor, 2]}),
    }


def _named(frame: pl.DataFrame, world: ShopWorld) -> pl.DataFrame:
    """Numbers as the contract's texts and times."""
    channels = pl.Series(world.actions[1:])
    prefixes = {"opportunity_id": "o", "impression_id": "i", "purchase_id": "p", "user_id": "u"}
    change = [
        pl.concat_str(pl.lit(prefix), pl.col(name).cast(pl.String)).alias(name)
        for name, prefix in prefixes.items()
        if name in frame.columns
    ]
    change += [_time(pl.col(name)).alias(name) for name in ("ts", "knowledge_ts") if name in frame.columns]
    if "channel" in frame.columns:
        frame = frame.with_columns(channels.gather(frame["channel"]).alias("channel"))
    return frame.with_columns(change)


def _time(seconds: pl.Expr) -> pl.Expr:
    return (seconds.cast(pl.Int64) * 1_000_000).cast(pl.Datetime("us"))


def _users(world: ShopWorld) -> pl.DataFrame:
    """Who has entered by now; entries are known from before the log on."""
    people = world.customers
    here = np.flatnonzero(people.entry < world.day)
    frame = pl.DataFrame({"user_id": here, "ts": people.entry[here] * DAY_SECONDS + OPENS})
    segment = np.array(world.segments)[people.segment[here]]
    named = _named(frame, world).rename({"ts": "entry_ts"})
    return named.with_columns(pl.Series("segment", segment))
