"""The night: one run of one study for one date, from the lock to the staging folder."""

import os
import secrets
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.process.determinism import determinism
from flows.process.lock import study_lock
from flows.process.memory import what_is_loaded_stays
from flows.process.progress import Progress
from flows.process.scratch import scratch_folder
from flows.publishing.manifest import is_whole
from flows.publishing.publish import published_dates, recover
from flows.publishing.split_file import read_earlier
from flows.remove import remove
from flows.store.address import refuse_store
from flows.store.connect import open_store
from flows.study import Study
from models.split import EarlierNight
from sql.errors import StudyError

MIN_KEY_BYTES = 16
ONLY_US = 0o700
"""Mode of folders that hold user ids in clear, as what the log reader spills to the disk does."""


@dataclass(frozen=True)
class Night:
    """What every stage may know: the study, the date, and the folders to write to."""

    study: Study
    as_of: date
    """Only what was known before this date, 00:00 in the study's time zone, is used."""
    root: Path
    """OUT/<study>: dates, `latest`, the ledger."""
    work: Path
    """Temporary files, closed to others; gone after the night, or before the next one."""
    staging: Path
    """Becomes root/<as_of> when published."""
    key: bytes = field(repr=False)
    """Key of the HMAC-SHA256 that replaces user ids."""
    progress: Progress = field(repr=False, compare=False)
    previous: Path | None = None
    """The newest whole report published for an earlier date: where training may start from."""
    notes: tuple[str, ...] = ()
    """What a reader should know of the nights before."""
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    """Names this run, wherever a second try must know what the first one did."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @cached_property
    def earlier(self) -> EarlierNight | None:
        """What that report said, or the newest before it that answered, read once; None: there is none."""
        newest = self.previous
        if newest is None:
            return None
        dates = [name for name in reversed(published_dates(newest.parent)) if name < newest.name]
        older = (newest.parent / name for name in dates)
        return read_earlier(chain([newest], filter(is_whole, older)), self.study.currency)


@contextmanager
def open_night(study: Study, as_of: date, out: Path) -> Iterator[Night]:
    """Lock the study, finish what a killed run left, make empty folders, fix seeds and threads.

    Raises LockedError when another run of the study is at work, StudyError for a date, an output
    folder or a key that cannot be right.
    """
    check_as_of(as_of)
    key = pseudonym_key(study)
    _check_stores(study)
    root = _writable_root(out, study.name)
    with ExitStack() as stack:
        stack.enter_context(study_lock(root, as_of))
        recover(root)
        work, staging = root / ".work", root / ".staging"
        for folder, mode in ((work, ONLY_US), (staging, 0o777)):
            remove(folder)
            folder.mkdir(mode)
            stack.callback(remove, folder)
        stack.enter_context(determinism(study))
        stack.enter_context(what_is_loaded_stays())
        progress = stack.enter_context(Progress.open())
        previous, notes = newest_whole(root, as_of)
        yield Night(study, as_of, root, work, staging, key, progress, previous, notes)


def newest_whole(root: Path, as_of: date) -> tuple[Path | None, tuple[str, ...]]:
    """The newest undamaged report before a date, and notes on the damaged ones that were passed over."""
    notes: list[str] = []
    for name in reversed([name for name in published_dates(root) if name < as_of.isoformat()]):
        if is_whole(root / name):
            return root / name, tuple(notes)
        notes.append(f"The files of the report of {name} are damaged, so nothing was taken from it.")
    return None, tuple(notes)


def preflight(study: Study, as_of: date, out: Path) -> None:
    """Raise now what `open_night` would raise after a server has started."""
    check_as_of(as_of)
    pseudonym_key(study)
    _check_stores(study)
    with study_lock(_writable_root(out, study.name), as_of):
        pass


@contextmanager
def open_scratch(study: Study, as_of: date, *, needs_key: bool = True) -> Iterator[Night]:
    """A night that publishes nothing, in a temporary folder, without lock: for `check` and `evaluate`.

    Without `needs_key`, an environment that holds no key of pseudonyms is given one for this run alone: the
    first look at a log keeps nothing by which anybody could be found again.
    """
    check_as_of(as_of)
    has_key = needs_key or bool(os.environ.get(study.logs.pseudonym_key_env, "").strip())
    key = pseudonym_key(study) if has_key else secrets.token_bytes(32)
    with ExitStack() as stack:
        root = stack.enter_context(scratch_folder())
        work, staging = root / "work", root / "staging"
        work.mkdir()
        staging.mkdir()
        progress = stack.enter_context(Progress.open())
        yield Night(study, as_of, root, work, staging, key, progress)


def today(study: Study) -> date:
    """The date a night stands for when none was named: today in the study's time zone."""
    return datetime.now(ZoneInfo(study.time_zone)).date()


def check_as_of(as_of: date) -> None:
    """Refuse a date that can only be a slip of the keyboard."""
    if not 1990 <= as_of.year <= 2100:
        raise StudyError(f"--as-of is {as_of}, outside 1990 to 2100; write the date the night stands for.")


def pseudonym_key(study: Study) -> bytes:
    """The key that user ids are hashed with, from the environment."""
    name = study.logs.pseudonym_key_env
    advice = (
        "make one with `openssl rand -hex 32`, keep it with your secrets, "
        f"and `export {name}=...` before each run"
    )
    key = os.environ.get(name, "").strip().encode()
    if not key:
        raise StudyError(
            f"The environment variable {name} is not set; it holds the key that hides user ids: {advice}."
        )
    if len(key) < MIN_KEY_BYTES:
        raise StudyError(
            f"The key in the environment variable {name} has {len(key)} bytes, fewer than {MIN_KEY_BYTES}, "
            f"so user ids could be guessed; {advice}."
        )
    return key


def _check_stores(study: Study) -> None:
    """Refuse now, and not after an hour's work, an environment that cannot lead to the study's stores."""
    if study.log_store or study.publish.store:
        open_store()


def _writable_root(out: Path, name: str) -> Path:
    refuse_store(out)
    root = out.absolute() / name
    try:
        root.mkdir(parents=True, exist_ok=True)
        probe = root / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise StudyError(
            f"--out {out}: cannot write to {root} ({error.strerror}); name a folder this user may write to."
        ) from None
    return root
