"""Folders that hold user ids in clear: closed to others, and gone after any ending."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest

from flows.night import open_night
from flows.process.scratch import scratch_folder
from flows.study import read_study
from tests.conftest import REPOSITORY


def mode(folder: Path) -> int:
    return stat.S_IMODE(folder.stat().st_mode)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of temporary files, this test's own."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return tmp_path / "temporary"


def left_by_a_kill(temporary: Path) -> Path:
    """The scratch folder of a process that was killed while it worked."""
    code = (
        "from flows.process.scratch import scratch_folder\n"
        "with scratch_folder() as folder:\n"
        "    (folder / 'spill').mkdir(); (folder / 'spill' / 'u17').touch()\n"
        "    print(folder, flush=True); input()"
    )
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        with scratch_folder():  # its owner lives: it stays
            assert (folder / "spill" / "u17").exists()
        process.send_signal(signal.SIGKILL)
    return folder


def test_a_scratch_folder_is_ours_alone_and_leaves_nothing(temporary: Path) -> None:
    with scratch_folder() as folder:
        assert mode(folder) == 0o700
        (folder / "work").mkdir()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_run_left_is_cleared_by_the_next(temporary: Path) -> None:
    folder = left_by_a_kill(temporary)
    assert (folder / "spill" / "u17").exists()
    with scratch_folder():
        assert not folder.exists()


@pytest.mark.usefixtures("pseudonym_key")
def test_the_work_folder_of_a_night_is_closed_to_others(tmp_path: Path) -> None:
    """DuckDB spills user ids in clear below it; a killed night's folder is removed by the next one."""
    (tmp_path / "shop.toml").write_text('name = "shop"\n')
    before = os.umask(0)
    try:
        with open_night(read_study(tmp_path / "shop.toml"), date(2026, 11, 20), tmp_path / "out") as night:
            assert mode(night.work) == 0o700
            assert mode(night.staging) == 0o777  # what is published follows the umask
    finally:
        os.umask(before)
    assert not night.work.exists()
