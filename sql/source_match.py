"""Which known source a folder is: every file that it needs is there, with the columns its SQL reads."""

import csv
from pathlib import Path

from sql.errors import AllotError
from sql.inputs import LogFile, open_bytes, scan
from sql.source_layouts import SourceLayout, files_of, known_layouts
from sql.uneven_columns import names_in


def matching_source(folder: Path, file: Path | None = None) -> SourceLayout | None:
    """The source whose layout the files of a folder have, and one file among them; None where none fits."""
    return next((layout for layout in known_layouts() if _fits(layout, folder, file)), None)


def _fits(layout: SourceLayout, folder: Path, wanted: Path | None) -> bool:
    used = set[Path]()
    for raw, columns in layout.raw_columns.items():
        try:
            files = files_of(layout, raw, folder)
            if not files and raw not in layout.optional:
                return False
            used.update(files)
            if not all(_has(scan(file, folder), columns, layout.names) for file in files):
                return False
        except (AllotError, OSError):  # a file of another kind
            return False
    return wanted is None or wanted in used


def _has(file: LogFile, columns: tuple[str, ...], names: tuple[str, ...]) -> bool:
    if not names:
        return set(columns) <= names_in(file)
    if file.format != "csv":
        return False
    with open_bytes(file.path) as lines:
        first = lines.readline().decode("utf-8", "replace").rstrip("\r\n")
    return len(next(csv.reader([first], delimiter="\t"), [])) == len(names)
