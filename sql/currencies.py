"""Currencies that the log's own columns name: amounts in several add up to nothing."""

import json
import re
from collections import Counter
from dataclasses import dataclass, replace

import duckdb

from sql.advice import MONEY
from sql.contract import WantedColumns
from sql.database import identifier, literal, rows
from sql.events import Finding
from sql.hints import listing, show
from sql.inputs import LogFile
from sql.raw_tables import RawTables
from sql.raw_text import raw_relation
from sql.uneven_columns import names_in
from sql.unreadable import READING

EXACT = frozenset(["currency", "currency_code", "currencycode", "iso_currency", "waehrung", "währung"])
"""What the column of a row's currency is called, in small letters. Beside one of these others say what a
shop, or who paid, counts in: they are asked where there is none."""
CODE = "[A-Za-z]{3}"
"""Asked inside DuckDB: of a column of amounts, whose name may speak of a currency too, nothing comes out."""


@dataclass(frozen=True)
class NamedCurrencies:
    """One column of one table that says the currency of its rows."""

    table: str
    column: str
    n_rows: tuple[tuple[str, int], ...]
    """(code as it is written, rows that have it)."""

    @property
    def by_code(self) -> list[tuple[str, int]]:
        """(code, rows that have it in capitals or not), the most frequent first."""
        found = Counter[str]()
        for written, n in self.n_rows:
            found[written.upper()] += n
        return sorted(found.items(), key=lambda row: (-row[1], row[0]))

    def share_beside(self, currency: str) -> float:
        """Of rows that say a currency, those that say another one."""
        return 1.0 - dict(self.by_code).get(currency, 0) / sum(n for _, n in self.n_rows)


def currencies_named(
    connection: duckdb.DuckDBPyConnection, raw: RawTables, currency: str
) -> tuple[Finding, ...]:
    """Whether rows with money say that it is in the study's currency; nothing of a log that names none."""
    told = dict[tuple[str, str], NamedCurrencies]()
    for table, parts in raw.parts.items():
        for part in parts:
            if not {*part.wanted.columns} & {*MONEY}:
                continue
            found = [_counted(connection, table, own, part.files, part.wanted) for own in _own(part.files)]
            if found := [one for one in found if one.n_rows]:
                least = min(found, key=lambda one: (one.share_beside(currency), one.column))
                told[table, least.column] = _added(told.get((table, least.column)), least)
    if not told:
        return ()
    worst = max(one.share_beside(currency) for one in told.values())
    odd = [one for one in told.values() if one.share_beside(currency)]
    text = (
        " ".join(_sentence(one, currency, len(raw.parts[one.table])) for one in odd)
        or f"All rows that name one say {currency}."
    )
    return (Finding("currencies", bool(odd), worst, "share of the worst column", "0", text),)


def _own(files: tuple[LogFile, ...]) -> list[str]:
    """Columns of the files that say a currency, by their names."""
    names = sorted({name for file in files for name in names_in(file) if name})
    return [name for name in names if name.lower() in EXACT] or [
        name for name in names if "currency" in name.lower()
    ]


def _counted(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    own: str,
    files: tuple[LogFile, ...],
    wanted: WantedColumns,
) -> NamedCurrencies:
    """The codes in one column of the rows that the study reads. None in files that are broken: these are told
    of where they are read."""
    alone = WantedColumns({own: own}, frozenset(), only=wanted.only, without=wanted.without)
    try:
        select = raw_relation(connection, table, files, alone).select()
        codes = f"SELECT trimmed({identifier(own)}) AS code FROM ({select})"
        is_code = f"regexp_full_match(code, {literal(CODE)})"
        counted = rows(
            connection, f"SELECT code, count(*) FROM ({codes}) WHERE {is_code} GROUP BY 1 ORDER BY 1"
        )
    except duckdb.OutOfMemoryException:
        raise
    except READING:
        counted = []
    return NamedCurrencies(table, own, tuple((str(code), int(n)) for code, n in counted))


def _added(one: NamedCurrencies | None, other: NamedCurrencies) -> NamedCurrencies:
    """Both parts of a table together."""
    if one is None:
        return other
    return replace(
        one, n_rows=tuple(sorted((Counter(dict(one.n_rows)) + Counter(dict(other.n_rows))).items()))
    )


def _sentence(one: NamedCurrencies, currency: str, n_parts: int) -> str:
    n_rows = sum(n for _, n in one.n_rows)
    shares = listing((f"{n / n_rows:.1%} {code}" for code, n in one.by_code), 5)
    said = f"The column {show(one.column, 60)} of {one.table} says {shares}, and every amount is added up as"
    said += f" {currency}: write all amounts in {currency}, or "
    own = [written for written, _ in one.n_rows if written.upper() == currency]
    if not own:
        return f"{said}say by `currency` of the study which one it is."
    place = "" if n_parts == 1 else ".parts.N"
    key = one.column if re.fullmatch(r"[\w-]+", one.column, re.ASCII) else json.dumps(one.column)
    only = f"{{ {key} = {json.dumps(own)} }}"
    return f"{said}read those rows alone, by `logs.tables.{one.table}{place}.only = {only}`."
