"""From staged logs to daily arrays: what counts as the day's sales, and which days are known."""

import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "sql"))

from tiny_logs import Row, count, purchase, stage, write_table

from models.totals.daily import DailyTotals, read_totals
from models.worlds import simulate
from sql.errors import LogError
from sql.settings import DayRange


def total(day: int, channel: str, spend: float, revenue: float | None = None) -> Row:
    return {"date": f"2026-01-{day:02d}", "channel": channel, "spend": spend, "revenue": revenue}


def read(folder: Path, rows: list[Row], **more: object) -> DailyTotals:
    write_table(folder / "log" / "totals.csv", rows)
    return read_totals(stage(folder / "log", **more), margin_rate=0.5)  # type: ignore[arg-type]


def test_sales_are_the_revenue_of_all_rows_times_the_margin_rate(tmp_path: Path) -> None:
    found = read(tmp_path, [total(1, "tv", 10, 100), total(1, "web", 5, 40), total(2, "tv", 12, 80)])
    assert found.channels == ("tv", "web")
    assert found.spend.tolist() == [[10.0, 5.0], [12.0, 0.0]]  # no row: nothing was spent
    assert found.margin.tolist() == [70.0, 40.0]
    assert found.known.all()
    assert "claimed by nobody" in found.notes[0]


def test_the_row_none_holds_the_sales_that_no_channel_claims(tmp_path: Path) -> None:
    rows = [total(d, "tv", 10, 100) for d in (1, 2, 3)] + [total(d, "none", 0, 1000) for d in (1, 2)]
    found = read(tmp_path, rows)
    assert found.channels == ("tv",)
    assert found.margin.tolist() == [550.0, 550.0, 0.0]
    assert found.known.tolist() == [True, True, False]  # the other sales of the third day are missing


def test_a_worlds_totals_hold_all_its_sales(tmp_path: Path) -> None:
    """The same margin from the shop's purchases as from the totals alone: nobody's sales are in no row."""
    simulate("shocks", out=tmp_path / "log", tier="C", entities=2000, days=30)
    totals = pl.read_parquet(tmp_path / "log" / "totals.parquet")
    assert totals.filter(pl.col("channel") == "none")["revenue"].sum() > 0
    as_of = totals["date"].max() + timedelta(days=60)  # every purchase is reported by then
    bought = read_totals(stage(tmp_path / "log", as_of=as_of), margin_rate=1.0)
    (tmp_path / "log" / "purchases.parquet").unlink()
    staged = stage(tmp_path / "log", as_of=as_of)
    claimed = read_totals(staged, margin_rate=1.0)
    assert count(staged, "totals").good == 30 * 6
    assert "of the row none" in claimed.notes[0] and claimed.known.all()
    known = bought.known  # but for the youngest days, whose purchases may still be coming
    assert known.sum() > 20 and claimed.margin.sum() > 0
    assert claimed.margin[known].tolist() == pytest.approx(bought.margin[known].tolist())


def test_spend_on_none_is_refused(tmp_path: Path) -> None:
    write_table(tmp_path / "log" / "totals.csv", [total(1, "tv", 10, 1), total(1, "none", 3, 50)])
    assert count(stage(tmp_path / "log"), "totals").quarantined == {"spend on the channel none": 1}


def test_a_days_revenue_that_every_row_repeats_counts_once(tmp_path: Path) -> None:
    rows = [total(d, c, 10, 100 * d) for d in (1, 2) for c in ("tv", "web")]
    found = read(tmp_path, rows)
    assert found.margin.tolist() == [50.0, 100.0]
    assert "counted once" in found.notes[0]


def test_purchases_are_better_than_claims(tmp_path: Path) -> None:
    bought = [purchase(1, "2026-01-01", "u1", "30"), purchase(2, "2026-01-02", "u2", "50")]
    write_table(tmp_path / "log" / "purchases.csv", bought)
    rows = [total(d, "tv", 10, 999) for d in (1, 2)]
    found = read(tmp_path, rows, margin_rate=0.1)
    assert found.margin.tolist() == [3.0, 5.0]  # the log's own margin rate, applied at staging


def test_missing_and_excluded_days_are_not_learnt_from_but_keep_their_place(tmp_path: Path) -> None:
    rows = [total(d, "tv", 10 * d, 100) for d in (1, 2, 4)]
    outage = DayRange(first=date(2026, 1, 2), last=date(2026, 1, 2), why="outage")
    found = read(tmp_path, rows, exclude=(outage,))
    assert (found.day - found.day[0]).tolist() == [0, 1, 2, 3]
    assert found.known.tolist() == [True, False, False, True]
    assert found.spend[:, 0].tolist() == [10.0, 20.0, pytest.approx(70 / 3), 40.0]


def test_totals_without_sales_are_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="nothing says what was sold"):
        read(tmp_path, [total(1, "tv", 10), total(2, "tv", 10)])


def test_totals_without_spend_are_refused(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="0 channels with spend"):
        read(tmp_path, [total(1, "tv", 0, 5), total(2, "tv", 0, 5)])
