"""The wanted columns of raw rows, as text or as they are: renamed, joined, constant or converted."""

from collections.abc import Collection, Iterable

from sql.contract import WantedColumns
from sql.database import identifier, literal
from sql.errors import LogError
from sql.hints import did_you_mean, listing, show
from sql.settings import ROW_NUMBER


def empty_select(wanted: WantedColumns) -> str:
    """The columns without a row: a table the log does not have."""
    columns = [f"CAST(NULL AS VARCHAR) AS {identifier(name)}" for name in (*wanted.columns, "fault")]
    if wanted.extra:
        columns.append(f"CAST(NULL AS VARCHAR[]) AS {identifier(wanted.extra)}")
    return f"SELECT {', '.join(columns)} WHERE false"


def select_of(
    expressions: dict[str, str],
    wanted: WantedColumns,
    scan: str,
    broken: tuple[str, str] | None,
    where: str,
    kept: Collection[str] = (),
) -> str:
    """SELECT the wanted columns by their expressions; `where` (what is read) names itself in errors. broken:
    which rows can be no row of any table, and why. kept: contract columns that stay as they are."""
    expressions = expressions | {ROW_NUMBER: f"CAST({identifier(ROW_NUMBER)} AS VARCHAR)"}
    for own in (*wanted.extra_columns, *wanted.only, *wanted.without):
        if own not in expressions:
            raise missing_column(where, own, own, expressions)
    columns = [
        f"{_value_of(name, expressions, wanted, where) if name not in kept else identifier(own)} "
        f"AS {identifier(name)}"
        for name, own in wanted.columns.items()
    ]
    is_broken, why = broken or ("", "")
    fault = f"CASE WHEN {is_broken} THEN {literal(why)} END" if broken else "CAST(NULL AS VARCHAR)"
    columns.append(f"{fault} AS fault")
    if wanted.extra:
        items = ", ".join(expressions[own] for own in wanted.extra_columns)
        entries = f"[{items}]" if items else "NULL"  # an empty list of every row would be sorted with it
        columns.append(f"CAST({entries} AS VARCHAR[]) AS {identifier(wanted.extra)}")
    if ROW_NUMBER in wanted.read:
        scan = f"(SELECT *, row_number() OVER () AS {identifier(ROW_NUMBER)} FROM {scan})"
    return f"SELECT {', '.join(columns)} FROM {scan}{rows_wanted(expressions, wanted, is_broken)}"


def _value_of(name: str, expressions: dict[str, str], wanted: WantedColumns, where: str) -> str:
    """The expression of one contract column's text."""
    text = _written(name, expressions, wanted, where)
    return f"in_currency({text}, {literal(wanted.units[name])})" if name in wanted.units else text


def _written(name: str, expressions: dict[str, str], wanted: WantedColumns, where: str) -> str:
    """The same as it is written, in whatever unit."""
    if name in wanted.constants:
        return f"CAST({literal(wanted.constants[name])} AS VARCHAR)"
    owns = wanted.joined.get(name, (wanted.columns[name],))
    for own in owns:
        if own not in expressions and (name in wanted.required or name in wanted.joined):
            raise missing_column(where, name, own, expressions)
    texts = [expressions.get(own, "CAST(NULL AS VARCHAR)") for own in owns]
    text = _joined(texts) if name in wanted.joined else texts[0]
    if name in wanted.values:
        cases = "".join(f" WHEN {literal(a)} THEN {literal(b)}" for a, b in wanted.values[name].items())
        text = f"CASE trimmed({text}){cases} ELSE {text} END"
    return text


def _joined(texts: list[str]) -> str:
    """One id of several columns; one that is missing keeps its place, and NULL where all are."""
    given = [f"trimmed({text})" for text in texts]
    places = ", ".join(f"coalesce({text}, '')" for text in given)
    return f"CASE WHEN coalesce({', '.join(given)}) IS NOT NULL THEN concat_ws(' | ', {places}) END"


def rows_wanted(expressions: dict[str, str], wanted: WantedColumns, is_broken: str = "") -> str:
    """` WHERE ...`: the rows that belong to the table; empty where all do. What is broken has no values to
    tell, and stays: left out it would vanish uncounted."""
    kept = [_is_one_of(expressions[own], values) for own, values in wanted.only.items()]
    kept += [f"NOT {_is_one_of(expressions[own], values)}" for own, values in wanted.without.items()]
    if not kept:
        return ""
    every = " AND ".join(kept)
    return f" WHERE {is_broken} OR ({every})" if is_broken else f" WHERE {every}"


def _is_one_of(text: str, values: tuple[str, ...]) -> str:
    """Whether a text is one of some values, numbers by their value: 1.0 is 1."""
    return f"is_one_of({text}, {literal(list(values))})"


def missing_column(where: str, name: str, own: str, known: Iterable[str]) -> LogError:
    """`impressions.csv has no column ...`, with the columns it has."""
    called = f"{show(own)!r} (for {name})" if own != name else f"{show(own)!r}"
    known = [column for column in known if column != ROW_NUMBER]
    return LogError(
        f"{where} has no column {called}{did_you_mean(own, known)} Its columns: {listing(known)}."
    )
