"""Files that hold nothing: an export that was cut off before its first line, as on a full disk."""

from collections.abc import Iterable, Mapping

from sql.errors import LogError
from sql.hints import listing
from sql.inputs import LogFile

NEEDED = ("impressions", "purchases")
"""Tables without which little is known: with not even a header they are missing."""


def name_empty_files(files: Mapping[str, Iterable[LogFile]]) -> tuple[str, ...]:
    """A note on text files without a line; files: those of each table, by its name.

    Raises LogError where a table that is needed has nothing else. A JSON Lines file without a line has no
    rows, which is no fault, but named as well.
    """
    empty = dict[str, None]()
    for table, of_table in files.items():
        its_files = list(of_table)
        hollow = [file.name for file in its_files if file.format != "parquet" and not file.lines]
        without_header = bool(its_files) and all(f.format == "csv" and not f.lines for f in its_files)
        if table in NEEDED and without_header:
            raise LogError(
                f"{its_files[0].path} ({table}) is empty, without so much as a header line: export it again."
            )
        empty |= dict.fromkeys(hollow)
    if not empty:
        return ()
    verb = "is" if len(empty) == 1 else "are"
    return (f"{listing(empty, 5)} {verb} empty, without a line: was the export cut off?",)
