"""What the logs say was spent and claimed, in the units people type: bookkeeping, no estimates."""

import numpy as np
import polars as pl

from models.transition_table import Transitions
from sql.events import Events

MICROS = 1_000_000


def spend_per_period(transitions: Transitions, period_days: int) -> dict[str, float]:
    """Spend by channel per budget period, in currency units: the mean over all logged days.

    A log shorter than the period counts as one period. Channels only; `none` costs nothing.
    """
    days = int(transitions.day.max()) - int(transitions.day.min()) + 1 if transitions.n_rows else 1
    periods = max(days / period_days, 1.0)
    return {
        action: int(transitions.outcome(f"cost:{action}").sum()) / MICROS / periods
        for action in transitions.actions[1:]
    }


def as_vector(spend: dict[str, float], actions: tuple[str, ...]) -> np.ndarray:
    """(A,) in the order of `actions`, 0 for `none`."""
    return np.array([spend.get(action, 0.0) for action in actions])


def attributed_roas(events: Events) -> dict[str, float | None]:
    """Revenue a platform would claim per unit of spend, by channel; None without spend, and where the log
    does not tell what was sold. Never a reward."""
    return _per_spend(events, "revenue_micros")


def attributed_margin(events: Events) -> dict[str, float | None]:
    """The same in margin: what the claim is worth in the unit of what an ad earns."""
    return _per_spend(events, "margin_micros")


def _per_spend(events: Events, column: str) -> dict[str, float | None]:
    claimed = pl.read_parquet(events.folder / "attributed.parquet").sort("action")
    found: dict[str, float | None] = dict.fromkeys(events.actions[1:])
    for row in claimed.iter_rows(named=True):
        if row["action"] > 0 and row["cost_micros"] > 0 and row[column] is not None:
            found[events.actions[row["action"]]] = row[column] / row["cost_micros"]
    return found


def good_purchases(events: Events) -> int:
    """Good rows of the purchases table."""
    return sum(count.good for count in events.counts if count.table == "purchases")
