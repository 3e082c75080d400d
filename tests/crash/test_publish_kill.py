"""`kill -9` at every step of publishing: readers keep an intact report, and the next run needs no hand."""

import hashlib
import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from flows.publishing.exchange import exchange_folders
from flows.publishing.publish import publish, recover

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["__main__", "pytest", "flows.publishing.publish", "polars"])

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)


def stage(root: Path, as_of: date, recommended: float) -> Path:
    """What a night leaves to be published: a report, a split, a folder."""
    staging = root / ".staging"
    (staging / "transitions").mkdir(parents=True)
    (staging / "report.html").write_text(f"<p>{as_of} {recommended}")
    (staging / "transitions" / "part-0.parquet").write_bytes(os.urandom(16) * 4096)
    split = {
        "as_of": as_of.isoformat(),
        "verdict": "MOVE",
        "tier": "A",
        "currency": "EUR",
        "budget": {"period_days": 7, "current": 100.0, "recommended": 100.0},
        "uplift": None,
        "rows": [{"channel": "search", "segment": None, "current": 50.0, "recommended": recommended}],
    }
    (staging / "split.json").write_text(json.dumps(split))
    return staging


def no_exchange(_one: Path, _other: Path) -> bool:
    """A file system that cannot exchange two folders."""
    return False


EXCHANGES: dict[str, Callable[[Path, Path], bool]] = {"exchange": exchange_folders, "steps": no_exchange}


def publish_and_die(root: Path, as_of: date, recommended: float, exchange: str, kill_at: int) -> None:
    """Publish in this process, which dies of SIGKILL at its `kill_at`-th step (never, if there are fewer)."""
    seen = 0

    def step(_name: str) -> None:
        nonlocal seen
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        seen += 1

    staging = stage(root, as_of, recommended)
    publish(staging, root, as_of, {"study": "shop"}, {}, step=step, exchange=EXCHANGES[exchange])


def in_a_process(*arguments: object) -> int | None:
    process = FORKSERVER.Process(target=publish_and_die, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def the_next_run(root: Path, as_of: date, recommended: float, exchange: str) -> None:
    """What a night does that finds the traces of a killed one."""
    recover(root)
    for path in sorted((root / ".staging").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    if (root / ".staging").exists():
        (root / ".staging").rmdir()
    assert in_a_process(root, as_of, recommended, exchange, -1) == 0


def recommended_in(folder: Path) -> float:
    """The figure of a report, after checking that every file is the one its manifest digested."""
    manifest = json.loads((folder / "manifest.json").read_text())
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {file["name"] for file in manifest["files"]} | {"manifest.json"}
    for file in manifest["files"]:
        content = (folder / file["name"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (file["sha256"], file["bytes"])
    figure: float = json.loads((folder / "split.json").read_text())["rows"][0]["recommended"]
    return figure


def visible(root: Path) -> set[str]:
    return {path.name for path in root.iterdir()} - {".staging"}


@pytest.mark.parametrize(
    ("exchange", "as_of"),
    [("exchange", TUESDAY), ("exchange", MONDAY), ("steps", MONDAY)],
    ids=["new date", "same date again", "same date again, without exchange"],
)
def test_a_kill_at_any_step_loses_nothing(tmp_path: Path, exchange: str, as_of: date) -> None:
    kills = 0
    while True:
        root = tmp_path / f"kill-{kills}"
        root.mkdir()
        assert in_a_process(root, MONDAY, 40.0, exchange, -1) == 0
        exit_code = in_a_process(root, as_of, 60.0, exchange, kills)

        # whatever a reader opens now is whole: Monday's first report, or the new one
        assert recommended_in(root / "latest") in (40.0, 60.0)
        for name in ("2026-11-16", "2026-11-17"):
            if (root / name).exists():
                assert recommended_in(root / name) in (40.0, 60.0)
        if exchange == "exchange":
            assert (root / "2026-11-16").is_dir()

        the_next_run(root, as_of, 80.0, exchange)
        assert recommended_in(root / "latest") == 80.0
        assert (root / "latest").readlink() == Path(as_of.isoformat())
        assert recommended_in(root / as_of.isoformat()) == 80.0
        dates = {"2026-11-16", as_of.isoformat()}
        assert visible(root) == dates | {"latest", "ledger.parquet"}
        if exit_code == 0:
            break
        assert exit_code == -signal.SIGKILL
        kills += 1
    assert kills >= 12


def test_recovery_alone_finishes_a_published_night(tmp_path: Path) -> None:
    """Killed right after the rename: nobody has to run that date again."""
    assert in_a_process(tmp_path, MONDAY, 40.0, "exchange", -1) == 0
    names: list[str] = []
    publish(
        stage(tmp_path, TUESDAY, 60.0),
        tmp_path,
        TUESDAY,
        {},
        {},
        step=names.append,
        exchange=exchange_folders,
    )
    whole = (tmp_path / "ledger.parquet").read_bytes()

    again = tmp_path / "again"
    again.mkdir()
    assert in_a_process(again, MONDAY, 40.0, "exchange", -1) == 0
    at = names.index("rename") + 1
    assert in_a_process(again, TUESDAY, 60.0, "exchange", at) == -signal.SIGKILL
    assert recommended_in(again / "latest") == 40.0
    recover(again)
    assert recommended_in(again / "latest") == 60.0
    assert (again / "ledger.parquet").read_bytes() == whole
