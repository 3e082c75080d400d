"""Spend as people type it: per budget period, in currency units, exactly what the log holds."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.spend import as_vector, attributed_margin, attributed_roas, good_purchases, spend_per_period
from models.transition_table import TIMEOUT, Outcome, Transitions
from sql.events import Events, TableCount

ACTIONS = ("none", "search", "video")
COSTS = ("cost:search", "cost:video")


def table(days: list[int], search_micros: list[int]) -> Transitions:
    n = len(days)
    outcomes = np.zeros((n, 3), dtype=np.int64)
    outcomes[:, 1] = search_micros
    return Transitions(
        entity=np.zeros(n, np.int64), day=np.array(days, np.int32), step=np.arange(n, dtype=np.int32),
        action=np.ones(n, np.int16), eligible=np.ones((n, 3), bool), features=np.zeros((n, 1), np.float32),
        outcomes=outcomes, elapsed_days=np.ones(n, np.float32), end=np.full(n, TIMEOUT, np.uint8),
        mature=np.ones(n, bool), propensity=None, segment=np.zeros(n, np.int16), actions=ACTIONS,
        segments=("all",), feature_spec=(),
        outcome_spec=tuple(Outcome(name, "micros", "goal") for name in ("margin", *COSTS)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("days", "micros", "expected"),
    [
        ([0, 6, 13], [1_000_000, 2_000_000, 3_000_000], 3.0),  # two weeks
        ([0, 2], [1_000_000, 2_000_000], 3.0),  # shorter than one period: one period
        ([], [], 0.0),
    ],
)
def test_spend_is_the_mean_per_period(days: list[int], micros: list[int], expected: float) -> None:
    spend = spend_per_period(table(days, micros), period_days=7)
    assert spend == {"search": expected, "video": 0.0}
    assert as_vector(spend, ACTIONS).tolist() == [0.0, expected, 0.0]


def test_attributed_roas_is_revenue_per_spend_and_unknown_without_spend(tmp_path: Path) -> None:
    claimed = {"action": [2, 1, 0], "cost_micros": [0, 2_000_000, 0], "revenue_micros": [5, 7_000_000, 9]}
    pl.DataFrame(claimed).write_parquet(tmp_path / "attributed.parquet")
    events = Events(
        folder=tmp_path, tier="A", tier_reason="", actions=ACTIONS, context_columns=(), user_features=(),
        segments=("all",), first_day=0, last_day=1, delay_days=0, excluded_days=(), inputs=(),
        counts=(TableCount("purchases", 9, 5, 1, {"ts": 2}, 1), TableCount("clicks", 3, 3, 0, {}, 0)),
    )  # fmt: skip
    assert attributed_roas(events) == {"search": 3.5, "video": None}
    unknown = claimed | {"cost_micros": [1, 2, 0], "revenue_micros": [None, 7, 9], "margin_micros": [1, 5, 0]}
    pl.DataFrame(unknown).write_parquet(tmp_path / "attributed.parquet")
    assert attributed_roas(events) == {"search": 3.5, "video": None}
    assert attributed_margin(events) == {"search": 2.5, "video": 1.0}
    assert good_purchases(events) == 5
