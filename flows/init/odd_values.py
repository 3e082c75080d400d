"""Values that people read and allot does not: days and amounts as spreadsheets write them."""

import polars as pl

from flows.init.look import Column, Seen, is_nearly_all

DAYS = (
    (r"^\d{1,2}\.\d{1,2}\.\d{2,4}( \d{1,2}:\d{2}(:\d{2})?)?$", "days, day first"),
    (r"^\d{1,2}/\d{1,2}/\d{2,4}( \d{1,2}:\d{2}(:\d{2})?( ?[AaPp][Mm])?)?$", "days with slashes"),
    (r"^\d{8}$", "days without signs between"),
    (r"^[A-Za-z]{3,9}\.? \d{1,2},? \d{4}", "days in words"),
)
COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d{1,2}$"
WITH_SIGN = r"^[+-]?\p{Sc} ?[+-]?[\d.,]+$|^[+-]?[\d.,]+ ?(\p{Sc}|EUR|USD|GBP|CHF)$"


def odd_values(seen: Seen) -> list[str]:
    """A sentence per kind of value that has to be written in another way, its columns named."""
    told = list[str]()
    columns = [c for c in seen.columns.values() if c.given and not c.time]
    for pattern, what in DAYS:
        if found := [c for c in columns if _all(seen, c, pattern) and _could_be_days(c)]:
            told.append(f"{_names(found)}: {what} ({found[0].top[0]}); write 2026-01-31.")
    if found := [c for c in columns if not c.is_number and _all(seen, c, rf"^[+-]?\d+$|{COMMA}")]:
        told.append(f"{_names(found)}: a comma before the decimals ({found[0].top[-1]}); write 1234.56.")
    if found := [c for c in columns if _all(seen, c, WITH_SIGN)]:
        told.append(f"{_names(found)}: a sign of money beside the number ({found[0].top[0]}); leave it out.")
    return told


def _all(seen: Seen, column: Column, pattern: str) -> bool:
    values = seen.rows[column.name].drop_nulls()
    return is_nearly_all(int(values.str.contains(pattern).sum()), len(values))


def _could_be_days(column: Column) -> bool:
    """Eight digits are a day only where every one of them is: 20260131."""
    if not column.is_number:
        return True
    days = pl.Series(column.top).str.to_date("%Y%m%d", strict=False)
    return days.null_count() == 0 and bool((days.dt.year() > 1999).all()) and column.high < 21000101


def _names(columns: list[Column]) -> str:
    return ", ".join(column.name for column in columns)
