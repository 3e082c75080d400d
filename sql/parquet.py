"""Parquet, the same bytes for any number of threads: a total order, fixed row groups, one codec."""

from pathlib import Path
from typing import Any

import duckdb

from sql.database import identifier, literal

ROW_GROUP_ROWS = 122_880


def write_parquet(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    path: Path,
    *,
    order: tuple[str, ...],
    parameters: dict[str, Any] | None = None,
) -> None:
    """Write a query's rows sorted by `order`, which must leave no ties between rows that differ; by none: as
    they come."""
    by = ", ".join(f"{identifier(column)} ASC NULLS LAST" for column in order)
    rows = f"SELECT * FROM ({query}) ORDER BY {by}" if order else query
    connection.execute(
        f"COPY ({rows}) TO {literal(path)} "
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP_ROWS})",
        parameters or {},
    )
