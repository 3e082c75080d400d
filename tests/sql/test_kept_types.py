"""What a Parquet file holds as a time or a number is read as its text would be, to the byte."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pytest
from tiny_logs import digest, stage

from sql.contract import wanted_columns
from sql.database import run_model
from sql.events import Events
from sql.inputs import scan
from sql.raw_text import raw_relation
from sql.settings import LogSettings

N = 2_000
NOT_FINITE = (float("nan"), float("inf"), -float("inf"))
ODD_AMOUNTS = (
    *NOT_FINITE, None, -0.0, -0.1, 1e-7, 5e-7, 4.9999995e-7, 1.5e-6, 2.5e-6, 1.0000005, 123456.7890125,
    999999.9999995, 1000000.0000005, 1e9 + 1 / 3, 9.99e9, 1e11, 1e18,
)  # fmt: skip
ODD_TIMES = (None, *(datetime(y, 1, 1, 12) for y in (1850, 1950, 1999, 2050, 2150, 9999)))


def a_log(zone: Any) -> dict[str, pl.DataFrame]:
    """Times to the micro around the night on which clocks go forward, amounts next to half a micro, and odd
    ones of either."""
    rng = np.random.default_rng(3)
    start = datetime(2026, 3, 28)

    def times(n: int) -> pl.Series:
        micros = rng.integers(0, 3 * 86_400 * 10**6, n).tolist()
        found = [start + timedelta(microseconds=m) for m in micros]
        return pl.Series([*found[: -len(ODD_TIMES)], *ODD_TIMES], dtype=pl.Datetime("us", zone))

    def amounts(n: int) -> pl.Series:
        near = np.round(rng.integers(0, 10**7, n) / 1e6 + 5e-7, 7).tolist()
        return pl.Series([*near[: -len(ODD_AMOUNTS)], *ODD_AMOUNTS])

    def ids(letter: str, n: int, of: int) -> list[str]:
        return [f"{letter}{i}" for i in rng.integers(0, of, n).tolist()]

    impressions = pl.DataFrame(
        {
            "impression_id": ids("i", N, 50 * N),
            "ts": times(N),
            "user_id": ids("u", N, 50),
            "channel": ids("c", N, 3),
            "cost": amounts(N),
            "propensity": pl.Series([*(rng.random(N - 4) + 0.01).tolist(), *NOT_FINITE, None]),
        }
    )
    impressions = pl.concat([impressions, impressions[::40]])  # some twice
    clicks = impressions[::9].select("impression_id", "ts", cost=pl.col("cost") / 7)
    purchases = pl.DataFrame(
        {
            "purchase_id": ids("p", 300, 900),
            "ts": times(300),
            "user_id": ids("u", 300, 50),
            "revenue": amounts(300),
            "margin": amounts(300),
            "returned_ts": times(300),
        }
    )
    return {"impressions": impressions, "clicks": clicks, "purchases": purchases}


def write(folder: Path, log: dict[str, pl.DataFrame]) -> Path:
    folder.mkdir()
    for name, frame in log.items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def as_text(folder: Path, typed: Path) -> Path:
    """The same files with DuckDB's text for every value."""
    folder.mkdir()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for file in sorted(typed.iterdir()):
            query = f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet('{file}')"
            connection.execute(f"COPY ({query}) TO '{folder / file.name}' (FORMAT parquet)")
    return folder


def all_of(events: Events) -> tuple[Any, ...]:
    """Everything but what was refused, whose text names its zone in either way."""
    return (
        digest(events),
        [(c.table, c.good, c.duplicate, c.quarantined) for c in events.counts],
        events.notes,
    )


def test_what_a_parquet_file_holds_stays(tmp_path: Path) -> None:
    """Else the tests below would hold text against text."""
    typed = write(tmp_path / "typed", a_log(None))
    (wanted,) = wanted_columns("impressions", LogSettings(folder=str(typed)))
    with duckdb.connect() as connection:
        run_model(connection, "staging/macros")
        relation = raw_relation(
            connection, "impressions", (scan(typed / "impressions.parquet", typed),), wanted
        )
    assert relation.types == {"ts": "TIMESTAMP", "cost": "DOUBLE", "propensity": "DOUBLE"}


def test_refused_totals_are_kept_as_their_text_says(tmp_path: Path) -> None:
    rows = pl.DataFrame({"date": ["2026-01-01"], "channel": ["tv"], "spend": [-2.5], "revenue": [7.5]})
    typed, written = write(tmp_path / "typed", {"totals": rows}), []
    for folder in (typed, as_text(tmp_path / "text", typed)):
        refused = stage(folder).folder.parent / "quarantine" / "totals.parquet"
        written.append(pl.read_parquet(refused).rows())
    assert written[0] == written[1] and '"revenue":"7.5"' in str(written[0])


@pytest.mark.parametrize("zone", [None, "UTC"])
@pytest.mark.parametrize("money_unit", ["currency", "cents"])
def test_typed_columns_are_read_as_their_text(tmp_path: Path, zone: Any, money_unit: str) -> None:
    typed = write(tmp_path / "typed", a_log(zone))
    tables = {"impressions": {"path": "impressions.parquet", "money_unit": money_unit}}
    how = {"as_of": datetime(2026, 4, 2).date(), "time_zone": "Europe/Berlin", "tables": tables}
    assert all_of(stage(typed, **how)) == all_of(stage(as_text(tmp_path / "text", typed), **how))


def test_nanoseconds_keep_their_micros(tmp_path: Path) -> None:
    log = a_log(None)
    for name, frame in log.items():
        nanos = (frame["ts"].dt.timestamp("us") * 1000 + 789).cast(pl.Datetime("ns"))
        fits = frame["ts"].dt.year().is_between(1900, 2200)  # into 64 bits of nanoseconds
        log[name] = frame.with_columns(pl.when(fits).then(nanos).alias("ts"))
    typed = write(tmp_path / "typed", log)
    how = {"as_of": datetime(2026, 4, 2).date(), "time_zone": "Europe/Berlin"}
    assert all_of(stage(typed, **how)) == all_of(stage(as_text(tmp_path / "text", typed), **how))


def test_files_that_differ_in_their_types_are_read_as_text(tmp_path: Path) -> None:
    """Half of the impressions with a zone and half without say the same as all of them with it."""
    log = a_log("UTC")
    whole = write(tmp_path / "whole", log)
    first, second = log["impressions"][::2], log["impressions"][1::2]
    mixed = write(tmp_path / "mixed", {name: log[name] for name in ("clicks", "purchases")})
    (mixed / "impressions").mkdir()
    first.write_parquet(mixed / "impressions" / "a.parquet")
    plain = second.with_columns(pl.col("ts").dt.replace_time_zone(None), pl.col("cost").cast(pl.String))
    plain.write_parquet(mixed / "impressions" / "b.parquet")
    how = {"as_of": datetime(2026, 4, 2, tzinfo=UTC).date()}
    assert all_of(stage(mixed, **how))[0] == all_of(stage(whole, **how))[0]
