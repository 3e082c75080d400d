"""Context of the decision itself, where every decision is logged: stock on hand and on order as state."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp import Transitions, build_transitions
from models.settings import DecisionSettings
from sql.errors import LogError
from sql.settings import LogSettings
from sql.stage import stage_logs

AS_OF = date(2026, 3, 8)
DECISION = DecisionSettings(action="reorder_level", eligible="all", max_per_epoch=1, every_logged=True)


def table(folder: Path, decision: DecisionSettings = DECISION, *, missing: int = 0) -> Transitions:
    """Three SKUs in a week, with 10 x SKU + day on hand; some SKU-days without a row."""
    rows = [
        {
            "impression_id": f"o{sku}{day}",
            "ts": f"2026-03-0{day} 05:00",
            "user_id": f"s{sku}",
            "channel": "24" if day == 3 else "none",
            "cost": 0.0,
            "stock": 10 * sku + day,
        }
        for day in range(1, 8)
        for sku in range(3)
    ]
    (folder / "logs").mkdir()
    pl.DataFrame(rows[: len(rows) - missing]).write_csv(folder / "logs/impressions.csv")
    pl.DataFrame({"user_id": ["s0", "s1", "s2"], "entry_ts": ["2026-03-01 00:00"] * 3}).write_csv(
        folder / "logs/users.csv"
    )
    pl.DataFrame(
        schema={"purchase_id": pl.String, "user_id": pl.String, "ts": pl.String, "revenue": pl.Float64}
    ).write_csv(folder / "logs/purchases.csv")
    events = stage_logs(
        LogSettings(context=("stock",)),
        folder=folder / "logs",
        work=folder,
        as_of=AS_OF,
        time_zone="UTC",
        margin_rate=1.0,
        attribution_days=7,
        delay_quantile=0.95,
        single_step=False,
        exclude=(),
        key=b"k" * 32,
    )
    return build_transitions(events, decision)


def column(found: Transitions, name: str) -> np.ndarray:
    """(SKUs, days) of one feature, in no order of the SKUs."""
    at = [f.name for f in found.feature_spec].index(name)
    return found.features[:, at].reshape(3, -1)


def test_a_decision_knows_the_stock_it_was_taken_at(tmp_path: Path) -> None:
    found = table(tmp_path)
    stock = column(found, "stock")
    assert sorted(stock.tolist()) == [[10.0 * sku + day for day in range(1, 8)] for sku in range(3)]
    assert found.next_decisions is not None  # nobody has counted yet: what was known last
    at = [f.name for f in found.feature_spec].index("stock")
    assert sorted(found.next_decisions.features[:, at].tolist()) == [7.0, 17.0, 27.0]


def test_otherwise_it_knows_that_of_the_last_one(tmp_path: Path) -> None:
    stock = column(table(tmp_path, DECISION.model_copy(update={"every_logged": False})), "last_stock")
    assert sorted(stock.tolist()) == [[0.0, *(10.0 * sku + day for day in range(1, 7))] for sku in range(3)]


def test_days_without_a_row_are_refused_since_having_one_would_tell_what_was_done(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="2 of 21 decisions have no row"):
        table(tmp_path, missing=2)
