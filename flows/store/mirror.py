"""Logs that lie in a store, copied into a local folder: from there on everything is as with a local log.

What has not changed since the last night (size and time of modification) is not loaded again, what is gone
from the store goes here too, and a file is there whole or not at all.
"""

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from flows.remove import remove
from flows.store.address import StoreAddress, fit_to_be_file
from flows.store.connect import endpoint_name, open_store, trouble
from flows.store.transfer import CHUNK_BYTES, Moved, Step, copy_all
from sql.errors import LogError
from sql.hints import listing, show
from sql.inputs import FORMATS, has_known_ending

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

SECOND_NS = 10**9
ARRIVING = "arriving"


class UnsteadyLogError(LogError, OSError):
    """The store failed, or its objects changed, in a way that a second try may find mended."""


@dataclass(frozen=True)
class LogObject:
    """One object that is a file of the log."""

    name: str
    """Relative to the address, with forward slashes."""
    path: str
    """Bucket and key."""
    bytes: int
    modified_ns: int
    """Since 1970."""


def mirror_logs(address: StoreAddress, parent: Path, step: Step) -> Path:
    """Make a folder below `parent` equal to the log at `address`, and return it.

    `parent` holds user ids in clear, so it is closed to others; copies of other logs in it are removed.
    Raises StudyError for the environment, LogError for a store or a log that cannot be used.
    """
    store = open_store()
    place = f"{endpoint_name()} {address}"
    own = parent / hashlib.sha256(place.encode()).hexdigest()[:12]
    folder, arriving = own / address.name, parent / ARRIVING
    parent.mkdir(mode=0o700, exist_ok=True)
    for other in parent.iterdir():
        if other != own:
            remove(other)
    folder.mkdir(parents=True, exist_ok=True)
    arriving.mkdir()
    try:
        objects = log_objects(store, address)
        _remove_gone(folder, {one.name for one in objects})
        _load(store, [one for one in objects if not _is_here(folder / one.name, one)], folder, arriving, step)
    except OSError as error:
        found = trouble(error, address)
        if found is None:
            raise
        kind = UnsteadyLogError if found.passes else LogError
        raise kind(f"The logs cannot be read: {found.sentence}.") from None
    finally:
        remove(arriving)
    return folder


def log_objects(store: "FileSystem", address: StoreAddress) -> list[LogObject]:
    """Objects at an address that are log files by their ending, sorted by name."""
    from pyarrow.fs import FileSelector, FileType

    found = [
        LogObject(info.path.removeprefix(f"{address.path}/"), info.path, info.size, info.mtime_ns)
        for info in store.get_file_info(FileSelector(address.path, recursive=True))
        if info.type == FileType.File and has_known_ending(PurePosixPath(info.path))
    ]
    if not found:
        raise LogError(
            f"{address} holds no log file; name Parquet, CSV or JSON Lines files, ending in one of "
            f"{listing(FORMATS)}."
        )
    names = {one.name for one in found}
    for name in sorted(names):
        parents = [str(parent) for parent in PurePosixPath(name).parents]
        if not all(map(fit_to_be_file, name.split("/"))) or names.intersection(parents):
            raise LogError(
                f"{address}: the key {show(name)} cannot be the name of a file; rename that object."
            )
    return sorted(found, key=lambda one: one.name)


def _is_here(path: Path, one: LogObject) -> bool:
    with suppress(OSError):
        status = path.stat()
        return (status.st_size, status.st_mtime_ns) == (one.bytes, one.modified_ns)
    return False


def _remove_gone(folder: Path, names: set[str]) -> None:
    """Files that the store no longer has, and folders that are empty then."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            with suppress(OSError):  # not empty
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in names:
            path.unlink()


def _load(store: "FileSystem", objects: list[LogObject], folder: Path, arriving: Path, step: Step) -> None:
    def load(one: LogObject, moved: Moved) -> None:
        part = arriving / hashlib.sha256(one.name.encode()).hexdigest()
        try:
            # without `compression`, an object called .gz would arrive unpacked
            with store.open_input_stream(one.path, compression=None) as source, part.open("wb") as target:
                while chunk := source.read(CHUNK_BYTES):
                    target.write(chunk)
                    moved(len(chunk))
                target.flush()
                os.fsync(target.fileno())  # or a power cut leaves a file that looks whole
            now = store.get_file_info(one.path)
        except FileNotFoundError:
            raise _changed(one) from None
        sizes = {part.stat().st_size, now.size}
        if sizes != {one.bytes} or (now.mtime_ns or 0) // SECOND_NS != one.modified_ns // SECOND_NS:
            raise _changed(one)  # by whole seconds: only a listing tells more
        os.utime(part, ns=(one.modified_ns, one.modified_ns))
        whole = folder / one.name
        whole.parent.mkdir(parents=True, exist_ok=True)
        part.replace(whole)

    copy_all(load, {one: one.bytes for one in objects}, "load them from the store", step)


def _changed(one: LogObject) -> UnsteadyLogError:
    return UnsteadyLogError(
        f"s3://{show(one.path, 200)} was written or removed while it was read; run again when the export is "
        "done."
    )
