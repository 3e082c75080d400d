"""Context columns as state where decisions follow one another: as logged with the last ad before the day.

A decision that showed nothing has no impression, so no context of its own; and the context of an ad that was
shown tells that it was. What is known either way, strictly before the decision, is what came with earlier ads
(and logged decisions for `none`). In a single-step log every decision is a row, and has its own; so it has
where a study says that every decision is logged (`decision.every_logged`), doing nothing included.
"""

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


class ContextState:
    """The newest context of n entities, `keys` (n,) ascending; `features`, then `advance`."""

    def __init__(
        self, events: Events, keys: NDArray[np.int64], *, epoch_days: int, own: bool = False
    ) -> None:
        """own: decisions know the context of their own epoch's row."""
        self._own, self._asked, self._without = own, 0, 0
        names = [f"c_{c}" for c in events.context_columns]
        self._known = np.zeros((len(keys), len(names)), np.float32)  # 0 where there was none yet
        if not names or not len(keys):
            self._epoch = self._entity = np.zeros(0, np.int64)
            self._values = np.zeros((0, len(names)))
            return
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
        self._epoch = newest["epoch"].to_numpy().astype(np.int64)
        self._entity = np.searchsorted(keys, newest["entity_key"].to_numpy())
        values = [newest[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in names]
        self._values = np.stack(values, axis=1)  # NaN where not logged: what was known stays

    def features(self, rows: NDArray[np.int64], epoch: int) -> NDArray[np.float32]:
        """(m, C) of the entities `rows` (m,) at a decision of an epoch."""
        if self._own and len(self._epoch) and epoch <= self._epoch[-1]:
            here = self._entity[slice(*np.searchsorted(self._epoch, (epoch, epoch + 1)))]
            self._asked += len(rows)
            self._without += int((~np.isin(rows, here)).sum())
            self.advance(epoch)
        return self._known[rows]

    def check(self) -> None:
        """Raises LogError where decisions that should be logged are not: having a row would tell that
        something was done."""
        if self._without > MAX_WITHOUT_ROW * self._asked:
            raise LogError(
                f"decision.every_logged is true, but {self._without:,} of {self._asked:,} decisions have no "
                "row in impressions. Log a row for every decision, with the channel `none` where nothing was "
                "done, or leave decision.every_logged out."
            )

    def advance(self, epoch: int) -> None:
        """Let one epoch pass."""
        start, stop = np.searchsorted(self._epoch, (epoch, epoch + 1))
        who, now = self._entity[start:stop], self._values[start:stop]
        self._known[who] = np.where(np.isnan(now), self._known[who], now)
