"""Tiny logs in, tiny tables out: what every test of `sql` starts from."""

import csv
import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from sql.events import Events, TableCount
from sql.settings import DayRange, LogSettings
from sql.stage import stage_logs

Row = dict[str, Any]
KEY = b"a key for tests"
AS_OF = date(2026, 2, 1)


def entity(user_id: str, key: bytes = KEY) -> int:
    """The pseudonym by Python's own HMAC."""
    return int.from_bytes(hmac.digest(key, user_id.encode(), hashlib.sha256)[:8], "big", signed=True)


def impression(n: int, ts: str, user: str, channel: str = "search", cost: Any = "0.10", **more: Any) -> Row:
    return {"impression_id": f"i{n}", "ts": ts, "user_id": user, "channel": channel, "cost": cost, **more}


def click(n: int, ts: str, **more: Any) -> Row:
    """A click on impression n."""
    return {"impression_id": f"i{n}", "ts": ts, **more}


def purchase(n: int, ts: str, user: str, revenue: Any = "10.00", **more: Any) -> Row:
    return {"purchase_id": f"p{n}", "ts": ts, "user_id": user, "revenue": revenue, **more}


def write_table(path: Path, rows: Iterable[Row], *, columns: Iterable[str] | None = None) -> None:
    """CSV, JSON Lines or Parquet by the file's ending. Absent keys are missing values."""
    rows = list(rows)
    names = list(columns) if columns is not None else list(dict.fromkeys(k for row in rows for k in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([["" if row.get(n) is None else row[n] for n in names] for row in rows])
    elif path.suffix == ".jsonl":
        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(json.dumps({k: row[k] for k in names if k in row}) + "\n" for row in rows)
    else:
        pl.DataFrame({n: [row.get(n) for row in rows] for n in names}).write_parquet(path)


def write_log(folder: Path, ending: str = "csv", **tables: list[Row]) -> Path:
    """One file per table; impressions and purchases are there even if empty."""
    for name, rows in {**EMPTY, **tables}.items():
        columns = None if rows else EMPTY_COLUMNS[name]
        write_table(folder / f"{name}.{ending}", rows, columns=columns)
    return folder


EMPTY: dict[str, list[Row]] = {"impressions": [], "purchases": []}
EMPTY_COLUMNS = {
    "impressions": ("impression_id", "ts", "user_id", "channel", "cost"),
    "purchases": ("purchase_id", "ts", "user_id", "revenue"),
    "clicks": ("impression_id", "ts"),
}


def stage(
    folder: Path,
    *,
    as_of: date = AS_OF,
    time_zone: str = "UTC",
    margin_rate: float | None = 1.0,
    attribution_days: int = 7,
    single_step: bool = False,
    exclude: tuple[DayRange, ...] = (),
    key: bytes = KEY,
    work: Path | None = None,
    idle: str = "none",
    currency: str = "EUR",
    **settings: Any,
) -> Events:
    """`stage_logs` with a test's defaults: nothing is refused for its share of bad rows, no cell is small."""
    return stage_logs(
        LogSettings(**{"max_quarantined_share": 1.0, "min_cell_users": 1, "threads": 1, **settings}),
        folder=folder,
        work=work or folder.parent / f"{folder.name}-work",
        as_of=as_of,
        time_zone=time_zone,
        margin_rate=margin_rate,
        attribution_days=attribution_days,
        delay_quantile=0.95,
        single_step=single_step,
        exclude=exclude,
        key=key,
        idle=idle,
        currency=currency,
    )


def mart(events: Events, name: str) -> list[Row]:
    """The rows of a mart, in file order."""
    return pl.read_parquet(events.folder / f"{name}.parquet").to_dicts()


def column(events: Events, name: str, *columns: str) -> list[Any]:
    """One column's values, or tuples of several."""
    rows = [tuple(row[c] for c in columns) for row in mart(events, name)]
    return [row[0] for row in rows] if len(columns) == 1 else rows


def count(events: Events, table: str) -> TableCount:
    return next(c for c in events.counts if c.table == table)


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def digest(events: Events) -> dict[str, str]:
    """sha256 of every mart's bytes."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(events.folder.iterdir())}


def real_data(name: str) -> Path | None:
    """A folder of real logs: below $ALLOT_REAL_DATA, or shared/data beside the repository."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("ALLOT_REAL_DATA", beside)) / name
    return folder if folder.is_dir() else None
