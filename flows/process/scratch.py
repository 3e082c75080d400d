"""A temporary folder for whoever publishes nothing: closed to others, and gone after any ending.

What a killed run leaves behind may hold user ids in clear, so the next run clears it away. A folder's owner
holds a lock in it, which the kernel frees when the process ends, however it ends.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sql.errors import StudyError

PREFIX = "allot-scratch-"
LOCK = ".lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """An empty folder of mode 700. Raises StudyError where none can be made."""
    try:
        clear_abandoned(Path(tempfile.gettempdir()))
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError as error:
        raise StudyError(
            f"No temporary folder can be made ({error.strerror}); set TMPDIR to a folder with room."
        ) from None
    try:
        new = folder / f"{LOCK}.new"
        with new.open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            new.rename(folder / LOCK)  # seen by others only when it is held
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_abandoned(parent: Path) -> None:
    """Remove this user's scratch folders whose owner is gone."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another run clears it too, or its owner has just ended
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / LOCK).open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
