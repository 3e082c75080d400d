"""Money by day and channel, as the marts have it: what was typed in, and what was spent."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sql.events import Events


@dataclass(frozen=True)
class DailyMoney:
    """Money of K channels on D days without a hole: budgets, or what was spent."""

    channels: tuple[str, ...]
    first_day: int
    micros: NDArray[np.int64]  # (D, K), 0 where nothing is logged
    logged: NDArray[np.bool_]  # (D, K)

    def total(self, start: int, stop: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """(K,) money in micros on the days start..stop - 1, and (K,) whether every one of them is logged."""
        day = np.arange(start, stop) - self.first_day
        held = day[(day >= 0) & (day < len(self.micros))]
        return self.micros[held].sum(axis=0), self.logged[held].sum(axis=0) == len(day)


def planned_budgets(events: Events) -> DailyMoney:
    """The budgets that were typed in; no day where the study has none."""
    return _read(events, "budgets", "planned_micros")


def spend_in_totals(events: Events) -> DailyMoney:
    """What daily totals say was spent."""
    return _read(events, "totals", "cost_micros")


def spend_of_exposures(events: Events) -> DailyMoney:
    """What the exposures of each day cost, clicks included, however long a decision epoch is."""
    return _read(events, "exposures", "cost_micros")


def _read(events: Events, mart: str, money: str) -> DailyMoney:
    """The sums of a mart's money by day and action; the action `none` costs nothing and is left out."""
    shown = pl.scan_parquet(events.folder / f"{mart}.parquet").filter(pl.col("action") > 0)
    rows = shown.group_by("day", "action").agg(pl.col(money).sum()).collect()
    day, channel = rows["day"].to_numpy(), rows["action"].to_numpy() - 1
    first = int(day.min()) if len(day) else 0
    shape = (int(day.max()) - first + 1 if len(day) else 0, len(events.actions) - 1)
    micros, logged = np.zeros(shape, np.int64), np.zeros(shape, np.bool_)
    micros[day - first, channel], logged[day - first, channel] = rows[money].to_numpy(), True
    return DailyMoney(events.actions[1:], first, micros, logged)
