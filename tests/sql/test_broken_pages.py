"""Parquet files damaged inside: what cannot be read is quarantined with its reason, and the rest is used."""

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest
from tiny_logs import count, impression, mart, stage, write_log

from sql.errors import LogError

SHOWN = [impression(n, f"2026-01-{1 + n // 100:02d} 10:00:00", f"u{n % 7}") for n in range(400)]


def written(folder: Path, compression: str) -> Path:
    """A log whose impressions stand in four parts of a hundred rows; returns their file."""
    log = write_log(folder / "log", "parquet", impressions=SHOWN)
    table = pl.DataFrame(SHOWN).with_columns(pl.col("ts").str.to_datetime()).to_arrow()
    pq.write_table(
        table, log / "impressions.parquet", compression=compression, row_group_size=100, use_dictionary=False
    )
    return log / "impressions.parquet"


def scramble(path: Path, column: str, part: int) -> None:
    """Turn every bit in the middle of one column's page."""
    table = pq.read_metadata(path)
    chunk = next(
        c for i in range(table.num_columns) if (c := table.row_group(part).column(i)).path_in_schema == column
    )
    content = bytearray(path.read_bytes())
    start, size = chunk.data_page_offset, chunk.total_compressed_size
    for i in range(start + size // 3, start + size):
        content[i] ^= 0xFF
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("compression", ["zstd", "snappy"])
def test_a_part_that_cannot_be_read_is_quarantined_and_the_rest_is_used(
    tmp_path: Path, compression: str
) -> None:
    path = written(tmp_path, compression)
    scramble(path, "impression_id", part=2)
    events = stage(path.parent)
    found = count(events, "impressions")
    assert (found.rows_in, found.good, found.not_yet_known) == (400, 300, 0)
    assert found.quarantined == {"its part of the Parquet file cannot be read": 100}
    assert len(mart(events, "exposures")) == 300
    refused = pl.read_parquet(events.folder.parent / "quarantine" / "impressions.parquet")
    assert refused["reason"].to_list() == ["its part of the Parquet file cannot be read"] * 100
    assert not (events.folder.parent / "spill").exists()  # where the readable parts were copied to


def test_too_many_such_rows_are_refused_with_the_reason(tmp_path: Path) -> None:
    path = written(tmp_path, "zstd")
    scramble(path, "impression_id", part=2)
    with pytest.raises(
        LogError, match=r"100 of 400 impressions rows .* part of the Parquet file cannot be read"
    ):
        stage(path.parent, max_quarantined_share=0.05)


def test_one_damaged_file_of_a_partitioned_log_costs_its_part_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "zstd")
    for name in ("a", "b"):
        folder = path.parent / "impressions" / f"brand={name}"
        folder.mkdir(parents=True)
        table = pq.read_table(path)
        ids = pl.Series([f"{name}{n}" for n in range(400)]).to_arrow()
        pq.write_table(table.set_column(0, "impression_id", ids), folder / "0.parquet", row_group_size=100)
    path.unlink()
    scramble(path.parent / "impressions/brand=b/0.parquet", "user_id", part=0)
    spec = {"path": "impressions", "columns": {"channel": "brand"}}
    events = stage(path.parent, tables={"impressions": spec})
    shown = pl.DataFrame(mart(events, "exposures")).group_by("action").len().sort("action")
    assert events.actions == ("none", "a", "b")
    assert shown.rows() == [(1, 400), (2, 300)]


def test_times_that_a_broken_page_made_up_are_not_rows_still_to_come(tmp_path: Path) -> None:
    """Without compression a broken page is read as it stands: its times lie thousands of years away."""
    path = written(tmp_path, "none")
    scramble(path, "ts", part=1)
    found = count(stage(path.parent), "impressions")
    assert found.not_yet_known == 0
    assert found.good + sum(found.quarantined.values()) + found.duplicate == 400
    assert sum(n for reason, n in found.quarantined.items() if reason.startswith("ts is ")) >= 50


def test_a_time_after_2100_is_told(tmp_path: Path) -> None:
    rows = [
        impression(1, "2026-01-01", "u1"),
        impression(2, "2226-01-01", "u1"),
        impression(3, "2027-01-01", "u1"),
    ]
    found = count(stage(write_log(tmp_path / "log", impressions=rows)), "impressions")
    assert (found.good, found.not_yet_known, found.quarantined) == (1, 1, {"ts is after 2100": 1})
