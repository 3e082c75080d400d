"""A log to read fast: impressions, clicks, purchases and users as Parquet, drawn from a seed in a second.

About PER_USER impressions per user over DAYS days, CLICKS of them clicked, PURCHASES as many purchases. Whom,
what and when is drawn evenly: nothing causes anything here, since only number and shape of the rows matter.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

FIRST = date(2026, 3, 2)
CHANNELS = ("display", "retargeting", "search", "social", "video")
COST = np.array([0.05, 0.12, 0.30, 0.10, 0.16])  # (K,) currency units per impression
PER_USER, DAYS = 20, 28
MARGIN_RATE = 0.4
CLICKS, PURCHASES = 0.024, 0.005
"""Per impression."""
CLICK_SECONDS = 30
"""From an impression to its click."""


@dataclass(frozen=True)
class SpeedLog:
    """What is drawn."""

    impressions: int
    seed: int = 1

    @property
    def users(self) -> int:
        return max(1, self.impressions // PER_USER)

    @property
    def as_of(self) -> date:
        """The morning after."""
        return FIRST + timedelta(days=DAYS)


def write_speed_log(log: SpeedLog, folder: Path) -> None:
    """`impressions`, `clicks`, `purchases` sorted by time, as logs come, and `users`, all there since the
    first morning. Times are UTC, between 8:00 and 23:00."""
    rng = np.random.default_rng([log.seed, log.impressions])
    n, bought = log.impressions, round(PURCHASES * log.impressions)
    seen = np.sort(_moments(n, rng))
    channel = rng.integers(0, len(CHANNELS), n)
    clicked = np.sort(rng.choice(n, round(CLICKS * n), replace=False))
    folder.mkdir(parents=True, exist_ok=True)
    impression = pl.Series("impression_id", np.arange(n)).cast(pl.String).str.replace("^", "i")
    impressions = pl.DataFrame(
        {
            "impression_id": impression,
            "ts": _times(seen),
            "user_id": _user_ids(rng.integers(0, log.users, n)),
            "channel": np.array(CHANNELS)[channel],
            "cost": COST[channel],
        }
    )
    impressions.write_parquet(folder / "impressions.parquet")
    pl.DataFrame(
        {"impression_id": impression[clicked], "ts": _times(seen[clicked] + CLICK_SECONDS)}
    ).write_parquet(folder / "clicks.parquet")
    pl.DataFrame(
        {
            "purchase_id": pl.Series(np.arange(bought)).cast(pl.String).str.replace("^", "p"),
            "user_id": _user_ids(rng.integers(0, log.users, bought)),
            "ts": _times(np.sort(_moments(bought, rng))),
            "revenue": np.round(rng.lognormal(3.0, 0.8, bought), 2),
        }
    ).write_parquet(folder / "purchases.parquet")
    everybody = np.arange(log.users)
    entry = _times(np.full(log.users, _midnight()))
    pl.DataFrame({"user_id": _user_ids(everybody), "entry_ts": entry}).write_parquet(folder / "users.parquet")


def _moments(n: int, rng: np.random.Generator) -> np.ndarray:
    """(n,) seconds since 1970."""
    return _midnight() + 86_400 * rng.integers(0, DAYS, n) + rng.integers(8 * 3600, 23 * 3600, n)


def _midnight() -> int:
    """When the first day begins, in seconds since 1970."""
    return int(datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).timestamp())


def _times(seconds: np.ndarray) -> pl.Series:
    return pl.Series(seconds * 1_000_000).cast(pl.Datetime("us", "UTC"))


def _user_ids(index: np.ndarray) -> pl.Series:
    return pl.Series(index).cast(pl.String).str.zfill(8).str.replace("^", "u")
