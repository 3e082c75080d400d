"""Staged marts of some entities, cut into cells: a cell is one entity's epoch."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sql.events import Events

SECONDS_PER_DAY = 90_000
"""Of the longest day, on which clocks go back."""


@dataclass(frozen=True)
class Stream:
    """Events of one mart, sorted by cell (stable): entity x epochs + epoch, of entities numbered 0..n-1."""

    cell: NDArray[np.int64]  # (m,) ascending
    values: dict[str, NDArray]  # column -> (m,)
    n: int
    epochs: int

    @property
    def cells(self) -> int:
        return self.n * self.epochs

    def of(self, start: int, stop: int) -> "Stream":
        """The events of the entities start..stop - 1."""
        before = start * self.epochs
        part = slice(*np.searchsorted(self.cell, (before, stop * self.epochs)))
        values = {name: column[part] for name, column in self.values.items()}
        return Stream(self.cell[part] - before, values, stop - start, self.epochs)

    def total(self, column: str) -> NDArray[np.float64]:
        """Sum per cell. (cells,)  Integers below 2^53: exact in any order."""
        return np.bincount(self.cell, self.values[column], self.cells).astype(np.float64)

    def by_action(self, column: str, k: int) -> NDArray[np.float32]:
        """Sum per cell and action, without `none`. (cells, k)"""
        where = self.cell * k + (self.values["action"] - 1)
        total = np.bincount(where, self.values[column], self.cells * k)
        return total.astype(np.float32).reshape(self.cells, k)


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


OF_EXPOSURES = {
    "exposures": ("exposures", pl.col("action") > 0),
    "idle": ("exposures", pl.col("action") == 0),
}
"""What is read of the mart: its name, and which rows."""


def read_stream(
    events: Events, table: str, keys: NDArray[np.int64], grid: EpochGrid, day: str = "day"
) -> Stream:
    """One mart for the entities `keys` (ascending); events outside the epochs are left out. `idle`: the
    logged decisions to do nothing, of the exposures."""
    mart, wanted = OF_EXPOSURES.get(table, (table, pl.lit(True)))
    frame = _mart_of(events, mart, keys, (day, "ordinal", *COLUMNS), wanted)
    if table == "exposures":
        frame = _in_order(frame)
    when = frame[day].to_numpy()
    epoch = (when.astype(np.int64) - grid.first_day) // grid.epoch_days
    entity = index_of(keys, frame["entity_key"].to_numpy())
    cell = entity * grid.epochs + epoch
    values = {c: frame[c].to_numpy() for c in COLUMNS if c in frame.columns and c != "second_of_day"}
    values["second"] = _seconds(frame, when, grid)
    if "action" in values:
        values["action"] = values["action"].astype(np.int64)
    inside = (entity >= 0) & (epoch >= 0) & (epoch < grid.epochs)
    if not inside.all():
        cell, values = cell[inside], {c: v[inside] for c, v in values.items()}
    if np.any(cell[1:] < cell[:-1]):
        order = np.argsort(cell, kind="stable")
        cell, values = cell[order], {c: v[order] for c, v in values.items()}
    if table == "exposures":
        cell, values = decisions_of_exposures(cell, values, repeat=grid.repeat)
    return Stream(cell, values, len(keys), grid.epochs)


def _mart_of(
    events: Events, mart: str, keys: NDArray[np.int64], columns: tuple[str, ...], wanted: pl.Expr
) -> pl.DataFrame:
    """Some columns of a mart's wanted rows, as far as it has them: of the file no more than lies between the
    first and the last of the entities `keys` (ascending)."""
    low, high = (int(keys[0]), int(keys[-1])) if len(keys) else (0, -1)
    of_all = pl.scan_parquet(events.folder / f"{mart}.parquet")
    there = of_all.collect_schema().names()
    near = of_all.filter(pl.col("entity_key").is_between(low, high), wanted)
    return near.select(c for c in ("entity_key", *columns) if c in there).collect()


def index_of(keys: NDArray[np.int64], entity: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m,) where each entity (m,) stands among `keys` (ascending); -1 where it does not. Fast where rows of
    one entity stand together."""
    starts = np.flatnonzero(_is_new(entity))
    of_run = entity[starts]
    found = np.searchsorted(keys, of_run)
    known = np.append(keys, 0)[found] == of_run
    known[found == len(keys)] = False
    return np.repeat(np.where(known, found, -1), np.diff(starts, append=len(entity)))


def rank_within(group: NDArray[np.integer]) -> NDArray[np.int64]:
    """(m,) 0.. of each row among the neighbours of the same group (m,)."""
    rows = np.arange(len(group))
    return rows - np.maximum.accumulate(np.where(_is_new(group), rows, 0))


def _is_new(group: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(m,) whether a row's group is another one than that of the row before."""
    new = np.ones(len(group), bool)
    new[1:] = group[1:] != group[:-1]
    return new


def decisions_of_exposures(
    cell: NDArray[np.int64], shown: dict[str, NDArray], *, repeat: bool
) -> tuple[NDArray[np.int64], dict[str, NDArray]]:
    """Exposures of one action within a cell (n,) as one decision; each as its own where an action may repeat.

    Returned: the cells (m,) of the decisions, and their action, n, cost_micros, clicks; propensity and second
    of the first; rank 0.. in the cell. shown (n,): in order within a cell.
    """
    n, action = len(cell), shown["action"]
    order, starts = np.arange(n), np.arange(n)
    if not repeat:
        code = cell * (int(action.max(initial=0)) + 1) + action
        order = np.argsort(code, kind="stable")
        starts = np.flatnonzero(_is_new(code[order]))
    first = order[starts]  # (m,) the first exposure of each decision
    by = np.argsort(first, kind="stable")
    first = first[by]

    def of_all(reduce: np.ufunc, column: NDArray) -> NDArray:
        return reduce.reduceat(column[order], starts)[by] if n else column

    return cell[first], {
        "action": action[first],
        "n": np.diff(starts, append=n)[by],
        "cost_micros": of_all(np.add, shown["cost_micros"]),
        "clicks": of_all(np.add, shown["clicks"]),
        "propensity": shown["propensity"][first],
        "second": of_all(np.minimum, shown["second"]),
        "rank": rank_within(cell[first]),
    }


def most_in_an_epoch(exposures: pl.DataFrame, grid: EpochGrid) -> int:
    """The most decisions that any entity's epoch holds: actions, or exposures where one may repeat."""
    rows = _in_order(exposures.filter(pl.col("action") > 0))
    if not len(rows):
        return 0
    entity, day, action = (rows[c].to_numpy() for c in ("entity_key", "day", "action"))
    epoch = (day.astype(np.int64) - grid.first_day) // grid.epoch_days
    starts = np.flatnonzero(_is_new(entity) | _is_new(epoch))
    if grid.repeat:
        return int(np.diff(starts, append=len(rows)).max())
    word, bit = np.divmod(action, 64)  # an action is a bit, those of an epoch are words of bits
    bits = np.left_shift(np.uint64(1), bit.astype(np.uint64))
    words = [np.where(word == w, bits, np.uint64(0)) for w in range(int(word.max()) + 1)]
    held = [np.bitwise_count(np.bitwise_or.reduceat(w, starts)) for w in words]
    return int(np.sum(held, axis=0, dtype=np.int64).max())


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
