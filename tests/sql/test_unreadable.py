"""What DuckDB cannot read is told in our words, with the place, and without what stands there."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_logs import impression, purchase, stage, write_log

from sql.errors import LogError
from sql.unreadable import unreadable

BOUGHT = [purchase(1, "2026-01-02", "u1")]
SECRET = "anna@example.com"


def with_text(path: Path, column: str, content: bytes) -> None:
    """A Parquet file whose first text of a column is other bytes, which it still declares to be text."""
    table = pq.read_table(path)
    values = [value.encode() for value in table[column].to_pylist()]
    raw = pa.array([content, *values[1:]], pa.binary())
    text = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, text), path)


@pytest.mark.parametrize("name", ["user_id", "channel", "ts"])
def test_text_that_is_not_utf_8_is_placed_and_not_quoted(tmp_path: Path, name: str) -> None:
    shown = [impression(n, "2026-01-01", f"u{n}") for n in range(3)]
    log = write_log(
        tmp_path / "log", "parquet", impressions=shown, purchases=[purchase(1, "2026-01-02", "u1")]
    )
    with_text(log / "impressions.parquet", name, SECRET.encode() + b"\xff")
    with pytest.raises(LogError) as caught:
        stage(log)
    assert str(caught.value) == (
        f"{log / 'impressions.parquet'}: the column {name} (row group 1 of 1) holds text that is not UTF-8; "
        "write it as UTF-8."
    )
    assert caught.value.__suppress_context__  # so that DuckDB's own words are printed nowhere


def test_a_carriage_return_too_many_names_its_file(tmp_path: Path) -> None:
    """With a mark of its encoding in front, as spreadsheets write it."""
    log = write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1")], purchases=BOUGHT)
    bought = log / "purchases.csv"
    bought.write_bytes(b"\xef\xbb\xbf" + bought.read_bytes().replace(b"\n", b"\r\r\n"))
    with pytest.raises(LogError, match=r"purchases.csv: some of its lines end in CR CR LF"):
        stage(log)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (duckdb.ConversionException(f"Could not convert string '{SECRET}'"), "cannot be read (Conversion); "),
        (duckdb.IOException("Could not write: No space left on device"), "The disk is full: "),
    ],
)
def test_an_error_without_a_file_to_blame_is_not_quoted_either(
    tmp_path: Path, error: Exception, sentence: str
) -> None:
    log = write_log(tmp_path / "log", "parquet", impressions=[impression(1, "2026-01-01", "u1")])
    told = str(unreadable(error, log, sorted(log.glob("*.parquet"))))
    assert sentence in told
    assert SECRET not in told
