"""The folder that `allot simulate` writes to: its own or an empty one, never one of somebody's files."""

from pathlib import Path

from sql.contract import CONTRACT
from sql.errors import StudyError
from sql.hints import listing

MARKER = ".simulated"
"""File that says whose the folder is. Logs are read by other names, and hidden files never."""
TABLES = frozenset(f"{table}.parquet" for table in CONTRACT)


def claim_folder(out: Path, *, force: bool = False) -> None:
    """Make `out` a folder of simulated logs, before they are written.

    Raises StudyError where it holds what no simulation wrote: any file without the marker, and beside it all
    but tables of the contract. `force`: whatever it holds.
    """
    if out.exists() and not out.is_dir():
        raise StudyError(f"--out {out} is a file; name a folder.")
    marker = out / MARKER
    others = _others(out, TABLES if marker.is_file() else frozenset())
    if others and not force:
        raise StudyError(
            f"--out {out} holds files that no simulation wrote ({listing(others, 3)}), and a world would "
            "take their place; name an empty folder, or say --force to write into this one."
        )
    out.mkdir(parents=True, exist_ok=True)
    marker.write_text(
        "The logs in this folder are simulated, and another simulation replaces them.\n", "utf-8"
    )


def _others(out: Path, ours: frozenset[str]) -> list[str]:
    """Names in a folder that are neither hidden nor ours, sorted."""
    if not out.is_dir():
        return []
    names = (path.name for path in out.iterdir() if not path.name.startswith("."))
    return sorted(name for name in names if name not in ours)
