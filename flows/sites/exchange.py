"""The folder in which sites leave their sums for each other: one folder per site, one JSON file per round.

A site's run goes through the rounds from the beginning, writes its file of each, and stops at the first round
of which another site's file is not there yet. So the same command is given again whenever files came in, by
whatever way people carry them. A file says for which study, round and site it is; sums are added in the order
of the sites' names, so that every site gets the same bits.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.json_file import read_json_object
from sql.errors import StudyError

Floats = NDArray[np.float64]
SCHEMA = 1


class Waiting(Exception):  # noqa: N818  no error: the others are not there yet
    """Files of a round are missing."""

    def __init__(self, step: str, missing: tuple[Path, ...]) -> None:
        super().__init__(step)
        self.step, self.missing = step, missing


@dataclass
class Exchange:
    """One site's way through the rounds."""

    folder: Path
    site: str
    sites: tuple[str, ...]
    """All, in the order in which sums are added."""
    digest: str
    """Of what has to be the same everywhere: study, date, code."""
    rounds: int = field(default=0, init=False)

    def headers(self, mine: dict[str, Any]) -> list[dict[str, Any]]:
        """What every site says of itself, in the order of `sites`; numbers the rounds as `total` does."""
        return self._round("header", mine)

    def total(self, name: str, mine: Floats) -> Floats:
        """The sum over all sites of an array. Raises Waiting, or StudyError for a file that does not fit."""
        if not np.isfinite(mine).all():
            raise StudyError(f"The sums of round {self.rounds} ({name}) are not all finite; look at the log.")
        found = self._round(name, {"shape": list(mine.shape), "sums": mine.ravel().tolist()})
        arrays = []
        for site, said in zip(self.sites, found, strict=True):
            sums = said.get("sums")
            fits = said.get("shape") == list(mine.shape) and isinstance(sums, list) and len(sums) == mine.size
            if not isinstance(sums, list) or not fits or not all(map(_is_number, sums)):
                raise StudyError(
                    f"{self._path(site, self.rounds - 1, name)} does not hold {mine.size} numbers; ask "
                    f"{site} to run again."
                )
            arrays.append(np.array(sums, np.float64).reshape(mine.shape))
        return np.asarray(sum(arrays[1:], arrays[0]))

    def _round(self, name: str, mine: dict[str, Any]) -> list[dict[str, Any]]:
        number = self.rounds
        self.rounds += 1
        about = {"schema": SCHEMA, "digest": self.digest, "round": number, "name": name}
        self._write(self._path(self.site, number, name), {**about, "site": self.site, **mine})
        paths = [self._path(site, number, name) for site in self.sites]
        if missing := tuple(path for path in paths if not path.is_file()):
            raise Waiting(name, missing)
        named = zip(self.sites, paths, strict=True)
        return [self._read(path, {**about, "site": site}) for site, path in named]

    def _path(self, site: str, number: int, name: str) -> Path:
        return self.folder / site / f"{number}-{name.replace(' ', '-')}.json"

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        """Whole or not at all. A file that others may have seen is not changed behind their backs."""
        text = json.dumps(content, sort_keys=True, allow_nan=False) + "\n"
        if path.is_file() and path.read_text(encoding="utf-8") != text:
            raise StudyError(
                f"{path} says something else than this run: the log, the study or the other sites' sums have "
                "changed since. Agree with the others on an empty folder and begin anew."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.replace(path)

    def _read(self, path: Path, expected: dict[str, Any]) -> dict[str, Any]:
        try:
            said = read_json_object(path)
        except ValueError as error:
            raise StudyError(f"{path} cannot be read: {error}.") from None
        for key, right in expected.items():
            if said.get(key) != right:
                what = f"has another {key}"
                if key == "digest":
                    what = "is of another study, date or code version"
                raise StudyError(f"{path} {what}: every site needs the same, and a folder of its own name.")
        return said


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
