"""Raw files as one relation: what a format is ends here.

Everything can be read as text and cast by the staging models, so that a late odd value is one bad row and
never an error, and Parquet, CSV and JSON Lines give the same rows. Times and numbers of Parquet files may
stay what they are (`kept_types`).
"""

import csv
import io
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sql.contract import WantedColumns
from sql.database import identifier, literal, rows
from sql.errors import LogError
from sql.hints import listing, show
from sql.inputs import LogFile, open_bytes
from sql.kept_types import agreed, types_that_stay
from sql.select_columns import empty_select, rows_wanted, select_of
from sql.settings import ROW_NUMBER

LONGEST_LINE_BYTES = 16_000_000
FILE_COLUMN = "the file it was read from"
"""Name of the column that holds a row's path, where folders hold values."""
NO_OBJECT = ("entry IS NULL", "the line is not a JSON object")
"""Lines of JSON Lines files that hold nothing, and why."""


@dataclass(frozen=True)
class _Group:
    """Files of one format with the same columns."""

    scan: str
    """A FROM clause."""
    expressions: dict[str, str]
    """Column name -> SQL expression of its text."""
    files: tuple[LogFile, ...]
    n_rows: int
    """Rows the files hold by their own account, before anything was read: see `_text_rows`."""
    is_json: bool = False
    types: dict[str, str] = field(default_factory=dict)
    """Column name -> DuckDB's type, where the file says one."""

    def where(self, table: str) -> str:
        """What is read, for errors: its files, and the table that they are of."""
        others = len(self.files) - 1
        more = f", as {others} more {'file' if others == 1 else 'files'}," if others else ""
        return f"{self.files[0].path}{more} ({table})"


@dataclass(frozen=True)
class RawRelation:
    """The wanted columns of files, and how many rows they should give if no line were broken."""

    table: str
    groups: tuple[_Group, ...]
    wanted: WantedColumns
    n_rows: int
    columns: tuple[str, ...] = ()
    """Names in the files, those of their partitions left out, in order of appearance."""

    @property
    def types(self) -> dict[str, str]:
        """Contract column -> its type, of those that can stay what all of the files hold."""
        return agreed(types_that_stay(group.types, self.wanted) for group in self.groups)

    def select(self, kept: Collection[str] = ()) -> str:
        """A SELECT of text columns, those of `types` that are `kept` as they are."""
        selects = [_select(self.table, group, self.wanted, kept) for group in self.groups]
        return "\nUNION ALL\n".join(selects) if selects else empty_select(self.wanted)


def raw_relation(
    connection: duckdb.DuckDBPyConnection, table: str, files: Iterable[LogFile], wanted: WantedColumns
) -> RawRelation:
    """The wanted columns of all files; optional ones that a file lacks are NULL.

    Raises LogError naming the file where a required column is missing.
    """
    groups = [g for g in _groups(connection, tuple(files)) if not (g.is_json and g.n_rows == 0)]
    names = [n for g in groups for n in g.expressions if n not in _hive_keys(g.files[0])]
    if len(groups) > 1 and ROW_NUMBER in wanted.read:
        raise LogError(
            f"{listing(str(g.files[0].path) for g in groups)}: files of {table} that differ in their columns "
            f"have no row numbers in common ({ROW_NUMBER}); write them alike, or name a column that is an id."
        )
    relation = RawRelation(table, tuple(groups), wanted, 0, tuple(dict.fromkeys(names)))
    relation.select()  # says what is missing before anything is counted
    return replace(relation, n_rows=sum(g.n_rows - _rows_left_out(connection, g, wanted) for g in groups))


def _rows_left_out(connection: duckdb.DuckDBPyConnection, group: "_Group", wanted: WantedColumns) -> int:
    """Rows of the files that the study's `only` and `without` keep out of the table."""
    kept = rows_wanted(group.expressions, wanted, NO_OBJECT[0] if group.is_json else "")
    if not kept:
        return 0
    query = f"SELECT count(*), (SELECT count(*) FROM {group.scan}{kept}) FROM {group.scan}"
    (total, left), *_ = rows(connection, query)
    return int(total) - int(left)


def _select(table: str, group: _Group, wanted: WantedColumns, kept: Collection[str]) -> str:
    broken, stay = (NO_OBJECT, ()) if group.is_json else (None, kept)
    return select_of(group.expressions, wanted, group.scan, broken, group.where(table), stay)


