"""DuckDB, locked down: it may read the log folder, write the work folder, and nothing else."""

from pathlib import Path
from typing import Any

import duckdb

SQL_FOLDER = Path(__file__).parent


def open_database(
    *, readable: tuple[Path, ...], work: Path, threads: int, memory_limit_gb: float, time_zone: str
) -> duckdb.DuckDBPyConnection:
    """A scratch database in memory that spills to `work`.

    Memory stays within the limit however long the log, and user ids are on disk only while it spills. The
    settings' order matters: nothing can be changed after the last.
    """
    connection = duckdb.connect(":memory:")
    for setting, value in (
        ("threads", threads),
        ("memory_limit", f"{max(64, round(memory_limit_gb * 1000))}MB"),
        ("TimeZone", time_zone),
        ("temp_directory", str(work / "spill")),
        ("preserve_insertion_order", True),
        ("default_collation", "binary"),
        ("enable_progress_bar", False),
        ("python_enable_replacements", False),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("allowed_directories", [f"{folder}/" for folder in (*readable, work)]),
        ("enable_external_access", False),
        ("lock_configuration", True),
    ):
        connection.execute(f"SET {setting} = {literal(value)}")
    for schema in ("raw", "staging", "marts", "source"):
        connection.execute(f"CREATE SCHEMA {schema}")
    return connection


def run_model(connection: duckdb.DuckDBPyConnection, model: str) -> None:
    """Run one .sql file, `staging/impressions`; its parameters are session variables."""
    connection.execute(model_text(model))


def model_text(model: str) -> str:
    """The text of one .sql file of this package."""
    return (SQL_FOLDER / f"{model}.sql").read_text(encoding="utf-8")


def set_variable(connection: duckdb.DuckDBPyConnection, name: str, value: Any) -> None:
    """Make a value available to the models as getvariable('name')."""
    connection.execute(f"SET VARIABLE {identifier(name)} = $value", {"value": value})


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """All rows of a query, its result closed."""
    return connection.execute(query, parameters or {}).fetchall()


def identifier(name: str) -> str:
    """A quoted identifier: whatever the name holds, it stays a name."""
    return '"' + name.replace("\x00", "").replace('"', '""') + '"'


def literal(value: Any) -> str:
    """A literal for the few places that take no parameter: settings, and file lists in views."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(literal, value)) + "]"
    return "'" + str(value).replace("\x00", "").replace("'", "''") + "'"
