"""The contract's raw tables as relations in the schema `raw`, whatever files or source they come from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from sql.contract import CONTRACT, wanted_columns
from sql.database import identifier, rows
from sql.errors import LogError
from sql.events import InputFile, TableCount
from sql.hints import did_you_mean, listing
from sql.inputs import LogFile, discover, holdings, resolve, scan
from sql.raw_text import LINE_FAULT, empty_select, raw_relation
from sql.salvage import salvage
from sql.settings import LogSettings
from sql.source_layouts import SourceLayout, read_layout, set_numbers, shaped_select
from sql.uneven_columns import uneven_columns


@dataclass(frozen=True)
class RawTables:
    """What was found. Every contract table exists in the schema `raw`; those not here are empty."""

    n_rows: dict[str, int]
    """Rows of each table the log has, by its files' own account."""
    places: dict[str, str]
    """Where each table came from, for errors."""
    money_units: dict[str, str]
    inputs: tuple[InputFile, ...]
    source_counts: tuple[TableCount, ...] = ()
    """Raw tables of a source that lost unreadable lines."""
    files: dict[str, tuple[LogFile, ...]] = field(default_factory=dict)
    """The files of each contract table, where tables are files."""
    notes: tuple[str, ...] = ()


def read_raw_tables(connection: duckdb.DuckDBPyConnection, settings: LogSettings, folder: Path) -> RawTables:
    """Find and describe the log's files. Raises StudyError or LogError naming what is missing."""
    if settings.source == "contract":
        return _contract_tables(connection, settings, folder)
    return _source_tables(connection, settings, folder)


def _contract_tables(connection: duckdb.DuckDBPyConnection, settings: LogSettings, folder: Path) -> RawTables:
    found = {}
    for table in CONTRACT:
        named = next((spec for name, spec in settings.tables.items() if name == table), None)
        found[table] = resolve(folder, named.path, table) if named else discover(folder, table)
    _require(folder, [table for table, paths in found.items() if paths])
    files = {table: [scan(path, folder) for path in paths] for table, paths in found.items()}
    n_rows = {}
    for table, its_files in files.items():
        wanted = wanted_columns(table, settings)
        relation = raw_relation(connection, table, its_files, wanted)
        connection.execute(f"CREATE VIEW raw.{identifier(table)} AS {relation.select}")
        if its_files:
            n_rows[table] = relation.n_rows
    return RawTables(
        n_rows=n_rows,
        places={table: _place(its_files, folder) for table, its_files in files.items() if its_files},
        money_units={table: spec.money_unit for table, spec in settings.tables.items()},
        inputs=_inputs(f for its_files in files.values() for f in its_files),
        files={table: tuple(its_files) for table, its_files in files.items()},
        notes=tuple(
            note
            for table, its_files in files.items()
            for note in uneven_columns(table, tuple(its_files), wanted_columns(table, settings))
        ),
    )


def salvage_raw_table(
    connection: duckdb.DuckDBPyConnection,
    settings: LogSettings,
    table: str,
    files: tuple[LogFile, ...],
    folder: Path,
) -> int:
    """Describe a table anew without the parts of its Parquet files that cannot be read.

    Copies of broken files go to `folder`. Returns how many rows are lost; with 0 nothing is broken, nor
    changed.
    """
    saved = salvage(files, folder)
    if saved.lost_rows:
        relation = raw_relation(connection, table, saved.files, wanted_columns(table, settings))
        connection.execute(f"CREATE OR REPLACE VIEW raw.{identifier(table)} AS {relation.select}")
    return saved.lost_rows


def _source_tables(connection: duckdb.DuckDBPyConnection, settings: LogSettings, folder: Path) -> RawTables:
    layout = read_layout(settings)
    files = {raw: _raw_files(layout, raw, folder) for raw in layout.raw_columns}
    set_numbers(connection, layout, settings)
    lost_lines = []
    for raw, its_files in files.items():
        relation = raw_relation(connection, raw, its_files, layout.wanted(raw))
        connection.execute(f"CREATE TABLE source.{identifier(raw)} AS {relation.select}")
        n_read = _count(connection, "source", raw)
        if n_read < relation.n_rows:
            lost = relation.n_rows - n_read
            lost_lines.append(TableCount(raw, relation.n_rows, n_read, 0, {LINE_FAULT: lost}, 0))
    n_rows = {}
    for table in CONTRACT:
        wanted = wanted_columns(table, settings)
        provided = table in layout.provides
        select = shaped_select(connection, layout, table, wanted) if provided else empty_select(wanted)
        connection.execute(f"CREATE TABLE raw.{identifier(table)} AS {select}")
        if provided:
            n_rows[table] = _count(connection, "raw", table)
    return RawTables(
        n_rows=n_rows,
        places=dict.fromkeys(n_rows, f"{folder} (source {layout.name})"),
        money_units={},
        inputs=_inputs(f for its_files in files.values() for f in its_files),
        source_counts=tuple(lost_lines),
    )


def _raw_files(layout: SourceLayout, raw: str, folder: Path) -> list[LogFile]:
    """A source's raw table: `<raw>` or `<raw>.*`, or the files its path pattern matches."""
    path = layout.raw_paths[raw]
    found = discover(folder, raw) or (sorted(folder.glob(path)) if path != raw else [])
    if not found:
        raise LogError(
            f"{folder} has no {path}.parquet, .csv or .jsonl, which the source {layout.name} needs; "
            f"it holds {holdings(folder)}."
        )
    files = [file for p in found for file in resolve(folder, p.relative_to(folder).as_posix(), raw)]
    return [scan(file, folder) for file in files]


def _require(folder: Path, tables: list[str]) -> None:
    """Impressions and purchases, or daily totals alone."""
    needed = ["impressions", "purchases"]
    if "impressions" not in tables and "totals" in tables:
        return
    for table in needed:
        if table not in tables:
            near = {p.name.split(".")[0] for p in folder.iterdir()} - set(CONTRACT)
            raise LogError(
                f"{folder} has no {table}: expected {table}.parquet, .csv or .jsonl or a folder {table}, or "
                f"`logs.tables.{table}.path` in the study. The folder holds {holdings(folder)}"
                f"{did_you_mean(table, near)}"
            )


def _count(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    return int(rows(connection, f"SELECT count(*) FROM {schema}.{identifier(table)}")[0][0])


def _place(files: list[LogFile], folder: Path) -> str:
    return str(files[0].path) if len(files) == 1 else f"{folder} ({listing((f.name for f in files), 3)})"


def _inputs(files: Iterable[LogFile]) -> tuple[InputFile, ...]:
    by_name = {file.name: InputFile(file.name, file.sha256, file.bytes) for file in files}
    return tuple(by_name[name] for name in sorted(by_name))
