"""Which code drew the split benchmark's records, and what the page says of it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from test_split_scoreboard import record

from tests.benchmarks import split_scoreboard
from tests.benchmarks.split_night import Size
from tests.benchmarks.split_page import page_text
from tests.benchmarks.split_replicate import FORMAT
from tests.benchmarks.split_version import UNKNOWN, drawing_version, version_of, versions_told

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


def git(folder: Path, *command: str) -> str:
    """As somebody without any settings."""
    who = {f"GIT_{role}_{what}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    plain = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    found = subprocess.run(
        ["git", *command], cwd=folder, env=plain | who, capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A committed module and a committed page."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "code.py").write_text("a = 1\n")
    (folder / "page.md").write_text("one\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "one")
    return folder


@needs_git
def test_the_version_is_the_commit(checkout: Path) -> None:
    first = drawing_version(checkout)
    assert first == git(checkout, "rev-parse", "HEAD")[:12]
    git(checkout, "commit", "--quiet", "--allow-empty", "-m", "two")
    assert drawing_version(checkout) == git(checkout, "rev-parse", "HEAD")[:12] != first


@needs_git
@pytest.mark.parametrize("name", ["code.py", "new.py"])
def test_changed_or_new_code_is_marked(checkout: Path, name: str) -> None:
    clean = drawing_version(checkout)
    (checkout / name).write_text("a = 2\n")
    assert drawing_version(checkout) == clean + "+"


@needs_git
def test_a_page_that_was_written_anew_is_no_change_of_code(checkout: Path) -> None:
    (checkout / "page.md").write_text("two\n")
    assert git(checkout, "status", "--porcelain") and not drawing_version(checkout).endswith("+")


@needs_git
def test_a_hook_of_another_repository_does_not_mislead(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = drawing_version(checkout)
    monkeypatch.setenv("GIT_DIR", str(checkout / "elsewhere"))
    assert drawing_version(checkout) == expected


@needs_git
def test_without_a_checkout_of_its_own_the_version_is_unknown(checkout: Path, tmp_path: Path) -> None:
    copy = checkout / "copy"
    copy.mkdir()
    for folder in (copy, tmp_path, tmp_path / "nowhere"):  # inside of another checkout, of none, absent
        assert drawing_version(folder) == UNKNOWN


def test_without_git_the_version_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert drawing_version() == UNKNOWN


def test_a_record_carries_the_version_it_was_drawn_with(monkeypatch: pytest.MonkeyPatch) -> None:
    def replicate(*given: object) -> dict:
        return dict(zip(("world", "replicate", "size", "oracle", "version"), given, strict=True))

    monkeypatch.setattr(split_scoreboard, "one_replicate", replicate)
    assert version_of(split_scoreboard.draw("demo", 3, Size(), None, "8ab0ec1")) == "8ab0ec1"


def test_older_records_stay_and_are_of_unknown_version() -> None:
    old, new = record(0, 1.0, 2.0), record(1, 1.0, 2.0) | {"version": "8ab0ec1+"}
    assert old["format"] == new["format"] == FORMAT and not split_scoreboard.lacks(old, Size())
    assert [version_of(found) for found in (old, new)] == [UNKNOWN, "8ab0ec1+"]


def test_the_page_says_how_many_were_drawn_by_which_version() -> None:
    drawn = [record(i, 1.0, 2.0) | {"version": version} for i, version in enumerate(("b", "a+", "c", "c"))]
    results = {("demo", 10): drawn, ("rare", 10): [record(i, 1.0, 2.0) for i in range(3)]}
    line = "Replicates by version of the code (`+`: with changes not committed): "
    assert f"\n\n{line}3 by unknown, 2 by c, 1 by a+, 1 by b.\n\n" in page_text(results, days=56)
    assert versions_told([]) == ""
