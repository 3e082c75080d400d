"""Files of JSON lines that a killed run may have left short: the records of resumable benchmarks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Whole records in order; a line cut short is left out, and a missing file holds none."""
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def append_line(path: Path, record: dict[str, Any]) -> None:
    """One record more."""
    with path.open("a") as file:
        file.write(json.dumps(record) + "\n")
