"""The few values that are unlike all others of their column: how many they are, and what becomes of them."""

from collections.abc import Iterable

from flows.init.events import FITS, is_flag
from flows.init.lines import quoted
from flows.init.look import MOST_BAD, Column, Seen
from flows.init.one_question import Chosen
from flows.init.roles import is_few

ANY = (None, is_few, is_flag)
"""What asks no number and no time of a column."""


def bad_values(seen: Iterable[Seen], chosen: Chosen) -> list[str]:
    """A note per column of times or numbers that the study reads, and of whose values some are none."""
    read = {
        (table.path, quoted(column.name))
        for table in chosen.tables
        for name, column in table.columns.items()
        if FITS.get(name) not in ANY
    }
    sections = [(part.path, part.lines) for part in chosen.parts]
    sections += [(chosen.trial.path, lines) for _, lines in chosen.trial.tables] if chosen.trial else []
    for path, lines in sections:
        read |= {(path, at.value) for at in lines if FITS.get(at.key.removeprefix("columns.")) not in ANY}
    return [
        _note(one, column)
        for one in seen
        for column in one.columns.values()
        if column.bad and (one.path, quoted(column.name)) in read
    ]


def _note(seen: Seen, column: Column) -> str:
    what = "times" if column.time else "numbers"
    return (
        f"{seen.path}: no {what} in {column.bad:,} of {column.given:,} values of {column.name}. Such rows "
        f"are set aside and counted, as long as they are at most {MOST_BAD:.0%} "
        "(logs.max_quarantined_share)."
    )
