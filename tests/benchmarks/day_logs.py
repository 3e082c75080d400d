"""Logs of one to five opportunities a day, each won by a coin, whose truth is arithmetic.

A place comes up with probability PLACE, `a_day` times a day, for a channel drawn at random; it is won with
probability WIN, whatever came before. Every ad raises the purchase probability of its own day, of the next
one or of both by its channel's lift, so that a unit of spend on a channel earns

    (lift on the day + lift on the next) x mean margin of a purchase / cost of an ad

under any budget. Nothing here is taken from the worlds the estimators were built on.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

FIRST = date(2026, 3, 2)
CHANNELS = ("search", "social", "video")
COST = np.array([0.6, 0.15, 0.15])  # (K,) currency units per ad
WORKS = np.array([0.0, 1.0, 0.0])  # (K,)
LIFTS = {"same day": (0.06, 0.0), "next day": (0.0, 0.06), "both": (0.03, 0.03)}
"""Rise of the purchase probability by an ad that works, on its own day and on the next."""
PLACE, WIN, BASE = 0.6, 0.3, 0.03
AMOUNT, MARGIN_RATE = 40.0, 0.4
DAYS_OF_LOG = 49


@dataclass(frozen=True)
class DayLog:
    """What is drawn: n users, opportunities a day, and when an ad acts."""

    users: int = 2500
    days: int = DAYS_OF_LOG
    a_day: int = 3
    effect: str = "same day"
    seed: int = 0
    cap: int = 0
    """Ads a day after which nothing more is shown; 0: any number."""

    @property
    def truth(self) -> dict[str, float]:
        """Margin per unit of spend, by channel."""
        earned = WORKS * sum(LIFTS[self.effect]) * AMOUNT * MARGIN_RATE / COST
        return dict(zip(CHANNELS, earned.tolist(), strict=True))

    @property
    def as_of(self) -> date:
        return FIRST + timedelta(days=self.days)


def write_day_log(log: DayLog, folder: Path) -> None:
    """Impressions, opportunities, purchases and users as Parquet."""
    rng = np.random.default_rng([log.seed, log.a_day, sorted(LIFTS).index(log.effect)])
    shape = (log.users, log.days, log.a_day)
    second = np.sort(rng.integers(6 * 3600, 20 * 3600, shape), axis=2)
    channel = rng.integers(0, len(CHANNELS), shape)
    place = rng.random(shape) < PLACE
    shown = place & (rng.random(shape) < WIN)
    if log.cap:
        shown &= np.cumsum(shown, axis=2) <= log.cap
    ads = np.stack([(shown & (channel == c)).sum(axis=2) for c in range(len(CHANNELS))], axis=2)
    today, tomorrow = LIFTS[log.effect]
    chance = BASE + today * ads @ WORKS  # (n, days)
    chance[:, 1:] += tomorrow * ads[:, :-1] @ WORKS
    bought = rng.random(chance.shape) < chance
    amount = np.round(AMOUNT * rng.uniform(0.5, 1.5, chance.shape), 2)
    hour = rng.integers(20 * 3600, 24 * 3600, chance.shape)  # after the day's last ad

    folder.mkdir(parents=True)
    user, day, _ = np.nonzero(place)
    number = np.cumsum(place.ravel()).reshape(shape) - 1
    opportunities = pl.DataFrame(
        {
            "opportunity_id": number[place],
            "ts": _moments(day, second[place]),
            "user_id": user,
            "channel": np.array(CHANNELS)[channel[place]],
        }
    )
    opportunities.write_parquet(folder / "opportunities.parquet")
    won = shown[place]
    impressions = opportunities.filter(pl.Series(won)).with_columns(
        impression_id=pl.col("opportunity_id"), cost=pl.Series(COST[channel[shown]])
    )
    impressions.write_parquet(folder / "impressions.parquet")
    buyer, at = np.nonzero(bought)
    pl.DataFrame(
        {
            "purchase_id": np.arange(len(buyer)),
            "user_id": buyer,
            "ts": _moments(at, hour[bought]),
            "revenue": amount[bought],
        }
    ).write_parquet(folder / "purchases.parquet")
    entry = _moments(np.zeros(log.users, np.int64), np.zeros(log.users, np.int64))
    pl.DataFrame({"user_id": np.arange(log.users), "entry_ts": entry}).write_parquet(folder / "users.parquet")


def _moments(day: np.ndarray, second: np.ndarray) -> pl.Series:
    """Instants of seconds since midnight (m,) on days (m,) of the log."""
    start = int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp())
    return pl.Series((start + day * 86_400 + second) * 1_000_000).cast(pl.Datetime("us", "UTC"))
