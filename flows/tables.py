"""Small tables for the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from sql.events import TableCount


def print_table(table: Table) -> None:
    """Print on stdout, as wide as the content needs when that is no terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    console.print(table)


def count_table(counts: Iterable[TableCount]) -> Table:
    """Every row's fate, per table; quarantine reasons below their table."""
    table = Table(box=None, pad_edge=False)
    table.add_column("table")
    for name in ("rows in", "good", "duplicate", "quarantined", "not yet known"):
        table.add_column(name, justify="right")
    for count in counts:
        quarantined = sum(count.quarantined.values())
        figures = (count.rows_in, count.good, count.duplicate, quarantined, count.not_yet_known)
        table.add_row(escape(count.table), *(f"{figure:,}" for figure in figures))
        for reason, rows in sorted(count.quarantined.items()):
            table.add_row(escape(f"  {reason}"), "", "", "", f"{rows:,}", "")
    return table


def figures_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Table:
    """A first column of names, and figures to its right."""
    table = Table(box=None, pad_edge=False)
    table.add_column(escape(header[0]))
    for name in header[1:]:
        table.add_column(escape(name), justify="right")
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def escape(text: str) -> str:
    """A log's own words: neither markup nor control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in text).replace("[", r"\[")
