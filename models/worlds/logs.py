"""Contract logs from a world: what an advertiser would have on disk, faults included."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from models.worlds.journey import JourneyWorld, WorldDay
from models.worlds.order import OrderWorld
from models.worlds.totals_log import TotalsLog

DUPLICATES, FAULTS = 0.002, 0.0005
"""Shares of impressions delivered twice, and of impressions with a broken cost: logs are like that."""

World = JourneyWorld | OrderWorld
TIERS = ("A+", "A", "B", "C")
TABLES = ("impressions", "clicks", "purchases", "visits", "opportunities")
WRITTEN = (*TABLES, "users", "totals")


def write_logs(
    world: World,
    *,
    days: int,
    tier: str,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Let `days` pass and write the tables of a tier; those of another tier in `out` are removed.

    A: impressions, clicks, purchases, visits, users, opportunities. A+: the same, impressions and
    opportunities with the probability that this channel is shown to this customer today; what a day's
    opportunities leave is the probability of showing nothing. B: as A, without opportunities. C: totals and
    purchases. Times are naive, in the study's time zone, between 8:00 and 23:00, when no clock changes.
    """
    tables: dict[str, list[pl.DataFrame]] = {t: [] for t in (TABLES if tier != "C" else ("purchases",))}
    totals = TotalsLog(world)
    for i in range(days):
        day = world.day
        seconds = world._random(day - world.first_day + 1, stream=2).integers(0, 7 * 3600, (world.n, 3))
        today = world.step()
        if tier == "C":
            totals.add(day, today)
        for name, frame in _day_tables(world, today, day, seconds).items():
            if name in tables:
                tables[name].append(frame)
        if progress is not None:
            progress(i + 1, days)
    frames = {name: pl.concat(parts) for name, parts in tables.items()}
    if tier == "C":
        frames["totals"] = totals.frame()
    else:
        frames["impressions"] = _with_faults(frames["impressions"], world)
        frames["users"] = _users(world)
    if tier == "B":
        del frames["opportunities"]
        frames["impressions"] = frames["impressions"].drop("opportunity_id")
    if tier in ("A", "B"):
        frames = {name: frame.drop("propensity", strict=False) for name, frame in frames.items()}
    out.mkdir(parents=True, exist_ok=True)
    for name in WRITTEN:
        if name in frames:
            frames[name].write_parquet(out / f"{name}.parquet")
        else:
            (out / f"{name}.parquet").unlink(missing_ok=True)


def _user_id(index: np.ndarray) -> pl.Series:
    return pl.Series("user_id", index).cast(pl.String).str.zfill(7).str.replace("^", "u")


def _clock(day: int | np.ndarray, seconds: np.ndarray) -> pl.Series:
    start = 8 * 3600
    micros = (np.asarray(day, np.int64) * 86_400 + start + seconds) * 1_000_000
    return pl.Series("ts", micros).cast(pl.Datetime("us"))


def _day_tables(world: World, today: WorldDay, day: int, seconds: np.ndarray) -> dict[str, pl.DataFrame]:
    names = np.array(world.actions)
    who, which = np.nonzero(today.opportunities)
    opportunity = np.char.add(np.char.add(f"o{day}-", who.astype(str)), np.char.add("-", which.astype(str)))
    shown = np.flatnonzero(today.action)
    impression = np.char.add(f"i{day}-", shown.astype(str))
    channel = names[today.action[shown]]
    its_opportunity = np.char.add(
        np.char.add(f"o{day}-", shown.astype(str)), np.char.add("-", (today.action[shown] - 1).astype(str))
    )
    clicked = np.flatnonzero(today.clicked)
    bought = np.flatnonzero(today.revenue_micros)
    visited = np.flatnonzero(today.visited)
    return {
        "opportunities": pl.DataFrame(
            {
                "opportunity_id": opportunity,
                "ts": _clock(day, seconds[who, 0]),
                "user_id": _user_id(who),
                "channel": names[which + 1],
                "propensity": today.behaviour[who, which + 1],
            }
        ),
        "impressions": pl.DataFrame(
            {
                "impression_id": impression,
                "ts": _clock(day, seconds[shown, 0]),
                "user_id": _user_id(shown),
                "channel": channel,
                "campaign_id": np.char.add(channel, "-always-on"),
                "cost": today.cost_micros[shown] / 1e6,
                "opportunity_id": its_opportunity,
                "propensity": today.behaviour[shown, today.action[shown]],
            }
        ),
        "clicks": pl.DataFrame(
            {
                "impression_id": np.char.add(f"i{day}-", clicked.astype(str)),
                "ts": _clock(day, seconds[clicked, 0] + 30),
            }
        ),
        "purchases": pl.DataFrame(
            {
                "purchase_id": np.char.add(f"p{day}-", bought.astype(str)),
                "user_id": _user_id(bought),
                "ts": _clock(day, 7 * 3600 + seconds[bought, 1]),
                "revenue": today.revenue_micros[bought] / 1e6,
                "knowledge_ts": _clock(
                    day + today.reported_after[bought], 14 * 3600 + seconds[bought, 1] // 8
                ),
            }
        ),
        "visits": pl.DataFrame({"user_id": _user_id(visited), "ts": _clock(day, seconds[visited, 2])}),
    }


def _users(world: World) -> pl.DataFrame:
    names = np.array([name for name, _ in world.config.segments])
    return pl.DataFrame(
        {
            "user_id": _user_id(np.arange(world.n)),
            "entry_ts": _clock(world.entry, np.zeros(world.n, np.int64)),
            "segment": names[world.segment],
        }
    ).filter(pl.Series(world.entry < world.day))


def _with_faults(impressions: pl.DataFrame, world: World) -> pl.DataFrame:
    """Deliver some rows twice and break the cost of some others."""
    u = world._random(0, stream=3).random(len(impressions))
    broken = pl.Series(u < FAULTS)
    twice = pl.Series((u >= FAULTS) & (u < FAULTS + DUPLICATES))
    cost = pl.when(broken).then(pl.lit(-1.0)).otherwise(pl.col("cost"))
    return pl.concat([impressions.with_columns(cost.alias("cost")), impressions.filter(twice)])


def first_day_of(last_day: date, days: int) -> int:
    """Days since 1970-01-01 of the first of `days` days that end on `last_day`."""
    return (last_day - timedelta(days=days - 1) - date(1970, 1, 1)).days
