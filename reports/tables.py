"""One kind of table for the whole report: every cell knows the exact value behind its text."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


def figure(value: float | None, text: str) -> Markup:
    """A figure for reading with the figure of the files behind it: `<data value="12387.42">12,400</data>`."""
    if value is None:
        return Markup('<span class="quiet">{}</span>').format(text)
    return Markup('<data value="{}">{}</data>').format(repr(float(value)), text)


def lines(*parts: str | Markup) -> Markup:
    """A cell of a main line and quieter lines below it; empty parts are left out."""
    first, *rest = [p for p in parts if p] or [""]
    below = Markup("").join(Markup("<small>{}</small>").format(p) for p in rest)
    return Markup("{}{}").format(first, below)


@dataclass(frozen=True)
class Column:
    """A heading, a hint that explains it in a few words, and whether its cells are numbers."""

    head: str
    hint: str = ""
    number: bool = True


@dataclass(frozen=True)
class Table:
    """Rows of cells, the first of each row its heading. `foot` is a row of totals."""

    caption: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str | Markup]]
    foot: Sequence[str | Markup] | None = None
    cards: bool = False
    """On narrow screens each row becomes a card; otherwise the table scrolls sideways."""


def text_column(head: str, hint: str = "") -> Column:
    return Column(head, hint, number=False)
