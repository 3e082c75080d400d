"""Logged columns as numbers: numeric ones as they are, others one yes/no column per frequent value."""

from dataclasses import dataclass

import duckdb

from sql.database import identifier, rows
from sql.hints import show

MOST_VALUES = 12
"""A categorical column becomes at most this many yes/no columns: its most frequent values."""


@dataclass(frozen=True)
class EncodedColumn:
    """One float64 column of a mart."""

    name: str
    """`age`, `age=missing` or `device=mobile`."""
    expression: str
    """Over the mart's list column; `$value_<n>` where it compares with a logged value."""
    parameters: dict[str, str]


def encode_columns(
    connection: duckdb.DuckDBPyConnection,
    mart: str,
    list_column: str,
    names: tuple[str, ...],
    prefix: str,
    min_users: int,
) -> tuple[tuple[EncodedColumn, ...], tuple[str, ...]]:
    """Encodings of the entries of a mart's list column, and notes on columns without content.

    Numeric (every value given is a finite number, or true/false): the number, NULL where missing, and a
    column `=missing` if any is. Else: the most frequent values that at least `min_users` users have, ties in
    byte order: a value is a column's name, and a rare one may be a person's.
    """
    encoded: list[EncodedColumn] = []
    notes = []
    for index, name in enumerate(names):
        value = f"given({identifier(list_column)}[{index + 1}])"
        number = f"feature_value({value})"
        total, given, numeric = rows(
            connection,
            f"""SELECT
                count(*),
                count(nullif(lower({value}), 'nan')),
                count({number}) FILTER (WHERE isfinite({number}))
            FROM {mart}""",
        )[0]
        if not given:
            if total:
                notes.append(f"The column {show(name)} holds no value and was left out.")
            continue
        if numeric == given:
            encoded.append(EncodedColumn(name, number, {}))
            if given < total:
                missing = f"CAST({number} IS NULL AS INTEGER)"
                encoded.append(EncodedColumn(f"{name}=missing", missing, {}))
            continue
        frequent = rows(
            connection,
            f"""SELECT {value} AS v FROM {mart} WHERE {value} IS NOT NULL
            GROUP BY v HAVING count(DISTINCT entity_key) >= {min_users}
            ORDER BY count(*) DESC, v LIMIT {MOST_VALUES}""",
        )
        if not frequent:
            notes.append(f"The column {show(name)} has no value of {min_users} users or more; left out.")
        for (v,) in sorted(frequent):
            parameter = f"{prefix}value_{len(encoded)}"
            expression = f"CAST(coalesce({value} = ${parameter}, false) AS INTEGER)"
            encoded.append(EncodedColumn(f"{name}={show(v, 60)}", expression, {parameter: v}))
    return _with_distinct_names(encoded), tuple(notes)


def encoded_select(prefix: str, columns: tuple[EncodedColumn, ...]) -> tuple[str, dict[str, str]]:
    """`, CAST(...) AS "c_age", ...` and its parameters."""
    parts = [f", CAST({c.expression} AS DOUBLE) AS {identifier(prefix + c.name)}" for c in columns]
    return "".join(parts), {k: v for c in columns for k, v in c.parameters.items()}


def _with_distinct_names(columns: list[EncodedColumn]) -> tuple[EncodedColumn, ...]:
    """Names that differ even when case is ignored, as SQL does."""
    taken: set[str] = set()
    distinct = []
    for column in columns:
        name, n = column.name, 1
        while name.casefold() in taken:
            n += 1
            name = f"{column.name} ({n})"
        taken.add(name.casefold())
        distinct.append(EncodedColumn(name, column.expression, column.parameters))
    return tuple(distinct)
