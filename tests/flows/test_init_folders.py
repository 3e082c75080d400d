"""`allot init`: where it looks, and how the study names that place."""

from pathlib import Path

import pytest

from flows.cli import main
from flows.study import read_study
from tests.flows.raw_files import write_counts


@pytest.mark.parametrize("name", ["", "picture.png", "notes.txt"])
def test_a_folder_without_a_log_is_told_and_nothing_is_written(
    tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence: where it looked, and which endings are read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    if name:
        (tmp_path / "raw" / name).write_bytes(b"\x89PNG")
    before = sorted(tmp_path.rglob("*"))
    assert main(["init", "raw"]) == 4
    said = capfd.readouterr()
    assert (
        f"No log file was found in {tmp_path / 'raw'}: files are read that end in .parquet, .csv," in said.err
    )
    assert not said.out and sorted(tmp_path.rglob("*")) == before


def test_sheets_alone_say_how_they_can_be_read(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "sales.xlsx").write_bytes(b"PK")
    assert main(["init", str(tmp_path / "raw"), "--out", str(tmp_path / "my.toml")]) == 4
    assert "sales.xlsx: a spreadsheet; not read. Save each of its sheets as CSV." in capfd.readouterr().err


@pytest.mark.parametrize("out", [None, "my.toml", "link/my.toml", "new/my.toml"])
def test_the_folder_is_right_as_seen_from_the_study(
    tmp_path: Path, out: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the study is written, past links too: a folder above a link is not the one its name says."""
    logs, desk = write_counts(tmp_path / "logs"), tmp_path / "desk"
    (tmp_path / "far" / "away" / "it").mkdir(parents=True)
    desk.mkdir()
    (desk / "link").symlink_to(tmp_path / "far" / "away" / "it")
    monkeypatch.chdir(desk)
    folder = logs if logs.is_dir() else logs.parent
    assert main(["init", "../logs", *(["--out", out] if out else [])]) == 0
    study = desk / (out or "logs.toml")
    assert read_study(study).log_folder.samefile(folder)
    assert 'logs"  # relative to this file\n' in study.read_text()
