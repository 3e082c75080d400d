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


COLUMNS = (
    "action", "n", "second_of_day", "cost_micros", "clicks", "propensity",
    "purchases", "margin_micros", "name", "value_micros",
)  # fmt: skip
"""What decisions, states and outcomes are made of, in whichever mart."""


def read_stream(
    events: Events, table: str, keys: NDArray[np.int64], grid: EpochGrid, day: str = "day"
) -> Stream:
    """One mart for the entities `keys` (ascending); events outside the epochs are left out. `idle`: the
    logged decisions to do nothing, of the exposures."""
    frame = _of_entities(events, "exposures" if table == "idle" else table, keys, day)
    if table == "idle":
        frame = frame.filter(pl.col("action") == 0)
    if table == "exposures":
        found = decisions_of_exposures(frame, grid)
        entity, when, values = found.entity, found.day, found.values
    else:
        entity, when = frame["entity_key"].to_numpy(), frame[day].to_numpy()
        values = {c: frame[c].to_numpy() for c in COLUMNS if c in frame.columns and c != "second_of_day"}
        values["second"] = _seconds(frame, when, grid)
    epoch = (when.astype(np.int64) - grid.first_day) // grid.epoch_days
    order = _by_epoch(epoch, grid.epochs)
    values = {c: v[order] for c, v in values.items()}
    if "action" in values:
        values["action"] = values["action"].astype(np.int64)
    offsets = np.searchsorted(epoch[order], np.arange(grid.epochs + 1))
    return Stream(np.searchsorted(keys, entity[order]), values, offsets, len(keys))


def _of_entities(events: Events, mart: str, keys: NDArray[np.int64], day: str) -> pl.DataFrame:
    """The rows of the entities `keys` (ascending): of the file no more than lies between the first and the
    last."""
    low, high = (int(keys[0]), int(keys[-1])) if len(keys) else (0, -1)
    near = pl.scan_parquet(events.folder / f"{mart}.parquet").filter(
        pl.col("entity_key").is_between(low, high)
    )
    there = near.collect_schema().names()
    frame = near.select(c for c in ("entity_key", day, "ordinal", *COLUMNS) if c in there).collect()
    entity = frame["entity_key"].to_numpy()
    known = keys[np.minimum(np.searchsorted(keys, entity), len(keys) - 1)] == entity if len(keys) else []
    return frame if np.all(known) else frame.filter(pl.Series(known))


def _by_epoch(epoch: NDArray[np.int64], epochs: int) -> NDArray[np.int64]:
    """Rows (m,) inside the grid by epoch, in their own order within one."""
    small = np.int16 if epochs < np.iinfo(np.int16).max else np.int64  # of 16 bits numpy sorts by digits
    order = np.argsort(np.clip(epoch, -1, epochs).astype(small), kind="stable")
    first, last = np.searchsorted(epoch, (0, epochs), sorter=order)
    return order[first:last]


@dataclass(frozen=True)
class Decisions:
    """Exposures as m decisions, by entity, epoch and rank."""

    entity: NDArray[np.int64]  # (m,) key
    day: NDArray[np.integer]  # (m,) of the first exposure
    values: dict[str, NDArray]
    """action, n, cost_micros, clicks; propensity and second of the first; rank 0.. in the epoch. (m,) each"""


def decisions_of_exposures(exposures: pl.DataFrame, grid: EpochGrid) -> Decisions:
    """Exposures of one action within an epoch as one decision with a rank in the epoch; each as its own where
    an action may repeat."""
    rows = _in_order(exposures.filter(pl.col("action") > 0))
    entity, day, action = (rows[c].to_numpy() for c in ("entity_key", "day", "action"))
    n = len(rows)
    group = _entity_epochs(entity, day, grid)
    order, starts = np.arange(n), np.arange(n)
    if not grid.repeat:
        code = group * (int(action.max(initial=0)) + 1) + action
        order = np.argsort(code, kind="stable")
        starts = np.flatnonzero(np.diff(code[order], prepend=-1))
    first = order[starts]  # (m,) the first exposure of each decision
    by = np.argsort(first, kind="stable")
    first = first[by]

    def of_all(reduce: np.ufunc, column: NDArray) -> NDArray:
        return reduce.reduceat(column[order], starts)[by] if n else column

    of_group = group[first]
    return Decisions(
        entity[first],
        day[first],
        {
            "action": action[first],
            "n": np.diff(starts, append=n)[by],
            "cost_micros": of_all(np.add, rows["cost_micros"].to_numpy()),
            "clicks": of_all(np.add, rows["clicks"].to_numpy()),
            "propensity": rows["propensity"].to_numpy()[first],
            "second": of_all(np.minimum, _seconds(rows, day, grid)),
            "rank": np.arange(len(first)) - np.searchsorted(of_group, of_group),
        },
    )


def most_in_an_epoch(exposures: pl.DataFrame, grid: EpochGrid) -> int:
    """The most decisions that any entity's epoch holds: actions, or exposures where one may repeat."""
    rows = _in_order(exposures.filter(pl.col("action") > 0))
    if not len(rows):
        return 0
    entity, day, action = (rows[c].to_numpy() for c in ("entity_key", "day", "action"))
    group = _entity_epochs(entity, day, grid)
    if not grid.repeat:
        actions = int(action.max()) + 1
        code = np.sort(group * actions + action)
        group = code[np.diff(code, prepend=-1) > 0] // actions
    return int(np.bincount(group).max())


def _entity_epochs(entity: NDArray[np.int64], day: NDArray[np.integer], grid: EpochGrid) -> NDArray[np.int64]:
    """(n,) which of all epochs of all entities a row stands in, 0.. in the order of rows."""
    epoch = (day.astype(np.int64) - grid.first_day) // grid.epoch_days
    began = np.ones(len(entity), bool)
    began[1:] = (entity[1:] != entity[:-1]) | (epoch[1:] != epoch[:-1])
    return np.cumsum(began) - 1


def _in_order(exposures: pl.DataFrame) -> pl.DataFrame:
    """By entity, day and ordinal: as the mart is written."""
    entity, day, ordinal = (exposures[c].to_numpy() for c in ("entity_key", "day", "ordinal"))
    same = entity[1:] == entity[:-1]
    later = (day[1:] > day[:-1]) | ((day[1:] == day[:-1]) & (ordinal[1:] >= ordinal[:-1]))
    if np.all((entity[1:] > entity[:-1]) | (same & later)):
        return exposures
    return exposures.sort("entity_key", "day", "ordinal")


def _seconds(rows: pl.DataFrame, day: NDArray[np.integer], grid: EpochGrid) -> NDArray[np.int64]:
    """(m,) since the epoch began; by the day (m,) alone where a mart holds nothing finer."""
    within = rows["second_of_day"].to_numpy() if "second_of_day" in rows.columns else 0
    return ((day.astype(np.int64) - grid.first_day) % grid.epoch_days) * SECONDS_PER_DAY + within
