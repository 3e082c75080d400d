"""Publishing: a report is there whole or not at all, and a kill at any point loses nothing.

    fsync every file -> manifest -> one rename to OUT/<study>/<as_of> -> ledger -> swap `latest`

Everything after the rename is derived from the published folders, so the next run repeats it (`recover`).
"""

import os
import re
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.publishing.exchange import exchange_folders
from flows.publishing.ledger import update_ledger
from flows.publishing.manifest import MANIFEST, write_manifest
from flows.remove import remove
from models.json_file import read_json_object
from sql.errors import StudyError

Step = Callable[[str], None]
"""Called with a name before every action that changes the disk; the crash tests die in it."""

REPLACED = ".replaced-"
"""A date's old folder while a new one takes its place, where two folders cannot be exchanged."""
INTACT = ".intact"
"""What `latest` points at meanwhile."""
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def _no_step(_: str) -> None:
    pass


def publish(
    staging: Path,
    root: Path,
    as_of: date,
    described: dict[str, Any],
    timings: dict[str, Any],
    *,
    step: Step = _no_step,
    exchange: Callable[[Path, Path], bool] = exchange_folders,
) -> Path:
    """Move a finished staging folder to `root/<as_of>` and return that path.

    `described` is the manifest without its files, `timings` its undigested part (see `manifest`);
    `timings["run"]` names this run, so that a second try after a failed disk knows what the first one did.
    A folder already there is exchanged for the new one in a single system call; where the file system
    has none, `latest` points at an intact copy while the date's folder is replaced.
    """
    target = root / as_of.isoformat()
    if "run" in timings and _run_of(target) == timings["run"]:
        settle(root, step)
        return target
    for file in sorted(path for path in staging.rglob("*") if path.is_file()):
        step(f"sync {file.relative_to(staging).as_posix()}")
        sync(file)
    step("write manifest")
    manifest = write_manifest(staging, described, timings)
    step("sync manifest")
    sync(manifest)
    step("sync folders")
    for folder in [path for path in staging.rglob("*") if path.is_dir()] + [staging]:
        sync(folder)

    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise StudyError(f"{target} is not a folder of ours; move it away and run again.")
    step("rename")
    if not target.exists():
        staging.rename(target)
    elif not exchange(staging, target):
        _replace_in_steps(staging, target, step)
    step("sync root")
    sync(root)
    settle(root, step)
    return target


def recover(root: Path) -> None:
    """Finish what a killed run left half done. Call it under the study's lock."""
    settle(root, _no_step)


def settle(root: Path, step: Step) -> None:
    """Bring the ledger and `latest` in line with the published folders; doing it twice changes nothing."""
    for old in sorted(root.glob(REPLACED + "*")):
        target = root / old.name.removeprefix(REPLACED)
        step(f"settle {old.name}")
        if target.exists():
            remove(old)
        else:
            old.rename(target)
    dates = published_dates(root)
    step("ledger")
    update_ledger(root, dates, step)
    if dates:
        _point_latest(root, _latest(root, dates), step)
    step("remove leftovers")
    shutil.rmtree(root / INTACT, ignore_errors=True)
    step("done")


def published_dates(root: Path) -> list[str]:
    """Dates with a published folder, ascending."""
    return sorted(
        path.name
        for path in root.iterdir()
        if _is_date(path.name) and not path.is_symlink() and (path / MANIFEST).is_file()
    )


def _is_date(name: str) -> bool:
    try:
        return bool(DATE.fullmatch(name)) and date.fromisoformat(name).isoformat() == name
    except ValueError:  # 2026-13-45
        return False


def _latest(root: Path, dates: list[str]) -> str:
    """The newest date that was not ahead of the clock when its night ran: a slip like 2099-01-01 would stay
    the newest for ever. The newest of all where every one was ahead, as in a simulated world."""
    return next((name for name in reversed(dates) if not _ahead_of_clock(root / name)), dates[-1])


def _ahead_of_clock(folder: Path) -> bool:
    """Whether a night stands for a later day than it ran on; one day more allows for every time zone."""
    try:
        began = read_json_object(folder / MANIFEST)["timings"]["began"]
        ran = datetime.fromisoformat(began).date()
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return date.fromisoformat(folder.name) > ran + timedelta(days=1)


def sync(path: Path) -> None:
    """Make a file's content, or a folder's entries, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _run_of(folder: Path) -> str | None:
    """The run that wrote a published folder."""
    try:
        run = read_json_object(folder / MANIFEST)["timings"]["run"]
    except (ValueError, LookupError, TypeError):
        return None
    return run if isinstance(run, str) else None


def _point_latest(root: Path, target: str, step: Step) -> None:
    """Swap the relative link in one step."""
    latest, new = root / "latest", root / ".latest.new"
    if latest.is_symlink() and latest.readlink() == Path(target):
        return
    if latest.exists() and not latest.is_symlink():
        raise StudyError(f"{latest} is not the link it should be; move it away and run again.")
    step("link")
    remove(new)
    new.symlink_to(target)
    step("latest")
    new.replace(latest)
    sync(root)


def _replace_in_steps(staging: Path, target: Path, step: Step) -> None:
    """Without an atomic exchange: readers of `latest` are moved to a hard-linked copy first."""
    root, intact = target.parent, target.parent / INTACT
    if (root / "latest").is_symlink() and (root / "latest").readlink() == Path(target.name):
        step("copy")
        shutil.rmtree(intact, ignore_errors=True)
        shutil.copytree(staging, intact / target.name, copy_function=os.link)
        _point_latest(root, f"{INTACT}/{target.name}", step)
    step("set aside")
    target.rename(root / (REPLACED + target.name))
    step("put in place")
    staging.rename(target)
