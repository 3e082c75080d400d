"""Daily totals as arrays: spend per channel and the day's margin, on a calendar without holes."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sql.errors import LogError
from sql.events import Events

MICROS = 1_000_000
MOST_CHANNELS = 40
"""More cannot be told apart by one figure a day."""


@dataclass(frozen=True)
class DailyTotals:
    """n days without a hole, K channels with any spend. Money in currency units per day."""

    channels: tuple[str, ...]
    day: NDArray[np.int64]  # (n,) days since 1970-01-01, each one more than the last
    spend: NDArray[np.float64]  # (n, K)
    margin: NDArray[np.float64]  # (n,) of all sales that day, whatever caused them; 0 where not known
    known: NDArray[np.bool_]  # (n,) days to learn from: margin and spend known, and not taken out
    notes: tuple[str, ...] = ()


def read_totals(events: Events, *, margin_rate: float) -> DailyTotals:
    """The staged daily totals; `margin_rate` is margin per unit of revenue where no margin is logged.

    The day's margin is that of the purchases, where the logs hold any: all sales, less the youngest days
    whose purchases are still being reported. Else it is the rows' revenue: summed over channels and the row
    `none` (sales that no channel claims), or taken once where every channel's row repeats the same figure. A
    channel without a row on a day spent nothing; a day without any row is left out, its spend taken to be
    the mean for the stock's sake. Raises LogError where no row says what was sold, or nothing was spent.
    """
    rows = pl.read_parquet(events.folder / "totals.parquet").sort("day", "action")
    shown = rows.filter(pl.col("action") > 0)
    if not len(shown):
        raise LogError("The daily totals hold no channel; each row needs date, channel and spend.")
    first, n = events.first_day, events.last_day - events.first_day + 1
    day = np.arange(first, first + n, dtype=np.int64)
    micros = np.zeros((n, len(events.actions)), np.int64)
    micros[shown["day"].to_numpy() - first, shown["action"].to_numpy()] = shown["cost_micros"].to_numpy()
    spent = micros.sum(axis=0) > 0
    channels = tuple(name for name, some in zip(events.actions, spent, strict=True) if some)
    if not 1 <= len(channels) <= MOST_CHANNELS:
        raise LogError(
            f"The daily totals hold {len(channels)} channels with spend; at least 1 is needed, and more than "
            f"{MOST_CHANNELS} cannot be told apart by one figure a day."
        )
    spend = micros[:, spent] / MICROS
    logged = np.isin(day, shown["day"].to_numpy())
    spend[~logged] = spend[logged].mean(axis=0)
    margin, sold, notes = _margin(events, rows, day, margin_rate)
    if not logged.all():
        notes = (*notes, f"{int((~logged).sum())} days have no row of daily totals and are left out.")
    known = logged & sold & ~np.isin(day, events.excluded_days)
    return DailyTotals(channels, day, spend, np.where(known, margin, 0.0), known, notes)


def _margin(
    events: Events, rows: pl.DataFrame, day: NDArray[np.int64], margin_rate: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_], tuple[str, ...]]:
    """((n,) margin, (n,) where it is known, notes)."""
    booked = pl.read_parquet(events.folder / "bookings.parquet").filter(pl.col("day").is_in(day.tolist()))
    if len(booked):
        micros = np.zeros(len(day), np.int64)
        np.add.at(micros, booked["day"].to_numpy() - day[0], booked["margin_micros"].to_numpy())
        bounds = int(booked["day"].min()), events.last_day - events.delay_days  # type: ignore[arg-type]
        return micros / MICROS, (day >= bounds[0]) & (day <= bounds[1]), ()
    claims = rows.filter(pl.col("revenue_micros").is_not_null())
    if not len(claims):
        raise LogError(
            "The daily totals carry no revenue and the logs hold no purchases: nothing says what was sold. "
            "Add a column revenue to the totals, with a row for the channel none for all other sales."
        )
    per_day = claims.group_by("day").agg(
        rows=pl.len(),
        different=pl.col("revenue_micros").n_unique(),
        once=pl.col("revenue_micros").first(),
        revenue=pl.col("revenue_micros").sum(),
        other=(pl.col("action") == 0).any(),
    )
    several = per_day.filter(pl.col("rows") > 1)
    repeated = bool(len(several)) and bool((several["different"] == 1).all())
    missing = rows.filter(
        pl.col("revenue_micros").is_null() & pl.col("action").is_in(claims["action"].unique().to_list())
    )
    known = np.isin(day, per_day["day"].to_numpy())
    if repeated:
        note = "Every channel's row repeats the day's revenue: it is counted once."
    elif per_day["other"].any():
        note = "Sales are the revenue of all channels' rows and of the row none."
        known &= np.isin(day, per_day.filter(pl.col("other"))["day"].to_numpy())
    else:
        note = (
            "Sales are the sum of the channels' revenue: where platforms claim the same sale twice, or some "
            "sales are claimed by nobody, the returns are off. A row for the channel none holds the rest."
        )
    if not repeated:
        known &= ~np.isin(day, missing["day"].to_numpy())
    revenue = np.zeros(len(day), np.int64)
    revenue[per_day["day"].to_numpy() - day[0]] = per_day["once" if repeated else "revenue"].to_numpy()
    return revenue / MICROS * margin_rate, known, (note,)
