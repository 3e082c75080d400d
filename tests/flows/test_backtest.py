"""Past nights from the ledger, beside what the log holds of the days after them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from flows.publishing.ledger import LEDGER, ledger_rows
from flows.stages.backtest import past_nights
from models.mdp.daily_money import DailyMoney
from sql.errors import StudyError
from tests.models.agents.tables import table

DAY = (date(2026, 11, 8) - date(1970, 1, 1)).days
UNKNOWN = DailyMoney(("search",), DAY, np.zeros((0, 1), np.int64), np.zeros((0, 1), np.bool_))
"""No budgets table."""


SPEND = {"expected_spend": 6.5, "expected_spend_low": 6.0, "expected_spend_high": 7.5}


def written(folder: Path) -> Path:
    """A ledger of one night, 2026-11-15, that promised 12 more."""
    split = {
        "as_of": "2026-11-15",
        "verdict": "MOVE",
        "tier": "A",
        "currency": "EUR",
        "budget": {"period_days": 7, "current": 7.0, "recommended": 7.0},
        "uplift": {"outcome": "profit", "estimate": 12.0, "low": 3.0, "high": 21.0, "level": 0.95},
        "rows": [{"channel": "search", "current": 7.0, "recommended": 7.0, **SPEND}],
    }
    ledger_rows(split).write_parquet(folder / LEDGER)
    return folder


def log(days: int):
    """One entity from 2026-11-08 on: an ad for 1 every day, and a margin of 3."""
    ones = np.ones(days)
    rows = table(
        actions=("none", "search"),
        features=np.zeros((days, 1)),
        eligible=np.ones((days, 2)),
        action=ones.astype(np.int64),
        margin=3 * ones,
        cost=ones,
        length=days,
    )
    return replace(rows, day=(DAY + np.arange(days)).astype(np.int32))


def test_a_past_night_stands_beside_what_came(tmp_path: Path) -> None:
    (night,) = past_nights(written(tmp_path), date(2026, 11, 22), log(14), 7, UNKNOWN, 0.0)
    assert (night.as_of, night.promised, night.low, night.high) == ("2026-11-15", 12.0, 3.0, 21.0)
    assert (night.before, night.realised, night.realised_spend) == pytest.approx((14.0, 14.0, 7.0))
    assert night.budgets == (("search", 7.0),)
    assert (night.expected_spend, night.spend_low, night.spend_high) == (6.5, 6.0, 7.5)


def test_spend_in_all_has_the_range_that_the_night_told_of_it(tmp_path: Path) -> None:
    """Not the sum of the channels', which is as wide as if they all erred alike."""
    ledger = pl.read_parquet(written(tmp_path) / LEDGER)
    told = {"budget_spend": 6.5, "budget_spend_low": 5.0, "budget_spend_high": 7.0}
    ledger.with_columns(pl.lit(value).alias(name) for name, value in told.items()).write_parquet(
        tmp_path / LEDGER
    )
    (night,) = past_nights(tmp_path, date(2026, 11, 22), log(14), 7, UNKNOWN, 0.0)
    assert (night.expected_spend, night.spend_low, night.spend_high) == (6.5, 5.0, 7.0)
    ledger.drop(*told).write_parquet(tmp_path / LEDGER)  # as earlier versions wrote it
    (night,) = past_nights(tmp_path, date(2026, 11, 22), log(14), 7, UNKNOWN, 0.0)
    assert (night.expected_spend, night.spend_low, night.spend_high) == (6.5, 6.0, 7.5)


def test_what_is_not_over_or_not_comparable_is_left_out(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (early,) = past_nights(folder, date(2026, 11, 18), log(10), 7, UNKNOWN, 0.0)
    assert early.realised is None and early.before == pytest.approx(14.0)
    assert past_nights(folder, date(2026, 11, 15), log(14), 7, UNKNOWN, 0.0) == ()  # tonight itself
    assert past_nights(folder, date(2026, 11, 22), log(14), 28, UNKNOWN, 0.0) == ()  # another budget period
    assert past_nights(tmp_path / "new", date(2026, 11, 22), log(14), 7, UNKNOWN, 0.0) == ()


@pytest.mark.parametrize(
    ("a_day", "days", "answer"), [(1.0, 14, True), (1.2, 14, True), (2.0, 14, False), (1.0, 13, None)]
)
def test_a_night_was_followed_where_its_budgets_were_typed_in(
    tmp_path: Path, a_day: float, days: int, answer: bool | None
) -> None:
    """It recommended 7 for the seven days from the 15th on; the platform rounds to 2."""
    typed = np.full((days, 1), round(a_day * 1_000_000))
    plans = DailyMoney(("search",), DAY, typed, np.ones_like(typed, np.bool_))
    (night,) = past_nights(written(tmp_path), date(2026, 11, 22), log(14), 7, plans, 2.0)
    assert night.followed is answer
    (unknown,) = past_nights(tmp_path, date(2026, 11, 22), log(14), 7, UNKNOWN, 0.0)
    assert unknown.followed is None


def test_a_night_that_kept_the_split_gave_nothing_to_type_in(tmp_path: Path) -> None:
    ledger = pl.read_parquet(written(tmp_path) / LEDGER).with_columns(verdict=pl.lit("KEEP"))
    ledger.write_parquet(tmp_path / LEDGER)
    plans = DailyMoney(("search",), DAY, np.full((14, 1), 1_000_000), np.ones((14, 1), np.bool_))
    (night,) = past_nights(tmp_path, date(2026, 11, 22), log(14), 7, plans, 2.0)
    assert (night.promised, night.followed, night.spend_low) == (None, True, 6.0)
    other = replace(plans, micros=2 * plans.micros)
    (night,) = past_nights(tmp_path, date(2026, 11, 22), log(14), 7, other, 2.0)
    assert night.followed is False  # other budgets than today's were typed in
    ledger.with_columns(verdict=pl.lit("NO_EVIDENCE")).write_parquet(tmp_path / LEDGER)
    (night,) = past_nights(tmp_path, date(2026, 11, 22), log(14), 7, plans, 2.0)
    assert (night.expected_spend, night.spend_low) == (6.5, None)  # nothing was judged: no range


def test_a_broken_ledger_is_told(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_text("no parquet")
    with pytest.raises(StudyError, match="is not a ledger allot can read"):
        past_nights(tmp_path, date(2026, 11, 22), log(14), 7, UNKNOWN, 0.0)
