"""Counts per arm of a test, and outcomes per region: what is read of them, and what is refused."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_logs import Row, count, day, mart, stage, write_table

from sql.errors import LogError
from sql.events import Events


def stage_rows(folder: Path, table: str, rows: list[Row], **more: Any) -> Events:
    write_table(folder / "log" / f"{table}.csv", rows)
    return stage(folder / "log", **more)


def test_successes_of_arms(tmp_path: Path) -> None:
    rows = [{"arm": "B", "n": 1000, "successes": 61}, {"arm": "A", "n": "990", "successes": "40"}]
    events = stage_rows(tmp_path, "counts", rows)
    assert [(row["arm"], row["n"], row["successes"], row["sum"]) for row in mart(events, "counts")] == [
        ("A", 990, 40, None),
        ("B", 1000, 61, None),
    ]
    assert (
        events.tier_reason
        == "The logs hold counts per arm of a test, which is taken to have been drawn at random."
    )


def test_sums_by_day_and_test(tmp_path: Path) -> None:
    """Own names, one arm per test and day; a day to come is not yet known."""
    rows = [
        {"variant": "A", "users": 3, "revenue": "6.5", "squares": "20.25", "date": f"2026-01-0{d}", "exp": e}
        for d in (1, 2)
        for e in ("checkout", "banner")
    ]
    names = {"arm": "variant", "n": "users", "day": "date", "test": "exp"}
    names |= {"sum": "revenue", "sum_of_squares": "squares"}
    table = {"path": "ab.csv", "columns": names}
    write_table(tmp_path / "log" / "ab.csv", [*rows, rows[0] | {"date": "2026-02-01"}])
    events = stage(tmp_path / "log", tables={"counts": table})
    assert count(events, "counts").not_yet_known == 1
    assert [(row["test"], row["day"]) for row in mart(events, "counts")] == [
        (test, day(f"2026-01-0{d}")) for test in ("banner", "checkout") for d in (1, 2)
    ]
    schema = pl.read_parquet_schema(events.folder / "counts.parquet")
    assert schema["n"] == pl.Int64 and schema["sum"] == schema["sum_of_squares"] == pl.Float64


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"arm": ""}, "arm is missing"),
        ({"n": ""}, "n is missing"),
        ({"n": "many"}, "n is not a number"),
        ({"n": "10.5"}, "n is no count"),
        ({"n": "-1"}, "n is no count"),
        ({"successes": "11"}, "more successes than n"),
        ({"successes": "1.5"}, "successes is no count"),
        ({"successes": ""}, "successes is missing, or sum and sum_of_squares"),
        ({"sum": "5"}, "one of sum and sum_of_squares is missing"),
        (
            {"sum": "5", "sum_of_squares": "2"},
            "sum_of_squares is smaller than any outcomes of this sum have",
        ),
        ({"day": "soon"}, "day is not a time"),
    ],
)
def test_a_row_that_cannot_be_is_refused(tmp_path: Path, row: Row, reason: str) -> None:
    whole = {"arm": "A", "n": "10", "successes": "4", "sum": "", "sum_of_squares": "", "day": ""}
    assert count(stage_rows(tmp_path, "counts", [whole | row]), "counts").quarantined == {reason: 1}


def test_two_rows_of_an_arm_are_told_to_be_added_up(tmp_path: Path) -> None:
    rows = [{"arm": "A", "n": 10, "successes": k} for k in (4, 4, 5)]
    counted = count(stage_rows(tmp_path, "counts", rows), "counts")
    assert (counted.good, counted.duplicate) == (1, 1)
    with pytest.raises(LogError, match="Add the counts of an arm up"):
        stage(tmp_path / "log", max_quarantined_share=0.0)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_any_true_sums_are_believed(tmp_path_factory: pytest.TempPathFactory, values: list[float]) -> None:
    """Rounding never makes a true row an impossible one."""
    row = {"arm": "A", "n": len(values), "sum": sum(values), "sum_of_squares": sum(v * v for v in values)}
    events = stage_rows(tmp_path_factory.mktemp("counts"), "counts", [row])
    assert count(events, "counts").good == 1


def test_regions_with_and_without_treatment(tmp_path: Path) -> None:
    rows = [
        {"region": "north", "day": "2026-01-01", "outcome": "1200.5", "spend": "10", "treated": "yes"},
        {"region": "east", "day": "2026-01-01", "outcome": "-3", "spend": "", "treated": "0"},
        {"region": "east", "day": "2026-01-02", "outcome": "7", "spend": "0.5", "treated": ""},
    ]
    events = stage_rows(tmp_path, "geo", rows)
    assert [tuple(row.values()) for row in mart(events, "geo")] == [
        ("east", day("2026-01-01"), -3.0, None, False),
        ("east", day("2026-01-02"), 7.0, 500_000, None),
        ("north", day("2026-01-01"), 1200.5, 10_000_000, True),
    ]
    assert (events.first_day, events.last_day) == (day("2026-01-01"), day("2026-01-02"))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"region": ""}, "region is missing"),
        ({"day": ""}, "day is missing"),
        ({"outcome": "none"}, "outcome is not a number"),
        ({"spend": "-1"}, "spend is negative"),
        ({"treated": "maybe"}, "treated is neither true nor false"),
    ],
)
def test_a_region_s_row_that_cannot_be_is_refused(tmp_path: Path, row: Row, reason: str) -> None:
    whole = {"region": "north", "day": "2026-01-01", "outcome": "1", "spend": "1", "treated": "1"}
    assert count(stage_rows(tmp_path, "geo", [whole | row]), "geo").quarantined == {reason: 1}
