"""Which actions the charts draw where there are too many to read: those that move most, then the largest."""

from collections.abc import Iterable

from models.results import NightResult
from reports import words

ROWS, PANELS = 10, 6
"""Most lines of one chart, and most small charts side by side."""
FILE = "charts.csv"
"""Holds the figures of all actions, drawn or not, that no other file has."""


def most_important(result: NightResult, names: Iterable[str], most: int = ROWS) -> set[str]:
    """At most `most` of the names, rows of the split or whole actions; all of them where they are fewer."""
    moved: dict[str, float] = {}
    spent: dict[str, float] = {}
    for row in result.split.rows:
        for name in {row.channel, words.row_name(row)}:
            moved[name] = moved.get(name, 0.0) + abs(words.change(row))
            spent[name] = spent.get(name, 0.0) + row.current

    def key(name: str) -> tuple[float, float, str]:
        return (-moved.get(name, 0.0), -spent.get(name, 0.0), name)

    return set(sorted(set(names), key=key)[:most])


def left_out(result: NightResult, names: Iterable[str], most: int = ROWS, *, all_in: str = FILE) -> str:
    """What a chart says where it draws only some, to stand after how it is read; else empty.

    all_in: where the figures of all stand.
    """
    known = len(set(names))
    if known <= most:
        return ""
    some = f"the {most} of {words.actions(result, known)} that move or spend most"
    return f" Drawn are {some}; {all_in} holds all."
