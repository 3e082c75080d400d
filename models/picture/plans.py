"""What was planned: budgets that were typed in, beside what was spent and what a night recommended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.page_results import WeekSpend
from sql.events import Events

EPOCH = date(1970, 1, 1)
WEEK = 7
MICROS = 1e-6


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


def with_plans(weeks: tuple[WeekSpend, ...], plans: DailyMoney, spend: DailyMoney) -> tuple[WeekSpend, ...]:
    """The weeks, each with what was planned for it, all channels together, in currency units.

    A week's plan is known where every channel that spent in it has a budget on each of its days: a plan for
    some of the channels cannot be held against what all of them spent.
    """
    return tuple(replace(week, budget=_planned(week, plans, spend)) for week in weeks)


def followed(
    plans: DailyMoney, recommended: Sequence[tuple[str, float]], start: int, stop: int, step: float
) -> bool | None:
    """Whether the recommended budgets (channel, currency units) were typed in for the days start..stop - 1.

    Yes, where every channel's budgets of these days add up to what was recommended, to within `step` currency
    units. No, where one channel's do not. None where that is not known: a channel has a day without a budget.
    """
    planned, whole = plans.total(start, stop)
    alike: list[bool | None] = []
    for channel, budget in recommended:
        k = plans.channels.index(channel) if channel in plans.channels else None
        known = k is not None and whole[k]
        alike.append(bool(abs(planned[k] * MICROS - budget) <= step * (1 + 1e-9)) if known else None)
    if False in alike:
        return False
    return None if None in alike or not alike else True


def _planned(week: WeekSpend, plans: DailyMoney, spend: DailyMoney) -> float | None:
    start = (date.fromisoformat(week.week_start) - EPOCH).days
    planned, whole = plans.total(start, start + WEEK)
    spent = spend.total(start, start + WEEK)[0] > 0
    return float(planned.sum() * MICROS) if whole.any() and whole[spent].all() else None


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
