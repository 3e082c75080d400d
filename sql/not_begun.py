"""A night before its log begins: every row is yet to come, and nothing else is wrong."""

from collections.abc import Iterable
from datetime import date, timedelta

import duckdb

from sql.database import model_text, rows
from sql.errors import StudyError
from sql.events import TableCount

EVENTS = frozenset(
    ("impressions", "clicks", "purchases", "opportunities", "visits", "outcomes", "totals", "counts", "geo")
)
"""Tables of what happened; the others tell of entities and plans, which may be older than the log."""


def refuse_night_before_log(
    connection: duckdb.DuckDBPyConnection, counts: Iterable[TableCount], as_of: date
) -> None:
    """StudyError where rows of events are all yet to come, or broken, and at least one is yet to come."""
    if any(count.good or count.duplicate for count in counts if count.table in EVENTS):
        return
    ((first,),) = rows(connection, model_text("figures/first_unknown_day"))
    if first is not None:
        begins = date(1970, 1, 1) + timedelta(first)
        raise StudyError(
            f"The log begins on {begins}, and --as-of {as_of} uses only what was known before that day: "
            f"nothing. Name a day after {begins}."
        )
