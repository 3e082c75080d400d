"""Ids that are row numbers: the same number has to mean the same row wherever it is read."""

from collections.abc import Iterable

from sql.contract import WantedColumns
from sql.errors import LogError
from sql.hints import listing
from sql.settings import ROW_NUMBER

SHARED = {"user_id": "user_id", "entity_id": "user_id", "impression_id": "impression_id"}
"""Ids by which tables are joined, and what they are of. Others mean something within their table alone."""


def refuse_other_rows(parts: Iterable[tuple[str, tuple[str, ...], WantedColumns]]) -> None:
    """Raises LogError where one kind of id numbers the rows of different files: their rows would be taken for
    one another's.

    parts: table, names of the files in order, and what is wanted of them.
    """
    numbered: dict[str, tuple[str, ...]] = {}
    for table, files, wanted in parts:
        for column in _numbered(wanted) if files else ():
            kind = SHARED.get(column, f"{table}.{column}")
            before = numbered.setdefault(kind, files)
            if before != files:
                raise LogError(
                    f"{column} is the row's number ({ROW_NUMBER}) in {listing(before, 3)} and in "
                    f"{listing(files, 3)} ({table}), where the same number is another row; name a column "
                    "that is an id."
                )


def _numbered(wanted: WantedColumns) -> list[str]:
    """Contract columns that a row's number makes, alone or with others."""
    owns = {name: wanted.joined.get(name, (own,)) for name, own in wanted.columns.items()}
    return [n for n, own in owns.items() if ROW_NUMBER in own and n not in wanted.constants]
