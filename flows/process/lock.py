"""One run of a study at a time: an advisory file lock that dies with its holder."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sql.errors import LockedError, StudyError


@contextmanager
def study_lock(root: Path, as_of: date) -> Iterator[None]:
    """Hold `root/.lock`; raise LockedError, naming the holder, when another run has it, and StudyError where
    it can be no lock.

    The kernel frees the lock when the process ends, however it ends, so no lock is ever stale. The
    file stays: deleting it would let two runs lock two different files of one name.
    """
    path = root / ".lock"
    try:
        opened = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StudyError(
            f"{path} cannot be opened ({error.strerror}); it should be a file that this user may write to: "
            "move away what is there."
        ) from None
    with opened as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(_who_holds(path, root.name)) from None
        file.truncate(0)
        holder = {"pid": os.getpid(), "host": socket.gethostname(), "as_of": as_of.isoformat()}
        file.write(json.dumps(holder) + "\n")
        file.flush()
        yield


def _who_holds(path: Path, study: str) -> str:
    try:
        holder = json.loads(path.read_text(encoding="utf-8"))
        who = f"process {holder['pid']} on {holder['host']}, as of {holder['as_of']}"
    except (OSError, ValueError, KeyError, TypeError):
        who = "another process"  # it holds the lock and has not yet written who it is
    return (
        f"Another run of study `{study}` is at work in {path.parent} ({who}); "
        "wait for it to end, or give this run another --out."
    )
