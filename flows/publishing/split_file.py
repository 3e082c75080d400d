"""A published night's split.json, read in one place: for the last words of a run, the ledger, and the next
night. Whatever may have happened to an older file since is a ValueError, or a night without a past."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from models.json_file import read_json_object
from models.split import EarlierNight

SPLIT_FILE = "split.json"
SPLIT = "split a budget"
"""The question of a night that has a split; of a test it is another one, and there are no budgets."""


def read_split(folder: Path) -> dict[str, Any]:
    """The split of a published folder, as `reports.exports.split` writes it. ValueError where it cannot be
    read."""
    return read_json_object(folder / SPLIT_FILE)


def asks_for_a_split(split: dict[str, Any]) -> bool:
    """Whether this is the split.json of a night that was asked for a split."""
    return split.get("question", SPLIT) == SPLIT


def read_earlier(folders: Iterable[Path], currency: str) -> EarlierNight | None:
    """What the next night compares itself with, of published folders, the newest first: the newest night that
    answered. One whose logs could tell nothing in between is no fresh start: what was looked at before still
    was. Nights that cannot be read are passed over, and those that were asked which arm to choose or what
    regions gained, which neither moved nor kept a split.

    Amounts in another currency than tonight's cannot be compared and are left out.
    """
    nights = (_read(folder, currency) for folder in folders)
    silent: EarlierNight | None = None
    for night in filter(None, nights):
        if night.verdict != "NO_EVIDENCE":
            return night
        silent = silent or night
    return silent


def _read(folder: Path, currency: str) -> EarlierNight | None:
    try:
        split = read_split(folder)
        if not asks_for_a_split(split):
            return None
        rows = {(str(row["channel"]), row["segment"]): row for row in split["rows"]}
        uplift = split["uplift"] or {}
        if split["currency"] != currency:
            return EarlierNight(
                str(split["as_of"]), str(split["verdict"]), {}, {}, None, str(split["currency"])
            )
        return EarlierNight(
            as_of=str(split["as_of"]),
            verdict=str(split["verdict"]),
            recommended={name: float(row["recommended"]) for name, row in rows.items()},
            current={name: float(row["current"]) for name, row in rows.items()},
            low=None if uplift.get("low") is None else float(uplift["low"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return None