def _groups(connection: duckdb.DuckDBPyConnection, files: tuple[LogFile, ...]) -> list[_Group]:
    """Files by format and columns, in the order of their names."""
    grouped: dict[tuple[object, ...], list[LogFile]] = {}
    for file in files:
        if file.format == "parquet":
            schema = _parquet_schema(file)
            key: tuple[object, ...] = ("parquet", *((f.name, str(f.type)) for f in schema))
        elif file.format == "csv":
            if file.lines == 0:
                continue
            key = ("csv", *csv_header(file))
        else:
            key = ("jsonl",)
        grouped.setdefault((*key, _hive_keys(file)), []).append(file)
    makers = {"parquet": _parquet_group, "csv": _csv_group, "jsonl": _json_group}
    return [makers[str(key[0])](connection, tuple(members), key) for key, members in grouped.items()]


def _parquet_group(
    connection: duckdb.DuckDBPyConnection, files: tuple[LogFile, ...], key: tuple[object, ...]
) -> _Group:
    names = [str(part[0]) for part in key[1:-1] if isinstance(part, tuple)]
    n_rows = sum(pq.read_metadata(file.path).num_rows for file in files)
    scan = f"read_parquet({_paths(files)}, {_hive_options(files)})"
    described = rows(connection, f"DESCRIBE SELECT * FROM {scan}")
    types = {str(name): str(kind) for name, kind, *_ in described if name not in _hive_keys(files[0])}
    return _Group(scan, _as_text(files, names), files, n_rows, types=types)


def _csv_group(
    connection: duckdb.DuckDBPyConnection, files: tuple[LogFile, ...], key: tuple[object, ...]
) -> _Group:
    """Columns are read by position under names of ours, so a header cannot say anything but a name."""
    delimiter, header_lines, *names = key[1:-1]
    columns = {f"column_{i}": "VARCHAR" for i in range(len(names))}
    quoted = any(file.has_quotes for file in files)
    # Without quotes a line is a row, and the parallel reader is exact; with them one thread reads each file.
    scan = _csv_scan(
        files, str(delimiter), columns, quote='"', parallel=not quoted, header=bool(header_lines)
    )
    expressions = {str(name): f"column_{i}" for i, name in enumerate(names)}
    expressions |= _as_text(files, [])
    n_rows = sum(file.lines for file in files) - len(files) * int(str(header_lines))
    if quoted:
        n_rows -= _lines_inside_values(connection, scan, columns)
    return _Group(scan, expressions, files, n_rows)


def _json_group(
    connection: duckdb.DuckDBPyConnection, files: tuple[LogFile, ...], _: tuple[object, ...]
) -> _Group:
    lines = _csv_scan(files, "\x01", {"line": "VARCHAR"}, quote="", parallel=True, header=False)
    is_object = "json_valid(line) AND json_type(CASE WHEN json_valid(line) THEN line END) = 'OBJECT'"
    hive = f", {identifier(FILE_COLUMN)}" if _hive_keys(files[0]) else ""
    entry = f"CASE WHEN {is_object} THEN CAST(line AS JSON) END AS entry"
    scan = f"(SELECT {entry}{hive} FROM {lines} WHERE line IS NOT NULL)"
    query = f"SELECT DISTINCT unnest(json_keys(entry)) AS name FROM {scan} ORDER BY name"
    keys = [name for (name,) in rows(connection, query)]
    # a key with a slash or tilde is escaped as JSON pointers want it
    pointers = {key: "/" + key.replace("~", "~0").replace("/", "~1") for key in keys}
    expressions = {key: f"entry ->> {literal(pointer)}" for key, pointer in pointers.items()}
    expressions |= _as_text(files, [])
    return _Group(scan, expressions, files, sum(file.lines for file in files), is_json=True)


def _csv_scan(
    files: tuple[LogFile, ...],
    delimiter: str,
    columns: dict[str, str],
    *,
    quote: str,
    parallel: bool,
    header: bool,
) -> str:
    types = "{" + ", ".join(f"{identifier(c)}: {literal(t)}" for c, t in columns.items()) + "}"
    return (
        f"read_csv({_paths(files)}, auto_detect = false, header = {literal(header)}, "
        f"delim = {literal(delimiter)}, "
        f"quote = {literal(quote)}, escape = {literal(quote)}, nullstr = '', columns = {types}, "
        f"ignore_errors = true, parallel = {literal(parallel)}, max_line_size = {LONGEST_LINE_BYTES}, "
        f"{_hive_options(files)})"
    )


