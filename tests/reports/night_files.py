"""What a night's report writes, by file, and how a test reads it."""

import csv
import io
from pathlib import Path

from models.results import NightResult
from reports.write import write_reports


def written(night: NightResult, folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in write_reports(night, folder)}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))
