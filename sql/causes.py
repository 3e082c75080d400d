"""Why so many rows are bad, where the fault is a file's: found only when a log is refused for it."""

from collections.abc import Iterable

from sql.advice import LINE_FAULT, NO_IMPRESSION
from sql.events import TableCount
from sql.fates import most_often
from sql.inputs import LogFile, open_bytes
from sql.raw_tables import RawTables


def cause_of(count: TableCount, counts: Iterable[TableCount], raw: RawTables) -> str:
    """What to mend, part of a sentence, for the fault that most rows have; empty where rows tell alone."""
    reason, _ = most_often(count)
    empty = next((one for one in counts if one.table == "impressions" and not one.rows_in), None)
    if reason == NO_IMPRESSION and empty:
        return (
            f"{raw.places['impressions']} (impressions) holds no row: was its export cut off? Export it again"
        )
    if reason == LINE_FAULT:
        files = [file for part in raw.parts.get(count.table, ()) for file in part.files]
        return next((cause for file in files if (cause := _not_utf8(file))), "")
    return ""


def _not_utf8(file: LogFile) -> str:
    if file.format == "parquet":
        return ""
    with open_bytes(file.path) as lines:
        for number, line in enumerate(lines, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return f"{file.path} is not UTF-8, first in line {number:,}: save it as UTF-8"
    return ""
