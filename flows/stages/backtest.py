"""The back-test: what earlier nights promised, from the ledger, and what the log holds of the days after."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from flows.publishing.ledger import LEDGER, read_ledger
from flows.stages.days import EPOCH
from models.mdp import DailyMoney, Transitions
from models.picture import followed
from models.results import PastNight

MICROS = 1e-6
MOVES = ("MOVE", "MOVE_PARTLY")
MAX_NIGHTS = 30


def past_nights(
    root: Path,
    as_of: date,
    transitions: Transitions,
    period_days: int,
    plans: DailyMoney,
    rounding: float,
) -> tuple[PastNight, ...]:
    """Nights before `as_of` with the same budget period, oldest first, the last thirty of them.

    Profit and spend are those booked in the logged days of the period from a night on, and up to it; None
    where the log does not hold the whole period. Reads the ledger as it was before this night. A night that
    judged something was followed where the budgets typed in for its period (`plans`) are within `rounding`,
    the platform's step in currency units, of its own.
    """
    rows = read_ledger(root / LEDGER).filter(
        (pl.col("as_of") < as_of) & (pl.col("period_days") == period_days)
    )
    nights = rows.partition_by("as_of", maintain_order=True)[-MAX_NIGHTS:]
    return tuple(_night(night, transitions, period_days, plans, rounding) for night in nights)


def _night(
    rows: pl.DataFrame, transitions: Transitions, period_days: int, plans: DailyMoney, rounding: float
) -> PastNight:
    first = rows.row(0, named=True)
    day = (first["as_of"] - EPOCH).days
    promised, judged = first["verdict"] in MOVES, first["verdict"] != "NO_EVIDENCE"
    after, before = (_booked(transitions, start, start + period_days) for start in (day, day - period_days))
    channels = rows.filter(pl.col("channel").is_not_null())
    grouped = channels.group_by("channel", maintain_order=True).agg(pl.col("recommended").sum())
    budgets = tuple(grouped.iter_rows())
    return PastNight(
        as_of=first["as_of"].isoformat(),
        verdict=first["verdict"],
        promised=first["uplift"] if promised else None,
        low=first["uplift_low"] if promised else None,
        high=first["uplift_high"] if promised else None,
        realised=None if after is None else after[0],
        before=None if before is None else before[0],
        expected_spend=_spend(first, channels, ""),
        spend_low=_spend(first, channels, "_low") if judged else None,
        spend_high=_spend(first, channels, "_high") if judged else None,
        realised_spend=None if after is None else after[1],
        budgets=budgets,
        followed=followed(plans, budgets, day, day + period_days, rounding) if judged else None,
    )


def _spend(night: dict[str, Any], channels: pl.DataFrame, end: str) -> float | None:
    """Of all channels together, as the night told it; of an older night the sum, of bounds as wide as if all
    channels erred alike. None where a channel's is not known."""
    told, each = night[f"budget_spend{end}"], channels[f"expected_spend{end}"]
    if told is not None:
        return float(told)
    return float(each.sum()) if len(each) and not each.null_count() else None


def _booked(transitions: Transitions, start: int, stop: int) -> tuple[float, float] | None:
    """(profit, spend) of the decisions on days start..stop - 1, in currency units; None where the log does
    not hold them all."""
    if not transitions.n_rows or start < int(transitions.day.min()) or stop > int(transitions.day.max()) + 1:
        return None
    rows = np.flatnonzero((transitions.day >= start) & (transitions.day < stop))
    spend, goal = int(transitions.cost_micros()[rows].sum()), int(transitions.goal_micros()[rows].sum())
    unit = MICROS * transitions.stands_for
    return (goal - spend) * unit, spend * unit
