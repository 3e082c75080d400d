"""Context columns as state where decisions follow one another: as logged with the last ad before the day.

A decision that showed nothing has no impression, so no context of its own; and the context of an ad that was
shown tells that it was. What is known either way, strictly before the decision, is what came with earlier ads
(and logged decisions for `none`). In a single-step log every decision is a row, and has its own; so it has
where a study says that every decision is logged (`decision.every_logged`), doing nothing included.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.transition_table import AS_LOGGED, Feature
from sql.errors import LogError
from sql.events import Events

MAX_WITHOUT_ROW = 0.01
"""Share of decisions that may have no row where every decision is logged."""


def context_features(events: Events, *, own: bool = False) -> tuple[Feature, ...]:
    """One feature per encoded context column. own: of the decision itself."""
    if own:
        return tuple(
            Feature(c, AS_LOGGED, f"{c} as logged with the decision", "recent")
            for c in events.context_columns
        )
    return tuple(
        Feature(f"last_{c}", AS_LOGGED, f"{c} as logged with the last ad before the day")
        for c in events.context_columns
    )


@dataclass(frozen=True)
class ContextLog:
    """The newest context in each epoch of n entities that has any, by epoch and entity. C columns."""

    epoch: NDArray[np.int64]  # (m,) ascending
    entity: NDArray[np.int64]  # (m,) 0..n-1
    values: NDArray[np.float64]  # (m, C) NaN where not logged
    n: int

    @classmethod
    def of(cls, events: Events, keys: NDArray[np.int64], epoch_days: int) -> "ContextLog":
        """Of the entities `keys` (n,), ascending."""
        names = [f"c_{c}" for c in events.context_columns]
        if not names or not len(keys):
            return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(names))), len(keys))
        newest = (
            pl.scan_parquet(events.folder / "exposures.parquet")
            .filter(pl.col("entity_key").is_between(int(keys[0]), int(keys[-1])))
            .filter(pl.col("entity_key").is_in(keys))
            .with_columns(((pl.col("day").cast(pl.Int64) - events.first_day) // epoch_days).alias("epoch"))
            .sort("epoch", "entity_key", "day", "ordinal")
            .group_by("epoch", "entity_key", maintain_order=True)
            .agg(pl.col(name).drop_nulls().last() for name in names)
            .collect()
        )
        values = [newest[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names]
        entity = np.searchsorted(keys, newest["entity_key"].to_numpy())
        return cls(newest["epoch"].to_numpy().astype(np.int64), entity, np.stack(values, axis=1), len(keys))

    def part(self, start: int, stop: int) -> "ContextLog":
        """Of the entities start..stop - 1."""
        mine = (self.entity >= start) & (self.entity < stop)
        return ContextLog(self.epoch[mine], self.entity[mine] - start, self.values[mine], stop - start)

    def at(self, epoch: int) -> slice:
        """The rows of one epoch."""
        return slice(*np.searchsorted(self.epoch, (epoch, epoch + 1)))

    def check_logged(self, entity: NDArray[np.int64], epoch: NDArray[np.int64]) -> None:
        """Raises LogError where decisions about entities (r,) in epochs (r,) should be logged and are not:
        having a row would tell that something was done."""
        if not len(self.epoch):
            return
        asked = epoch <= self.epoch[-1]
        logged = np.isin(epoch[asked] * self.n + entity[asked], self.epoch * self.n + self.entity)
        without = int((~logged).sum())
        if without > MAX_WITHOUT_ROW * len(logged):
            raise LogError(
                f"decision.every_logged is true, but {without:,} of {len(logged):,} decisions have no "
                "row in impressions. Log a row for every decision, with the channel `none` where nothing was "
                "done, or leave decision.every_logged out."
            )


class ContextState:
    """The newest context of n entities; `features`, then `advance`, epoch by epoch."""

    def __init__(self, log: ContextLog, *, own: bool = False) -> None:
        """own: decisions know the context of their own epoch's row."""
        self._log, self._own = log, own
        self._known = np.zeros((log.n, log.values.shape[1]), np.float32)  # 0 where there was none yet

    def features(self, rows: NDArray[np.int64], epoch: int) -> NDArray[np.float32]:
        """(m, C) of the entities `rows` (m,) at a decision of an epoch."""
        if self._own:
            self.advance(epoch)
        return self._known[rows]

    def advance(self, epoch: int) -> None:
        """Let one epoch pass: what it does not tell stays as it was known."""
        here = self._log.at(epoch)
        who, now = self._log.entity[here], self._log.values[here]
        self._known[who] = np.where(np.isnan(now), self._known[who], now)
