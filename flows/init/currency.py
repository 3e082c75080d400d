"""The currency of a study: the one that the files name, or a question where they name several."""

from collections.abc import Iterable

import polars as pl

from flows.currency_codes import KNOWN
from flows.init.lines import Line, quoted
from flows.init.look import Column, Seen, sizes
from flows.init.one_question import Chosen
from sql.currencies import CODE, EXACT

MOST_NAMED = 4
"""Currencies that a question names."""


def currency_line(seen: Iterable[Seen], chosen: Chosen) -> Line:
    """The line of the study. Files that it reads are believed before others."""
    read = _read(chosen)
    paths = {path for path, _ in read}
    told = [(one, code, where) for one in seen for code, where in _codes(one, read).items()]
    found = [row for row in told if row[0].path in paths] or told
    where = dict[str, str]()
    for one, code, column in found:
        where.setdefault(code, f"{column} of {one.path}")
    if not where:
        return Line("currency", quoted("EUR"), "CHECK: no file says which")
    if len(where) == 1:
        code, column = next(iter(where.items()))
        return Line("currency", quoted(code), f"so says {column}")
    named = ", ".join(f"{code} ({column})" for code, column in list(where.items())[:MOST_NAMED])
    one_of = "amounts of several add up to nothing: write them all in one, or leave rows out with `only`"
    return Line("currency", "", f"which one is it? The files name {named}; {one_of}")


def _read(chosen: Chosen) -> set[tuple[str, str]]:
    """(path, quoted column) of all that the study reads."""
    sections = [(part.path, part.lines) for part in chosen.parts]
    sections += [(chosen.trial.path, lines) for _, lines in chosen.trial.tables] if chosen.trial else []
    read = {(path, line.value) for path, lines in sections for line in lines}
    return read | {(t.path, quoted(column.name)) for t in chosen.tables for column in t.columns.values()}


def _codes(seen: Seen, read: set[tuple[str, str]]) -> dict[str, str]:
    """ISO code -> what says it, the most frequent first: a column of codes, or the name of a column read."""
    about = [c for c in seen.columns.values() if "currency" in c.word or c.word in EXACT]
    about = [c for c in about if c.word in EXACT] or about
    codes = dict[str, str]()
    for column in about:
        for code, share in _shares(seen, column):
            codes.setdefault(
                code, f"{share:.0%} of {column.name}" if share < 1 else f"the column {column.name}"
            )
    for column in seen.columns.values():
        if column.currency in KNOWN and (seen.path, quoted(column.name)) in read:
            codes.setdefault(column.currency, f"the name {column.name}")
    return codes


def _shares(seen: Seen, column: Column) -> list[tuple[str, float]]:
    """Codes and their shares of the rows that have one."""
    values = seen.rows[column.name].drop_nulls().str.to_uppercase()
    counted = sizes(values.filter(values.str.contains(f"^{CODE}$"))).with_columns(
        share=pl.col("rows") / pl.col("rows").sum()
    )
    return [(code, share) for code, _, share in counted.iter_rows() if code in KNOWN]
