"""Staged marts of one chunk of entities, cut into epochs: an epoch is a slice."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sql.events import Events

SECONDS_PER_DAY = 90_000
"""Of the longest day, on which clocks go back."""


@dataclass(frozen=True)
class Stream:
    """Events of one mart, sorted by epoch (stable), for entities numbered within a chunk."""

    entity: NDArray[np.int64]  # (m,) 0..n-1
    values: dict[str, NDArray]  # column -> (m,)
    offsets: NDArray[np.int64]  # (epochs + 1,)
    n: int

    def at(self, epoch: int, column: str) -> NDArray:
        """The column's values in one epoch."""
        return self.values[column][self.offsets[epoch] : self.offsets[epoch + 1]]

    def entities_at(self, epoch: int) -> NDArray[np.int64]:
        """The entities of one epoch's events."""
        return self.entity[self.offsets[epoch] : self.offsets[epoch + 1]]

    def total(self, epoch: int, column: str) -> NDArray[np.float64]:
        """Sum per entity in one epoch. (n,)  Integers below 2^53: exact in any order."""
        return np.bincount(self.entities_at(epoch), self.at(epoch, column), self.n).astype(np.float64)

    def by_action(self, epoch: int, column: str, k: int) -> NDArray[np.float32]:
        """Sum per entity and action in one epoch, without `none`. (n, k)"""
        where = self.entities_at(epoch) * k + (self.at(epoch, "action") - 1)
        return np.bincount(where, self.at(epoch, column), self.n * k).reshape(self.n, k).astype(np.float32)


@dataclass(frozen=True)
class EpochGrid:
    """How a log's days are cut into decisions."""

    first_day: int
    epochs: int
    epoch_days: int
    repeat: bool = False
    """Exposures of one action within an epoch are decisions of their own."""


def read_stream(
    events: Events, table: str, keys: NDArray[np.int64], grid: EpochGrid, day: str = "day"
) -> Stream:
    """One mart for the entities `keys` (ascending); events outside the epochs are left out. `idle`: the
    logged decisions to do nothing, of the exposures."""
    file = "exposures" if table == "idle" else table
    low, high = (int(keys[0]), int(keys[-1])) if len(keys) else (0, -1)
    near = pl.scan_parquet(events.folder / f"{file}.parquet").filter(
        pl.col("entity_key").is_between(low, high)
    )
    frame = _with_seconds(near.collect().filter(pl.col("entity_key").is_in(keys)), grid)
    if table == "idle":
        frame = frame.filter(pl.col("action") == 0)
    if table == "exposures":
        frame = decisions_of_exposures(frame, grid)
    epoch = (frame[day].to_numpy().astype(np.int64) - grid.first_day) // grid.epoch_days
    order = np.argsort(epoch, kind="stable")
    order = order[(epoch[order] >= 0) & (epoch[order] < grid.epochs)]
    entity = np.searchsorted(keys, frame["entity_key"].to_numpy())[order]
    values = {c: frame[c].to_numpy()[order] for c in frame.columns if c != "entity_key"}
    if "action" in values:
        values["action"] = values["action"].astype(np.int64)
    return Stream(entity, values, np.searchsorted(epoch[order], np.arange(grid.epochs + 1)), len(keys))


def decisions_of_exposures(exposures: pl.DataFrame, grid: EpochGrid) -> pl.DataFrame:
    """Exposures of one action within an epoch as one decision with a rank in the epoch; each as its own where
    an action may repeat.

    entity_key, day, action | n, cost_micros, clicks, propensity and second (of the first), rank 0.. in the
    epoch
    """
    exposures = _with_seconds(exposures, grid)
    epoch = (pl.col("day") - grid.first_day) // grid.epoch_days
    alone = ("entity_key", "epoch", "action", *(("position",) if grid.repeat else ()))
    return (
        exposures.lazy()
        .filter(pl.col("action") > 0)
        .with_columns(epoch.alias("epoch"))
        .sort("entity_key", "day", "ordinal")
        .with_columns(pl.int_range(pl.len()).over("entity_key", "epoch").alias("position"))
        .with_columns(pl.col("position").alias("place"))
        .group_by(*alone)
        .agg(
            pl.col("day").min(),
            pl.col("place").min(),
            pl.len().alias("n"),
            pl.col("cost_micros").sum(),
            pl.col("clicks").sum(),
            pl.col("propensity").sort_by("place").first(),
            pl.col("second").min(),
        )
        .sort("entity_key", "epoch", "place")
        .with_columns(pl.int_range(pl.len()).over("entity_key", "epoch").alias("rank"))
        .drop("epoch", "place", "position", strict=False)
        .collect()
    )


def _with_seconds(frame: pl.DataFrame, grid: EpochGrid) -> pl.DataFrame:
    """With `second` since the epoch began, where times are within their epoch; by the day alone where a mart
    holds nothing finer."""
    if "second" in frame.columns:
        return frame
    within = pl.col("second_of_day") if "second_of_day" in frame.columns else pl.lit(0)
    second = ((pl.col("day").cast(pl.Int64) - grid.first_day) % grid.epoch_days) * SECONDS_PER_DAY + within
    return frame.with_columns(second.alias("second")).drop("second_of_day", strict=False)
