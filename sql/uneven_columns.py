"""Columns that only some files of a table have: read as missing elsewhere, which somebody should know."""

import json
from itertools import islice

import pyarrow.parquet as pq

from sql.contract import WantedColumns
from sql.hints import show
from sql.inputs import LogFile, open_bytes
from sql.raw_text import csv_header

FIRST_LINES = 1000
"""Of a JSON Lines file that say which keys it has."""


def uneven_columns(table: str, files: tuple[LogFile, ...], wanted: WantedColumns) -> tuple[str, ...]:
    """A note per optional column that some files with rows have and others lack. files: in name order."""
    names = {file: names_in(file) for file in files if file.format == "parquet" or file.lines}
    notes = []
    for name, own in wanted.columns.items():
        having = [file for file, its_names in names.items() if own in its_names]
        if name in wanted.required or len(having) in (0, len(names)):
            continue
        notes.append(
            f"Of {table}, {len(having)} of {len(names)} files have the column {show(own)}, first "
            f"{show(having[0].name)}: in the others its values count as missing."
        )
    return tuple(notes)


def names_in(file: LogFile) -> frozenset[str]:
    """Names of the columns that one file holds."""
    if file.format == "parquet":
        return frozenset(pq.read_schema(file.path).names)
    if file.format == "csv":
        return frozenset(csv_header(file)[2:])
    with open_bytes(file.path) as lines:
        return frozenset(name for line in islice(lines, FIRST_LINES) for name in _keys(line))


def _keys(line: bytes) -> tuple[str, ...]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):  # counted as a bad row elsewhere
        return ()
    return tuple(entry) if isinstance(entry, dict) else ()
