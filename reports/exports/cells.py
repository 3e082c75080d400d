"""CSV with sorted rows, and text cells that a spreadsheet will never run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | bool | None

_FORMULA_STARTS = tuple("=+-@|%\t\r\n") + tuple("\uff1d\uff0b\uff0d\uff20\u2212")
"""What Excel, LibreOffice or Sheets may read as the start of a formula, full-width forms included."""


def guarded(text: str) -> str:
    """The text, behind an apostrophe if a spreadsheet could run it. Spaces in front do not hide a formula; a
    sign of per cent alone is a unit, and begins none."""
    if text == "%":
        return text
    return (
        f"'{text}" if text.startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS) else text
    )


def cell(value: Cell) -> Cell:
    """A CSV cell: text guarded, numbers left numbers, None empty, truth values as JSON spells them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(value) if isinstance(value, str) else value


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """CSV with a header, comma-separated, `\\n` line ends, quoted where needed."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([cell(name) for name in columns])
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue()
