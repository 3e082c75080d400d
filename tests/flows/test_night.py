"""A night: locked, cleaned up after a killed one, seeded, and gone without a trace when it fails."""

import os
import random
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch

from flows.night import Night, open_night, open_scratch
from flows.process.determinism import determinism
from flows.process.lock import study_lock
from flows.study import Study, read_study
from sql.errors import LockedError, StudyError

AS_OF = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def key(pseudonym_key: str) -> str:
    return pseudonym_key


@pytest.fixture
def study(tmp_path: Path) -> Study:
    path = tmp_path / "shop.toml"
    path.write_text('name = "shop"\n[agents]\ntorch_threads = 3\n[evaluation]\nmath_threads = 1\n')
    return read_study(path)


def holder(root: Path) -> "subprocess.Popen[str]":
    """Another process that holds the study's lock until it is killed; it has it when this returns."""
    code = (
        "import sys; from datetime import date; from pathlib import Path\n"
        "from flows.process.lock import study_lock\n"
        "with study_lock(Path(sys.argv[1]), date(2026, 11, 19)):\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_two_runs_at_once_the_second_says_who_holds_the_study(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "out" / "shop"
    root.mkdir(parents=True)
    with holder(root) as other:
        with pytest.raises(LockedError) as caught, open_night(study, AS_OF, tmp_path / "out"):
            pass
        assert f"process {other.pid} on " in str(caught.value)
        assert "as of 2026-11-19" in str(caught.value)
        assert caught.value.exit_code == 3
        other.send_signal(signal.SIGKILL)
        other.wait()
        with open_night(study, AS_OF, tmp_path / "out") as night:  # a dead holder holds nothing
            assert night.staging.is_dir()


def test_two_studies_do_not_wait_for_each_other(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with study_lock(tmp_path / "one", AS_OF), study_lock(tmp_path / "other", AS_OF):
        pass


def test_a_night_starts_clean_and_leaves_nothing_of_its_own(study: Study, tmp_path: Path) -> None:
    root = tmp_path / "out" / "shop"
    (root / ".work" / "deep").mkdir(parents=True)
    (root / ".work" / "deep" / "left-by-a-killed-run.parquet").touch()
    victim = tmp_path / "not-ours"
    victim.mkdir()
    (victim / "precious").touch()
    (root / ".staging").symlink_to(victim)
    with open_night(study, AS_OF, tmp_path / "out") as night:
        assert list(night.work.iterdir()) == []
        assert list(night.staging.iterdir()) == []
        (night.work / "big.parquet").touch()
    assert {path.name for path in root.iterdir()} == {".lock"}
    assert (victim / "precious").exists()


def test_a_failed_night_leaves_nothing_either(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_night(study, AS_OF, tmp_path / "out"):
        1 / 0  # noqa: B018
    assert {path.name for path in (tmp_path / "out" / "shop").iterdir()} == {".lock"}


def draws(night: Night) -> tuple[float, ...]:
    assert night.study.name == "shop"
    return random.random(), float(np.random.random()), float(torch.rand(1))


def test_seeds_and_threads_come_from_the_study(study: Study, tmp_path: Path) -> None:
    from threadpoolctl import threadpool_info

    before = torch.get_num_threads()
    with open_night(study, AS_OF, tmp_path / "out") as night:
        assert torch.get_num_threads() == 3
        assert torch.are_deterministic_algorithms_enabled()
        blas = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
        assert blas and set(blas) == {1}
        first = draws(night)
    with open_scratch(study, AS_OF) as night, determinism(study):
        assert draws(night) == first
    assert torch.get_num_threads() == before
    assert not torch.are_deterministic_algorithms_enabled()


def test_the_key_is_needed_and_never_shown(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pseudonym_key: str
) -> None:
    with open_night(study, AS_OF, tmp_path / "out") as night:
        assert night.key == pseudonym_key.encode()
        assert pseudonym_key not in repr(night)
    monkeypatch.setenv("ALLOT_PSEUDONYM_KEY", "short")
    with pytest.raises(StudyError, match=r"has 5 bytes, fewer than 16.*openssl rand -hex 32") as caught:
        open_night(study, AS_OF, tmp_path / "out").__enter__()
    assert "short" not in str(caught.value)
    monkeypatch.delenv("ALLOT_PSEUDONYM_KEY")
    with pytest.raises(StudyError, match=r"ALLOT_PSEUDONYM_KEY is not set.*openssl rand -hex 32"):
        open_night(study, AS_OF, tmp_path / "out").__enter__()


@pytest.mark.parametrize("year", [1, 1989, 2101, 9999])
def test_a_date_that_can_only_be_a_slip_is_refused(study: Study, tmp_path: Path, year: int) -> None:
    with pytest.raises(StudyError, match="outside 1990 to 2100"):
        open_night(study, date(year, 1, 1), tmp_path / "out").__enter__()


def test_an_output_folder_that_cannot_be_written_is_told(study: Study, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StudyError, match=r"cannot write to .*Not a directory"):
        open_night(study, AS_OF, tmp_path / "file").__enter__()
    if os.geteuid() != 0:
        (tmp_path / "sealed").mkdir(mode=0o500)
        with pytest.raises(StudyError, match="Permission denied"):
            open_night(study, AS_OF, tmp_path / "sealed").__enter__()
