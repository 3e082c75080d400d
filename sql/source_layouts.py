"""Sources: folders of sql/sources whose SQL shapes raw tables of a known layout into the contract's."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from sql.contract import CONTRACT, WantedColumns
from sql.database import SQL_FOLDER, identifier, model_text, rows, set_variable
from sql.errors import LogError, StudyError
from sql.hints import did_you_mean, listing
from sql.inputs import discover, resolve
from sql.select_columns import select_of
from sql.settings import LogSettings


@dataclass(frozen=True)
class SourceLayout:
    """A source: its raw tables, the numbers it needs, the contract tables it provides."""

    name: str
    raw_columns: dict[str, tuple[str, ...]]
    """Raw table -> the columns its SQL reads."""
    raw_paths: dict[str, str]
    numbers: dict[str, str]
    """Number -> what it is, for the error that asks for it."""
    provides: tuple[str, ...]
    names: tuple[str, ...] = ()
    """Names of the columns of its raw files, which have no header line; none: they have one."""
    optional: frozenset[str] = frozenset()
    """Raw tables that a log may lack."""

    def wanted(self, raw_table: str) -> WantedColumns:
        """The columns its SQL reads of one raw table: each required."""
        names = self.raw_columns[raw_table]
        return WantedColumns({name: name for name in names}, frozenset(names))


def read_layout(settings: LogSettings) -> SourceLayout:
    """The layout that `logs.source` names; StudyError if it is unknown or its numbers do not fit."""
    folder = SQL_FOLDER / "sources"
    known = sorted(p.parent.name for p in folder.glob("*/tables.toml"))
    if settings.source not in known:
        raise StudyError(
            f"`logs.source` is {settings.source!r}{did_you_mean(settings.source, [*known, 'contract'])} "
            f"Sources: contract, {listing(known)}."
        )
    layout = _layout(settings.source)
    numbers = layout.numbers
    for number, meaning in numbers.items():
        if number not in settings.source_numbers:
            raise StudyError(f"`logs.source_numbers.{number}` is missing: {meaning}; no log holds it.")
    for number in settings.source_numbers:
        if number not in numbers:
            raise StudyError(
                f"`logs.source_numbers.{number}`: the source {settings.source} has no such number"
                f"{did_you_mean(number, numbers)} Numbers: {listing(numbers)}."
            )
    if settings.tables:
        raise StudyError(
            f"`logs.tables` goes with `logs.source` = 'contract'; {settings.source} finds its own files."
        )
    return layout


def known_layouts() -> tuple[SourceLayout, ...]:
    """Every source there is, by name."""
    return tuple(_layout(p.parent.name) for p in sorted((SQL_FOLDER / "sources").glob("*/tables.toml")))


def _layout(source: str) -> SourceLayout:
    folder = SQL_FOLDER / "sources" / source
    declared = tomllib.loads((folder / "tables.toml").read_text(encoding="utf-8"))
    return SourceLayout(
        name=source,
        raw_columns={t: tuple(spec["columns"]) for t, spec in declared["raw"].items()},
        raw_paths={t: spec.get("path", t) for t, spec in declared["raw"].items()},
        numbers=declared.get("numbers", {}),
        provides=tuple(t for t in CONTRACT if (folder / f"{t}.sql").exists()),
        names=tuple(declared.get("names", {}).get("columns", ())),
        optional=frozenset(t for t, spec in declared["raw"].items() if spec.get("optional")),
    )


def files_of(layout: SourceLayout, raw: str, folder: Path) -> list[Path]:
    """The files of a raw table in a folder: `<raw>` or `<raw>.*`, or those that its path pattern matches."""
    path = layout.raw_paths[raw]
    found = discover(folder, raw) or (sorted(folder.glob(path)) if path != raw else [])
    return [file for p in found for file in resolve(folder, p.relative_to(folder).as_posix(), raw)]


def set_numbers(connection: duckdb.DuckDBPyConnection, layout: SourceLayout, settings: LogSettings) -> None:
    """Make the study's numbers available to the source's SQL."""
    for number in layout.numbers:
        set_variable(connection, number, settings.source_numbers[number])


def shaped_select(
    connection: duckdb.DuckDBPyConnection, layout: SourceLayout, table: str, wanted: WantedColumns
) -> str:
    """The contract table as the source's SQL shapes it, as text columns."""
    model = f"sources/{layout.name}/{table}"
    query = f"({model_text(model).rstrip().removesuffix(';')})"
    try:
        names = [name for name, *_ in rows(connection, f"DESCRIBE SELECT * FROM {query}")]
    except duckdb.BinderException as error:
        raise LogError(f"sql/{model}.sql does not fit the files: {error}") from None
    expressions = {name: f"CAST({identifier(name)} AS VARCHAR)" for name in names}
    return select_of(expressions, wanted, query, None, f"the source {layout.name} ({table})")
