"""Parquet files with broken pages: what can still be read of them, part by part."""

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sql.inputs import LogFile

PAGE_FAULT = "its part of the Parquet file cannot be read"
"""Reason of the rows that stand in a broken part: a row group is read whole or not at all."""


@dataclass(frozen=True)
class Salvaged:
    """A table's files, those with broken parts replaced by copies of what is left."""

    files: tuple[LogFile, ...]
    lost_rows: int


def salvage(files: tuple[LogFile, ...], folder: Path) -> Salvaged:
    """Read every Parquet file part by part and copy what can be read of a broken one below `folder`.

    One row group is in memory at a time. A file without a broken part stays where it is.
    """
    kept = [_readable(file, folder) if file.format == "parquet" else (file, 0) for file in files]
    return Salvaged(tuple(file for file, _ in kept), sum(lost for _, lost in kept))


def _readable(file: LogFile, folder: Path) -> tuple[LogFile, int]:
    """(the file or a copy of its readable row groups, rows that are not in it)."""
    broken = [group for group in range(pq.read_metadata(file.path).num_row_groups) if not _read(file, group)]
    if not broken:
        return file, 0
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    source, lost = pq.ParquetFile(file.path), 0
    with pq.ParquetWriter(path, source.schema_arrow) as writer:
        for group in range(source.num_row_groups):
            if group in broken:
                lost += source.metadata.row_group(group).num_rows
            else:
                writer.write_table(source.read_row_group(group))
    return replace(file, path=path), lost


def _read(file: LogFile, group: int) -> bool:
    """Whether a row group can be read. The file is opened anew: after a broken page a reader is of no use."""
    try:
        pq.ParquetFile(file.path, page_checksum_verification=True).read_row_group(group)
    except (pa.ArrowException, OSError):
        return False
    return True
