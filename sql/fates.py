"""Quarantine, and the fate of every row: counted per reason, kept in a file, the log refused above a share.

A row that nobody counted would have vanished: rows in = good + duplicate + quarantined + not yet known, and
a health check holds the night to it. Reasons are given in `sql/staging/*.sql`; what is no time, id or amount,
in `sql/staging/macros.sql`.
"""

import json
from collections.abc import Callable
from pathlib import Path

import duckdb

from sql.advice import LINE_FAULT, way_out
from sql.database import identifier, rows
from sql.errors import LogError
from sql.events import TableCount
from sql.hints import show
from sql.parquet import write_parquet
from sql.refused_money import refused_money
from sql.salvage import PAGE_FAULT


def count_fates(
    connection: duckdb.DuckDBPyConnection, table: str, rows_in: int, lost_in_pages: int = 0
) -> TableCount:
    """Rows by fate. `rows_in` comes from the files, not from what could be read of them; `lost_in_pages` of
    them stood in broken parts of Parquet files.

    rows_in = good + duplicate + not_yet_known + sum(quarantined), by construction: what the reader lost of a
    text file is quarantined as unreadable lines.
    """
    found = dict(rows(connection, f"SELECT fate, count(*) FROM staging.{identifier(table)} GROUP BY fate"))
    lost = rows_in - lost_in_pages - sum(found.values())
    if lost < 0:
        raise LogError(
            f"{table}: {-lost} more rows were read than its files hold lines; "
            "is a file still being written, or are its line ends not the same throughout?"
        )
    quarantined = {r: n for r, n in found.items() if r not in ("good", "duplicate", "not_yet_known")}
    if lost:
        quarantined[LINE_FAULT] = quarantined.get(LINE_FAULT, 0) + lost
    if lost_in_pages:
        quarantined[PAGE_FAULT] = lost_in_pages
    return TableCount(
        table=table,
        rows_in=rows_in,
        good=found.get("good", 0),
        duplicate=found.get("duplicate", 0),
        quarantined=dict(sorted(quarantined.items())),
        not_yet_known=found.get("not_yet_known", 0),
    )


def write_quarantine(connection: duckdb.DuckDBPyConnection, count: TableCount, folder: Path) -> None:
    """Refused rows with their reason and what they held, without user ids: `<table>.parquet`."""
    unreadable = {reason: count.quarantined.get(reason, 0) for reason in (LINE_FAULT, PAGE_FAULT)}
    query = f"""
        SELECT fate AS reason, CAST(written AS VARCHAR) AS written
        FROM staging.{identifier(count.table)}
        WHERE fate NOT IN ('good', 'duplicate', 'not_yet_known')
        UNION ALL
        SELECT $line_fault AS reason, NULL AS written FROM range($lines)
        UNION ALL
        SELECT $page_fault AS reason, NULL AS written FROM range($page_rows)
    """
    write_parquet(
        connection,
        query,
        folder / f"{count.table}.parquet",
        order=("reason", "written"),
        parameters={
            "line_fault": LINE_FAULT,
            "lines": unreadable[LINE_FAULT],
            "page_fault": PAGE_FAULT,
            "page_rows": unreadable[PAGE_FAULT],
        },
    )


def most_often(count: TableCount) -> tuple[str, int]:
    """The reason for which most rows are quarantined, and how many are."""
    return max(count.quarantined.items(), key=lambda item: (item[1], item[0]), default=("", 0))


def refuse_bad_logs(
    connection: duckdb.DuckDBPyConnection,
    count: TableCount,
    max_share: float,
    source: str,
    cause: Callable[[], str],
) -> None:
    """LogError if more than `max_share` of the rows known by now are quarantined. cause: asks the files
    what the rows do not tell, only then."""
    bad = sum(count.quarantined.values())
    known = count.rows_in - count.not_yet_known
    if not bad or bad <= max_share * known:
        return
    reason, n = most_often(count)
    mend = "mend the log" if 2 * bad > known else "mend the log, or raise the share"
    advice = cause() or way_out(count.table, reason) or mend
    raise LogError(
        f"{source}: {bad} of {known} {count.table} rows are unusable, more than "
        f"`logs.max_quarantined_share` = {max_share:g} allows. Most often: {reason} ({n} rows"
        f"{_money(connection, count.table, reason)}){_example(connection, count.table, reason)}. "
        f"{advice[0].upper()}{advice[1:]}."
    )


def _money(connection: duckdb.DuckDBPyConnection, table: str, reason: str) -> str:
    """`, 955.95 of cost`: how much money rows refused for a reason speak of; about, where it is no number."""
    about = "about " if reason.endswith("is not a number") else ""
    held = [m for m in refused_money(connection) if m.table == table]
    sums = [(m.column, sum(part for why, _, part in m.refused if why == reason)) for m in held]
    return "".join(f", {about}{micros / 1e6:,.2f} of {column}" for column, micros in sums if micros)


def _example(connection: duckdb.DuckDBPyConnection, table: str, reason: str) -> str:
    found = rows(
        connection,
        f"SELECT CAST(min(written) AS VARCHAR) FROM staging.{identifier(table)} WHERE fate = $reason",
        {"reason": reason},
    )
    if not found or found[0][0] is None:
        return ""
    held = {k: v for k, v in json.loads(found[0][0]).items() if v is not None}
    return ", for example " + show(", ".join(f"{k} = {v!r}" for k, v in held.items()), 160)
