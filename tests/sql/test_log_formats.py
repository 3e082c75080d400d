"""The same rows give the same bytes, whatever the files, their order, the threads and the clock."""

import gzip
import hashlib
import random
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from tiny_logs import Row, click, column, count, digest, impression, purchase, stage, write_log, write_table


def a_log() -> dict[str, list[Row]]:
    """Forty users, three channels, quotes and line ends inside values, missing values."""
    random.seed(1)
    hours = [f"2026-01-{1 + n % 28:02d} {n % 24:02d}:15:00" for n in range(200)]
    return {
        "impressions": [
            impression(
                n,
                hours[n],
                f"u{n % 40}",
                ("search", 'so"cial', "vid,eo\nnew")[n % 3],
                cost=f"{n / 1000:.3f}",
                device=("mobile", "desktop", None)[n % 3],
            )
            for n in range(200)
        ],
        "clicks": [click(n, hours[n]) for n in range(0, 200, 9)],
        "purchases": [purchase(n, hours[-n - 1], f"u{n % 45}", f"{n + 0.01:.2f}") for n in range(50)],
        "visits": [{"user_id": f"u{n}", "ts": "2026-01-01"} for n in range(40)],
    }


@pytest.fixture
def expected(tmp_path: Path) -> dict[str, str]:
    return digest(stage(write_log(tmp_path / "plain", **a_log()), context=("device",)))


@pytest.mark.parametrize("ending", ["parquet", "jsonl"])
def test_every_format_gives_the_same_bytes(tmp_path: Path, expected: dict[str, str], ending: str) -> None:
    folder = write_log(tmp_path / ending, ending, **a_log())
    assert digest(stage(folder, context=("device",))) == expected


def test_rows_shuffled_and_files_split_give_the_same_bytes(tmp_path: Path, expected: dict[str, str]) -> None:
    shuffled = random.Random(7)
    for name, rows in a_log().items():
        shuffled.shuffle(rows)
        for part, ending in enumerate(("csv", "parquet", "jsonl", "csv")):
            write_table(tmp_path / "split" / name / f"part-{part}.{ending}", rows[part::4])
    assert digest(stage(tmp_path / "split", context=("device",))) == expected


def test_typed_parquet_gives_the_same_bytes_as_text(tmp_path: Path, expected: dict[str, str]) -> None:
    log = a_log()
    for rows in log.values():
        for row in rows:
            row["ts"] = datetime.fromisoformat(row["ts"])
            row.update({k: float(row[k]) for k in ("cost", "revenue") if k in row})
    assert digest(stage(write_log(tmp_path / "typed", "parquet", **log), context=("device",))) == expected


@pytest.mark.parametrize("threads", [2, 5])
def test_threads_do_not_matter(tmp_path: Path, expected: dict[str, str], threads: int) -> None:
    folder = write_log(tmp_path / "threads", **a_log())
    assert digest(stage(folder, context=("device",), threads=threads)) == expected


def test_many_rows_and_threads_give_the_same_bytes(tmp_path: Path) -> None:
    """Enough rows for several row groups and for threads to share the work."""
    n = 300_000
    frame = pl.select(i=pl.int_range(n)).with_columns(
        impression_id=pl.col("i").cast(pl.String),
        ts=pl.lit(1_767_225_600) + pl.col("i") * 7919 % 2_500_000,
        user_id=(pl.col("i") * 31 % 9000).cast(pl.String),
        channel=(pl.col("i") % 3).cast(pl.String),
        cost=pl.col("i") % 977 / 1000,
    )
    (tmp_path / "many").mkdir()
    frame.drop("i").write_parquet(tmp_path / "many" / "impressions.parquet")
    write_table(tmp_path / "many" / "purchases.csv", [purchase(1, "2026-01-05", "1")])
    one = stage(tmp_path / "many", work=tmp_path / "one", threads=1)
    three = stage(tmp_path / "many", work=tmp_path / "three", threads=3)
    assert digest(one) == digest(three)
    assert count(one, "impressions").good == n


def test_the_machine_s_time_zone_does_not_matter(
    tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    folder = write_log(tmp_path / "elsewhere", **a_log())
    assert digest(stage(folder, context=("device",))) == expected


def test_hive_partitions_are_columns(tmp_path: Path) -> None:
    for channel in ("search", "social"):
        rows = [{k: v for k, v in impression(1, "2026-01-01", "u1").items() if k != "channel"}]
        rows[0]["impression_id"] = channel
        write_table(tmp_path / "log" / "impressions" / f"channel={channel}" / "part.parquet", rows)
    write_table(tmp_path / "log" / "purchases.csv", [purchase(1, "2026-01-01", "u1")])
    events = stage(tmp_path / "log")
    assert events.actions == ("none", "search", "social")
    assert column(events, "exposures", "action") == [1, 2]


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_folder_names_of_partitions_are_values_whatever_they_hold(tmp_path: Path, ending: str) -> None:
    """More signs of =, percent signs for what a folder cannot be called, and Hive's own word for no value."""
    folders = {
        "a": "utm=b=c",
        "b": "Paid%20Search%2FBrand",
        "c": "50% off",
        "d": "__HIVE_DEFAULT_PARTITION__",
    }
    for name, folder in folders.items():
        row = impression(1, "2026-01-01", "u1") | {"impression_id": name}
        del row["channel"]
        write_table(tmp_path / "k=v" / "impressions" / f"channel={folder}" / f"part.{ending}", [row])
    write_table(tmp_path / "k=v" / "purchases.csv", [purchase(1, "2026-01-01", "u1")])
    events = stage(tmp_path / "k=v", work=tmp_path / "work")
    assert events.actions == ("none", "50% off", "Paid Search/Brand", "utm=b=c")
    assert count(events, "impressions").quarantined == {"channel is missing": 1}


def test_delimiters_byte_order_mark_and_gzip(tmp_path: Path) -> None:
    text = "\ufeffimpression_id;ts;user_id;channel;cost\r\ni1;2026-01-01;u1;search;0.5\r\n\r\n"
    (tmp_path / "log").mkdir()
    with gzip.open(tmp_path / "log" / "impressions.csv.gz", "wb") as stream:
        stream.write(text.encode())
    (tmp_path / "log" / "purchases.tsv").write_text(
        "purchase_id\tts\tuser_id\trevenue\np\t2026-01-02\tu1\t3\n"
    )
    events = stage(tmp_path / "log")
    assert column(events, "exposures", "cost_micros") == [500_000]
    assert column(events, "bookings", "revenue_micros") == [3_000_000]


def test_columns_may_have_other_names(tmp_path: Path) -> None:
    write_table(
        tmp_path / "log" / "ads.csv",
        [{"key": "i1", "when": "2026-01-01", "visitor": "u1", "platform": "x", "spend": 2_500_000}],
    )
    write_table(tmp_path / "log" / "purchases.csv", [purchase(1, "2026-01-01", "u1")])
    names = {
        "impression_id": "key", "ts": "when", "user_id": "visitor", "channel": "platform", "cost": "spend"
    }  # fmt: skip
    table = {"path": "ads.csv", "columns": names, "money_unit": "micros"}
    events = stage(tmp_path / "log", tables={"impressions": table})
    assert column(events, "exposures", "cost_micros") == [2_500_000]
    assert events.actions == ("none", "x")


def test_inputs_carry_the_files_digests(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1")])
    events = stage(folder)
    assert [(i.name, i.sha256, i.bytes) for i in events.inputs] == [
        (name, hashlib.sha256((folder / name).read_bytes()).hexdigest(), (folder / name).stat().st_size)
        for name in ("impressions.csv", "purchases.csv")
    ]
