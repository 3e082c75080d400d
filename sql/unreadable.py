"""Why DuckDB could not read the logs, in a sentence of our own: its messages quote what stands in the log."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sql.errors import LogError
from sql.inputs import open_bytes

READING = (duckdb.OperationalError, duckdb.DataError, duckdb.InvalidInputException)
"""What DuckDB raises for files and values; its other errors are about our queries."""
SAVE_ANEW = "save it anew with LF at every end: in an editor, or by `tr -d '\\r' < FILE > NEW`"
"""What to do about line ends."""


def unreadable(error: Exception, folder: Path, files: list[Path]) -> LogError:
    """The error to raise in place of DuckDB's own, with the file and column to blame where one is found."""
    if "No space left on device" in str(error):
        return LogError(
            "The disk is full: reading the logs needs room beside the outputs (--out) for sorting; free some."
        )
    is_text_fault = "parser state machine" in str(error).lower()
    for path in files:
        if path.name.lower().endswith(".parquet"):
            fault = _fault_of_parquet(path)
        else:
            fault = _doubled_ends(path) or (_fault_of_line_ends(path) if is_text_fault else "")
        if fault:
            return LogError(f"{path}: {fault}")
    kind = type(error).__name__.removesuffix("Exception")
    return LogError(
        f"The logs in {folder} cannot be read ({kind}); write the newest files again, and try one by one."
    )


def _doubled_ends(path: Path) -> str:
    """Whether lines end in two carriage returns, as where a file was converted for Windows twice."""
    with open_bytes(path) as stream:
        doubled = any(line.endswith(b"\r\r\n") for line in stream)
    return f"some of its lines end in CR CR LF, a carriage return too many; {SAVE_ANEW}." if doubled else ""


def _fault_of_line_ends(path: Path) -> str:
    """Whether some lines of a text file end as on Windows and others as elsewhere, which DuckDB refuses."""
    ends = set[bool]()
    with open_bytes(path) as stream:
        for line in stream:
            if line.endswith(b"\n"):
                ends.add(line.endswith(b"\r\n"))
            if len(ends) == 2:
                return f"its lines end in two ways, some in CR LF and some in LF alone; {SAVE_ANEW}."
    return ""


def _fault_of_parquet(path: Path) -> str:
    """The first column that does not hold what it says, or an empty string."""
    try:
        with pq.ParquetFile(path) as file:
            for group in range(file.num_row_groups):
                for column in file.schema_arrow.names:
                    place = f"the column {column} (row group {group + 1} of {file.num_row_groups})"
                    fault = _fault_of_column(file, group, column)
                    if fault:
                        return f"{place} {fault}"
    except (pa.ArrowException, OSError):
        return "this is no whole Parquet file; copy it again."
    return ""


def _fault_of_column(file: pq.ParquetFile, group: int, column: str) -> str:
    try:
        found = file.read_row_group(group, columns=[column], use_threads=False)
    except (pa.ArrowException, OSError):
        return "cannot be decoded; copy the file again, or write it anew."
    try:
        found.validate(full=True)
    except pa.ArrowException:
        return "holds text that is not UTF-8; write it as UTF-8."
    return ""
