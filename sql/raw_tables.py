"""The contract's raw tables as relations in the schema `raw`, whatever files or source they come from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from sql.advice import LINE_FAULT
from sql.contract import CONTRACT, WantedColumns, table_unit, unused_columns, wanted_columns
from sql.database import identifier, rows
from sql.empty_files import name_empty_files
from sql.errors import LogError, StudyError
from sql.events import InputFile, TableCount
from sql.hints import did_you_mean, listing
from sql.inputs import LogFile, discover, holdings, resolve, scan
from sql.kept_types import agreed
from sql.raw_text import RawRelation, raw_relation
from sql.row_numbers import refuse_other_rows
from sql.salvage import salvage
from sql.select_columns import empty_select
from sql.settings import LogSettings
from sql.source_layouts import SourceLayout, files_of, read_layout, set_numbers, shaped_select
from sql.uneven_columns import uneven_columns
from sql.unfound_columns import unfound_columns


@dataclass(frozen=True)
class RawPart:
    """Files of one contract table that are read alike."""

    files: tuple[LogFile, ...]
    wanted: WantedColumns


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
    notes: tuple[str, ...] = ()
    """Columns that the log holds and the study makes no use of, or that only some files hold."""
    parts: dict[str, tuple[RawPart, ...]] = field(default_factory=dict)
    """The files of each contract table, where tables are files."""
    empty: tuple[str, ...] = ()
    """The note on files that hold nothing."""


def read_raw_tables(
    connection: duckdb.DuckDBPyConnection,
    settings: LogSettings,
    folder: Path,
    *,
    needs_purchases: bool = True,
) -> RawTables:
    """Find and describe the log's files. Raises StudyError or LogError naming what is missing."""
    if settings.source == "contract":
        return _contract_tables(connection, settings, folder, needs_purchases)
    return _source_tables(connection, settings, folder)


def _contract_tables(
    connection: duckdb.DuckDBPyConnection, settings: LogSettings, folder: Path, needs_purchases: bool
) -> RawTables:
    parts = {table: _parts(settings, table, folder) for table in CONTRACT}
    tables = {table for table, of_table in parts.items() if any(part.files for part in of_table)}
    _require(folder, tables, ("impressions", *(("purchases",) if needs_purchases else ())))
    if settings.user_features and "users" not in tables:
        raise StudyError(
            f"`logs.user_features` names {listing(settings.user_features, 4)}, and the log has no table "
            "users: write a section [logs.tables.users], or name columns of impressions in `logs.context`."
        )
    refuse_other_rows(
        (table, tuple(file.name for file in part.files), part.wanted)
        for table, of_table in parts.items()
        for part in of_table
    )
    read: dict[str, frozenset[str]] = {}  # of one file, which several tables may share
    for part in (part for of_table in parts.values() for part in of_table):
        used = part.wanted.read | {*part.wanted.named.values()}
        read |= {file.name: read.get(file.name, frozenset()) | used for file in part.files}
    n_rows, notes, uneven = {}, list[str](), list[str]()
    for table, of_table in parts.items():
        relations = _describe(connection, table, of_table)
        if any(part.files for part in of_table):
            n_rows[table] = sum(relation.n_rows for relation in relations)
        for part, relation in zip(of_table, relations, strict=True):
            used = frozenset(name for file in part.files for name in read[file.name])
            notes += unused_columns(table, relation.columns, used) if part.files else []
            uneven += [*uneven_columns(table, part.files, part.wanted), *unfound_columns(relation)]
    files = {table: [f for part in of_table for f in part.files] for table, of_table in parts.items()}
    empty = name_empty_files(files)
    return RawTables(
        n_rows=n_rows,
        places={table: _place(its_files, folder) for table, its_files in files.items() if its_files},
        money_units={table: table_unit(table, settings) for table in settings.tables},
        inputs=_inputs(f for its_files in files.values() for f in its_files),
        notes=(*notes, *uneven, *empty),
        parts=parts,
        empty=empty,
    )


def _parts(settings: LogSettings, table: str, folder: Path) -> tuple[RawPart, ...]:
    """The files of one contract table, by what is wanted of them."""
    named = next((spec for name, spec in settings.tables.items() if name == table), None)
    wanted = wanted_columns(table, settings)
    if named is None:
        found = [] if table in settings.left_out else discover(folder, table)
        return (RawPart(tuple(scan(path, folder) for path in found), wanted[0]),)
    key = f"logs.tables.{table}"
    parts = []
    for n, (files, columns) in enumerate(zip(named.files, wanted, strict=True), start=1):
        place = f"{key}.parts.{n}.path" if named.parts else f"{key}.path"
        paths = dict.fromkeys(p for path in files.path for p in resolve(folder, path, table, place))
        parts.append(RawPart(tuple(scan(path, folder, files.names) for path in paths), columns))
    return tuple(parts)


def _describe(
    connection: duckdb.DuckDBPyConnection, table: str, parts: tuple[RawPart, ...]
) -> list[RawRelation]:
    """The view of one contract table over all its parts."""
    relations = [raw_relation(connection, table, part.files, part.wanted) for part in parts]
    kept = agreed(relation.types for relation in relations)
    select = "\nUNION ALL\n".join(relation.select(kept) for relation in relations)
    connection.execute(f"CREATE OR REPLACE VIEW raw.{identifier(table)} AS {select}")
    return relations


def salvage_raw_table(
    connection: duckdb.DuckDBPyConnection, table: str, parts: tuple[RawPart, ...], folder: Path
) -> int:
    """Describe a table anew without the parts of its Parquet files that cannot be read.

    Copies of broken files go to `folder`. Returns how many rows are lost; with 0 nothing is broken, nor
    changed.
    """
    saved = [salvage(part.files, folder) for part in parts]
    lost = sum(one.lost_rows for one in saved)
    if lost:
        whole = tuple(RawPart(s.files, part.wanted) for s, part in zip(saved, parts, strict=True))
        _describe(connection, table, whole)
    return lost


def _source_tables(connection: duckdb.DuckDBPyConnection, settings: LogSettings, folder: Path) -> RawTables:
    layout = read_layout(settings)
    files = {raw: _raw_files(layout, raw, folder) for raw in layout.raw_columns}
    set_numbers(connection, layout, settings)
    lost_lines = []
    for raw, its_files in files.items():
        relation = raw_relation(connection, raw, its_files, layout.wanted(raw))
        connection.execute(f"CREATE TABLE source.{identifier(raw)} AS {relation.select()}")
        n_read = _count(connection, "source", raw)
        if n_read < relation.n_rows:
            lost = relation.n_rows - n_read
            lost_lines.append(TableCount(raw, relation.n_rows, n_read, 0, {LINE_FAULT: lost}, 0))
    n_rows = {}
    for table in CONTRACT:
        (wanted,) = wanted_columns(table, settings)
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
    """A source's raw table. LogError where it lacks one that it needs."""
    files = files_of(layout, raw, folder)
    if not files and raw not in layout.optional:
        raise LogError(
            f"{folder} has no {layout.raw_paths[raw]}.parquet, .csv or .jsonl, which the source "
            f"{layout.name} needs; it holds {holdings(folder)}."
        )
    return [scan(file, folder, layout.names) for file in files]


def _require(folder: Path, tables: set[str], needed: tuple[str, ...]) -> None:
    """What is needed; or without impressions daily totals, counts per arm or regions alone."""
    if "impressions" not in tables and {"totals", "counts", "geo"} & tables:
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
