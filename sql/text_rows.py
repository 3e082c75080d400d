"""The first rows of log files as text, for whoever has to find out what they are."""

import tempfile
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pyarrow as pa

from sql.contract import WantedColumns
from sql.database import identifier, model_text, open_database
from sql.errors import LogError
from sql.inputs import scan
from sql.raw_text import raw_relation
from sql.uneven_columns import names_in
from sql.unreadable import READING, unreadable

MOST_ROWS = 200_000
"""Rows that are looked at: enough to tell what a column is."""


@dataclass(frozen=True)
class TextRows:
    """What a set of files with the same columns holds."""

    rows: pa.Table
    """Text columns, of the first rows that can be read; missing values are null."""
    n_rows: int
    """Of all files."""
    has_header: bool
    """False where the first line of a text file is a row already: its values stand as names."""
    is_mixed: bool = False
    """Two of the files share fewer than half of the columns of the one that has fewer, as parts of one table
    would not."""


def read_text_rows(paths: tuple[Path, ...], folder: Path) -> TextRows:
    """Rows of Parquet, CSV or JSON Lines files below `folder`. LogError where one cannot be read."""
    files = [scan(path, folder) for path in paths]
    kinds = {names_in(file) for file in files}
    inside = {name for kind in kinds for name in kind if name}
    folders = {part.split("=", 1)[0] for file in files for part in file.name.split("/")[:-1] if "=" in part}
    names = sorted(inside | folders)
    if not names:
        raise LogError(f"{paths[0]} has no columns.")
    if any("\x00" in name for name in names):
        raise LogError(
            f"{paths[0]}: the name of a column holds a character that is none; save it as UTF-8 text."
        )
    wanted = WantedColumns({name: name for name in names}, frozenset())
    with tempfile.TemporaryDirectory(prefix="allot-look-") as work:
        connection = open_database(
            readable=(folder, folder.resolve()),
            work=Path(work),
            threads=2,
            memory_limit_gb=2.0,
            time_zone="UTC",
        )
        try:
            connection.execute(model_text("staging/macros"))
            relation = raw_relation(connection, "the log", files, wanted)
            columns = ", ".join(f"trimmed({identifier(name)}) AS {identifier(name)}" for name in names)
            query = f"SELECT {columns} FROM ({relation.select()}) WHERE fault IS NULL LIMIT {MOST_ROWS}"
            found = connection.sql(query).to_arrow_table()
        except READING as error:
            raise unreadable(error, folder, list(paths)) from None
        finally:
            connection.close()
    ordered = [name for name in relation.columns if name in names]
    ordered += [name for name in names if name not in ordered]  # those of folders, day=2026-01-01
    is_text = all(file.format == "csv" for file in files)
    has_header = not (is_text and all(map(_is_number, names)))
    return TextRows(found.select(ordered), relation.n_rows, has_header, _is_mixed(kinds))


def _is_mixed(kinds: set[frozenset[str]]) -> bool:
    pairs = combinations(filter(None, kinds), 2)  # a file without rows has no kind
    return any(2 * len(one & other) < min(len(one), len(other)) for one, other in pairs)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
