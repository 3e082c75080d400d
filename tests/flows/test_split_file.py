"""What the next night reads of a published split.json."""

import json
from pathlib import Path

import pytest

from flows.publishing.split_file import read_earlier
from models.split import EarlierNight


def published(folder: Path, currency: str) -> Path:
    """A folder whose night moved a to 120."""
    rows = [{"channel": "a", "segment": None, "recommended": 120.0, "current": 100.0}]
    split = {
        "as_of": "2026-11-19", "verdict": "MOVE", "uplift": {"low": 3.5}, "rows": rows, "currency": currency,
    }  # fmt: skip
    (folder / "split.json").write_text(json.dumps(split))
    return folder


def test_the_earlier_night_is_read_from_its_split_json(tmp_path: Path) -> None:
    assert read_earlier([published(tmp_path, "EUR")], "EUR") == EarlierNight(
        "2026-11-19", "MOVE", {("a", None): 120.0}, {("a", None): 100.0}, 3.5
    )


def test_amounts_in_another_currency_are_left_out_and_the_currency_is_told(tmp_path: Path) -> None:
    assert read_earlier([published(tmp_path, "SEK")], "EUR") == EarlierNight(
        "2026-11-19", "MOVE", {}, {}, None, other_currency="SEK"
    )


@pytest.mark.parametrize("question", ["which one", "regions"])
def test_a_night_of_a_test_neither_moved_nor_kept_a_split(question: str, tmp_path: Path) -> None:
    file = published(tmp_path, "EUR") / "split.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"question": question, "budget": None}))
    assert read_earlier([tmp_path], "EUR") is None


def test_a_night_that_cannot_be_read_is_no_past(tmp_path: Path) -> None:
    assert read_earlier([], "EUR") is None and read_earlier([tmp_path], "EUR") is None
    (tmp_path / "split.json").write_text('{"as_of": ')  # cut off by a full disk
    assert read_earlier([tmp_path], "EUR") is None


def test_a_night_that_could_tell_nothing_is_no_fresh_start(tmp_path: Path) -> None:
    """KEEP, then a night without evidence: the look at the log that said KEEP was still one."""
    nights = [tmp_path / name for name in ("newest", "middle", "oldest")]
    for night, verdict in zip(nights, ("NO_EVIDENCE", "NO_EVIDENCE", "KEEP"), strict=True):
        night.mkdir()
        file = published(night, "EUR") / "split.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"verdict": verdict, "as_of": night.name}))
    found = read_earlier(nights, "EUR")
    assert found is not None and (found.verdict, found.as_of) == ("KEEP", "oldest")
    silent = read_earlier(nights[:2], "EUR")
    assert silent is not None and (silent.verdict, silent.as_of) == ("NO_EVIDENCE", "newest")