def _lines_inside_values(connection: duckdb.DuckDBPyConnection, scan: str, columns: dict[str, str]) -> int:
    """Line ends inside quoted values of the rows that can be read.

    Lines of the file - these = rows. What is short of that when the rows are counted are broken lines, so
    that a quote that never closes cannot swallow the rest of a file unseen.
    """
    per_column = " + ".join(
        f"""CASE WHEN contains({c}, chr(10)) THEN
            1 + len(list_filter(split({c}, chr(10))[2:-2], lambda x: x NOT IN ('', chr(13)))) ELSE 0 END"""
        for c in map(identifier, columns)
    )
    return int(rows(connection, f"SELECT coalesce(sum({per_column}), 0) FROM {scan}")[0][0])


def csv_header(file: LogFile) -> tuple[str, int, *tuple[str, ...]]:
    """(delimiter, lines of the header, *column names); LogError for a header that is none."""
    try:
        with open_bytes(file.path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
            first = next((line for line in text if line.strip()), "")
            delimiter = max(",;\t|", key=lambda d: (first.count(d), d == ","))
            if file.names:
                return (delimiter, 0, *_names_given(file, first, delimiter))
            reader = csv.reader(_chain(first, text), delimiter=delimiter)
            names = [name.strip() for name in next(reader)]
            lines = reader.line_num
    except (csv.Error, StopIteration, OSError) as error:
        raise LogError(f"{file.path}: the header cannot be read: {show(error)}.") from None
    if any("\udc80" <= c <= "\udcff" for c in "".join(names)):
        raise LogError(f"{file.path}: the header is not UTF-8; save the file as UTF-8.")
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise LogError(f"{file.path} has the column {show(repeated[0])!r} twice; rename one.")
    return (delimiter, lines, *names)


def _names_given(file: LogFile, first: str, delimiter: str) -> tuple[str, ...]:
    """The study's names for the columns of a file without a header, as many as its first row has values."""
    values = next(csv.reader([first], delimiter=delimiter), [])
    if len(values) != len(file.names):
        raise LogError(
            f"{file.path} has {len(values)} columns and `names` has {len(file.names)} "
            f"({listing(file.names)}); name each column, in order."
        )
    return file.names


def _chain(first: str, rest: Iterable[str]) -> Iterable[str]:
    yield first
    yield from rest


def _parquet_schema(file: LogFile) -> pa.Schema:
    try:
        schema = pq.read_schema(file.path)
    except (pa.ArrowException, OSError):
        raise LogError(f"{file.path} cannot be read as Parquet: {_why_no_parquet(file)}.") from None
    folded = [name.casefold() for name in schema.names]
    clash = [name for name in schema.names if folded.count(name.casefold()) > 1]
    if clash:
        raise LogError(f"{file.path} has columns {listing(clash)}: they differ in case only; rename one.")
    return schema


def _why_no_parquet(file: LogFile) -> str:
    """A Parquet file begins and ends in the same four bytes: the last are written when it is whole."""
    if not file.bytes:
        return "it is empty, of 0 bytes: export it again"
    with file.path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            return "it was cut off or damaged before its end: copy it again, or export it anew"
    return "its bytes are of another kind: name it by what it is, or write it as Parquet"


def _as_text(files: tuple[LogFile, ...], names: list[str]) -> dict[str, str]:
    own = {name: f"CAST({identifier(name)} AS VARCHAR)" for name in names}
    return own | {key: _hive_value(key) for key in _hive_keys(files[0])}


def _hive_value(key: str) -> str:
    """The value of the last folder `key=value` of a file's path, percent-decoded; Hive's NULL is NULL.

    Everything after the first `=` is the value, other signs of `=` included, which DuckDB's own reader of
    partitions refuses.
    """
    pattern = f"(?s).*/{re.escape(key)}=([^/]*)/"
    value = f"regexp_extract({identifier(FILE_COLUMN)}, {literal(pattern)}, 1)"
    return f"nullif(url_decode({value}), '__HIVE_DEFAULT_PARTITION__')"


def _hive_keys(file: LogFile) -> tuple[str, ...]:
    """`day` for `day=2026-01-01/part-0.parquet`."""
    return tuple(part.split("=", 1)[0] for part in file.name.split("/")[:-1] if "=" in part)


def _hive_options(files: tuple[LogFile, ...]) -> str:
    name = f", filename = {literal(FILE_COLUMN)}" if _hive_keys(files[0]) else ""
    return f"hive_partitioning = false{name}"


def _paths(files: tuple[LogFile, ...]) -> str:
    """A list of literal paths; characters that DuckDB's globs would expand are put in brackets."""
    escape = str.maketrans({"[": "[[]", "*": "[*]", "?": "[?]"})
    return literal([str(file.path).translate(escape) for file in files])
