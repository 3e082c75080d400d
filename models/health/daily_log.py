"""The log day by day: counts and money per channel and for the whole shop, on a calendar without holes."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sql.events import Events

Counts = NDArray[np.int64]
CHANNEL_MEASURES = ("impressions", "paid_impressions", "cost_micros", "opportunities", "clicks")
SHOP_MEASURES = ("purchases", "revenue_micros", "median_revenue_micros", "visits")


@dataclass(frozen=True)
class LargestAmounts:
    """The largest amounts of one kind in one channel, descending, with their days; see the mart."""

    kind: str
    """`cost` or `revenue`."""
    channel: str
    """`none`: whatever the channel."""
    micros: tuple[int, ...]
    day: tuple[int, ...]
    rows_above_zero: int
    """Of how many rows these are the largest."""


@dataclass(frozen=True)
class DailyLog:
    """n days that can be compared with each other, ascending, and K channels.

    Days that the study excludes are not among them: what is known to be wrong is no alarm, and no standard.
    """

    channels: tuple[str, ...]
    day: Counts  # (n,) days since 1970-01-01
    channel_days: dict[str, Counts]  # measure -> (n, K)
    shop_days: dict[str, Counts]  # measure -> (n,)
    reported_share: NDArray[np.float64]  # (n,) of the day's purchases that are known by the log's end
    report_lag: Counts  # (n,) days from the newest purchase known on the evening of a day to that day
    marked: NDArray[np.bool_]  # (n,) days of which the study says that something happened on them
    largest: tuple[LargestAmounts, ...]

    def __len__(self) -> int:
        return len(self.day)


def read_daily_log(events: Events, marked: tuple[int, ...] = ()) -> DailyLog:
    """The staged log by day. `marked`: days since 1970-01-01 of the study's events."""
    day = np.arange(events.first_day, events.last_day + 1, dtype=np.int64)
    day = day[~np.isin(day, np.array(events.excluded_days, np.int64))]
    channels = events.actions[1:]
    of_channels = pl.read_parquet(events.folder / "channel_days.parquet")
    of_shop = pl.read_parquet(events.folder / "shop_days.parquet")
    return DailyLog(
        channels=channels,
        day=day,
        channel_days={name: _by_channel(of_channels, name, day, len(channels)) for name in CHANNEL_MEASURES},
        shop_days={name: _by_day(of_shop, name, day) for name in SHOP_MEASURES},
        reported_share=_reported_share(events, day),
        report_lag=_report_lag(events, day),
        marked=np.isin(day, np.array(marked, np.int64)),
        largest=_largest(events, day),
    )


def _by_channel(frame: pl.DataFrame, measure: str, day: Counts, n_channels: int) -> Counts:
    """(n, K); rows of other days are left out."""
    table = np.zeros((len(day), n_channels), np.int64)
    where, there = _places(day, frame["day"].to_numpy())
    table[where, frame["action"].to_numpy()[there] - 1] = frame[measure].to_numpy()[there]
    return table


def _by_day(frame: pl.DataFrame, measure: str, day: Counts) -> Counts:
    """(n,)"""
    series = np.zeros(len(day), np.int64)
    where, there = _places(day, frame["day"].to_numpy())
    series[where] = frame[measure].to_numpy()[there]
    return series


def _places(day: Counts, found: NDArray[np.integer]) -> tuple[Counts, NDArray[np.bool_]]:
    """(places among `day` of the rows that have one, which rows those are)."""
    there = np.isin(found, day)
    return np.searchsorted(day, found[there]), there


def _reported_share(events: Events, day: Counts) -> NDArray[np.float64]:
    """Share of the purchases of a day that are known by the log's last day, from the delays of all.

    The delays of young purchases are those of the quick ones, so that the share is a little too large for
    the youngest days: purchases that come in late anyway must be missing a little longer to be missed.
    """
    bookings = pl.read_parquet(events.folder / "bookings.parquet")
    age = events.last_day - day
    if not bookings["purchases"].sum():
        return np.ones(len(day))
    delay = np.maximum(bookings["known_day"].to_numpy() - bookings["day"].to_numpy(), 0)
    reported = np.cumsum(np.bincount(delay, bookings["purchases"].to_numpy()))
    share: NDArray[np.float64] = reported[np.minimum(age, len(reported) - 1)] / reported[-1]
    return share


def _report_lag(events: Events, day: Counts) -> Counts:
    """How far behind purchases were, evening by evening: up to seven days where they come in once a week."""
    bookings = pl.read_parquet(events.folder / "bookings.parquet").sort("known_day", "day")
    newest = np.maximum.accumulate(bookings["day"].to_numpy().astype(np.int64))
    known = np.searchsorted(bookings["known_day"].to_numpy(), day, side="right")
    return np.where(known > 0, day - np.append(events.first_day, newest)[known], 0)


def _largest(events: Events, day: Counts) -> tuple[LargestAmounts, ...]:
    """By kind and channel, in the order of the mart."""
    frame = pl.read_parquet(events.folder / "largest_amounts.parquet").sort("kind", "action", "rank")
    kept = frame.filter(pl.col("day").is_in(day.tolist()))
    return tuple(
        LargestAmounts(
            str(kind),
            events.actions[int(str(action))],
            tuple(part["micros"].to_list()),
            tuple(part["day"].to_list()),
            int(part["rows_above_zero"][0]),
        )
        for (kind, action), part in kept.group_by("kind", "action", maintain_order=True)
    )
