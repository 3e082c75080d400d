"""The ledger: what every night promised, for the back-test. One row per night and channel."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows.publishing.split_file import asks_for_a_split, read_split
from flows.remove import remove
from sql.errors import StudyError

LEDGER = "ledger.parquet"

SCHEMA: dict[str, Any] = {
    "as_of": pl.Date,
    "verdict": pl.String,
    "tier": pl.String,
    "currency": pl.String,
    "period_days": pl.Int64,
    "budget_current": pl.Float64,  # currency units per period, like all money here
    "budget_recommended": pl.Float64,
    "budget_spend": pl.Float64,  # expected of all channels together, and the range that is theirs together;
    "budget_spend_low": pl.Float64,  # null in rows of before these were kept
    "budget_spend_high": pl.Float64,
    "outcome": pl.String,  # what `uplift` is of; null with NO_EVIDENCE
    "uplift": pl.Float64,
    "uplift_low": pl.Float64,
    "uplift_high": pl.Float64,
    "level": pl.Float64,
    "probability_better": pl.Float64,
    "channel": pl.String,  # null on a night without rows
    "segment": pl.String,
    "current": pl.Float64,
    "recommended": pl.Float64,
    "expected_spend": pl.Float64,
    "expected_spend_low": pl.Float64,
    "expected_spend_high": pl.Float64,
}
LATER = ("budget_spend", "budget_spend_low", "budget_spend_high")
"""Columns that ledgers written by earlier versions lack."""
KEY = ["as_of", "channel", "segment"]


def ledger_rows(split: dict[str, Any]) -> pl.DataFrame:
    """A night's rows from its split.json; none where it was not asked for a split."""
    if not asks_for_a_split(split):
        return pl.DataFrame(schema=SCHEMA)
    uplift = split.get("uplift") or {}
    night = {
        "as_of": date.fromisoformat(split["as_of"]),
        "verdict": split["verdict"],
        "tier": split["tier"],
        "currency": split["currency"],
        "period_days": split["budget"]["period_days"],
        "budget_current": split["budget"]["current"],
        "budget_recommended": split["budget"]["recommended"],
        "budget_spend": split["budget"].get("expected_spend"),
        "budget_spend_low": split["budget"].get("expected_spend_low"),
        "budget_spend_high": split["budget"].get("expected_spend_high"),
        "outcome": uplift.get("outcome"),
        "uplift": uplift.get("estimate"),
        "uplift_low": uplift.get("low"),
        "uplift_high": uplift.get("high"),
        "level": uplift.get("level"),
        "probability_better": uplift.get("probability_better"),
    }
    per_channel = [name for name in SCHEMA if name not in night]
    rows = [night | {name: row.get(name) for name in per_channel} for row in split["rows"]]
    return pl.DataFrame(rows or [night | dict.fromkeys(per_channel)], schema=SCHEMA, strict=False)


def update_ledger(root: Path, dates: list[str], step: Callable[[str], None] = lambda _: None) -> None:
    """Bring `root/ledger.parquet` in line with the published folders of `dates`.

    A published night's rows come from its split.json, so a re-run replaces its own rows and nothing else;
    one that asks for no split any more, but for a test's answer, takes them out. Nights whose folders were
    cleared away keep theirs. Written whole and swapped in, and only when something changed.
    """
    old = read_ledger(root / LEDGER)
    read = {name: rows for name in dates if (rows := _rows_of(root / name)) is not None}
    fresh = pl.concat(read.values()) if read else pl.DataFrame(schema=SCHEMA)
    kept = old.filter(~pl.col("as_of").is_in([date.fromisoformat(name) for name in read]))
    ledger = pl.concat([kept, fresh]).sort(KEY, nulls_last=True, maintain_order=True)
    if ledger.equals(old) and (ledger.is_empty() or (root / LEDGER).exists()):
        return
    new = root / f".{LEDGER}.new"
    step("write ledger")
    remove(new)
    with new.open("wb") as file:
        ledger.write_parquet(file, compression="zstd", statistics=True)
        file.flush()
        os.fsync(file.fileno())
    step("swap ledger")
    new.replace(root / LEDGER)


def _rows_of(folder: Path) -> pl.DataFrame | None:
    """None for a folder without a readable split.json: its earlier rows, if any, stay."""
    try:
        return ledger_rows(read_split(folder))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, pl.exceptions.PolarsError):
        return None


def read_ledger(path: Path) -> pl.DataFrame:
    """The ledger; empty where there is none yet. Raises StudyError for a file that is no ledger."""
    if not path.exists():
        return pl.DataFrame(schema=SCHEMA)
    try:
        ledger = pl.read_parquet(path)
        lacking = [name for name in LATER if name not in ledger.columns]
        ledger = ledger.with_columns(pl.lit(None, pl.Float64).alias(name) for name in lacking)
        return ledger.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    except (pl.exceptions.PolarsError, OSError) as error:
        what = str(error).splitlines()[0] if path.is_file() else "it is no file"
        raise StudyError(
            f"{path} is not a ledger allot can read ({what}); restore it from a "
            "backup, or move it away: it is then made anew from the published dates."
        ) from None
