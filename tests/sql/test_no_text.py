"""Files that are named like text and are none: told as what they are, before anything is read from them."""

import bz2
import gzip
import lzma
import random
from pathlib import Path

import pytest

from sql.errors import LogError
from tests.sql.tiny_logs import count, impression, stage, write_log

TEXT = b"purchase_id,ts,user_id,revenue\np1,2026-01-01,u1,9.5\n"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(TEXT, mtime=0), "is compressed with gzip: let its name end in .gz too, or unpack it."),
        (bz2.compress(TEXT), "is compressed with bzip2: unpack it."),
        (lzma.compress(TEXT), "is compressed with xz: unpack it."),
        (b"PK\x03\x04" + TEXT, "is a zip archive or a spreadsheet: unpack it, or save its sheet as CSV."),
        (b"PAR1\x15\x04" + TEXT, "is Parquet: let its name end in .parquet."),
        (TEXT.decode().encode("utf-16"), "is text in UTF-16: save it as UTF-8."),
        (random.Random(1).randbytes(5000), "holds no text, whatever its name says: save it as CSV or JSON"),
    ],
    ids=["gzip", "bzip2", "xz", "zip", "parquet", "utf-16", "chance"],
)
@pytest.mark.parametrize("name", ["purchases.csv", "purchases.jsonl"])
def test_what_is_no_text_is_told_as_what_it_is(tmp_path: Path, content: bytes, said: str, name: str) -> None:
    log = write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1")])
    (log / "purchases.csv").unlink()
    (log / name).write_bytes(content)
    with pytest.raises(LogError) as caught:
        stage(log)
    assert str(caught.value).startswith(f"{log / name} {said}")


@pytest.mark.parametrize("first", ["PAR1", "BZh"])
def test_a_name_that_begins_as_a_packed_file_does_is_a_name(tmp_path: Path, first: str) -> None:
    log = write_log(tmp_path / "log", impressions=[{first: "x", **impression(1, "2026-01-01", "u1")}])
    assert count(stage(log), "impressions").good == 1


def test_a_few_odd_signs_stay_text(tmp_path: Path) -> None:
    """As names of people hold them that were copied from elsewhere, in however short a file."""
    log = write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1\x0b\x02\x1f")])
    (log / "purchases.csv").write_bytes(TEXT.replace(b"u1", b"u\xff\x01\x02"))
    assert count(stage(log), "impressions").good == 1
