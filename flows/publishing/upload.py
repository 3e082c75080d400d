"""A published night, copied to a store: whoever waits for its manifest.json never reads half of it.

no manifest -> no files of an earlier run -> the files -> are all of them there? -> the manifest
"""

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from flows.publishing.manifest import MANIFEST
from flows.store.address import StoreAddress
from flows.store.connect import Trouble, open_store, trouble
from flows.store.transfer import CHUNK_BYTES, Moved, Step, copy_all
from sql.errors import StoreError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem


class UnsteadyStoreError(StoreError, OSError):
    """The store failed in a way that a second try may find mended."""


def upload_night(folder: Path, address: StoreAddress, step: Step) -> None:
    """Make the objects at `address` the files of a published folder, its manifest last.

    May be tried again at any point. Raises StoreError, which says that the night itself is safe.
    """
    store = open_store()
    try:
        _empty(store, folder, address)
        sizes = {
            path.relative_to(folder).as_posix(): path.stat().st_size
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path != folder / MANIFEST
        }
        _copy(store, folder, sizes, address, step)
        if _sizes_at(store, address) != sizes:
            raise _failed(folder, address, Trouble("the store does not hold what was written to it", True))
        _copy_file(store, folder / MANIFEST, f"{address.path}/{MANIFEST}", lambda _: None)
    except OSError as error:
        found = None if isinstance(error, StoreError) else trouble(error, address)
        if found is None:
            raise
        raise _failed(folder, address, found) from None


def _empty(store: "FileSystem", folder: Path, address: StoreAddress) -> None:
    """Take away what an earlier run of the night left; its manifest first. Nothing else is ever removed: what
    has no manifest and other names than a night's files is not a night."""
    from pyarrow.fs import FileType

    manifest, night = store.get_file_info([f"{address.path}/{MANIFEST}", address.path])
    if night.type != FileType.Directory:
        return
    if manifest.type == FileType.File:
        store.delete_file(manifest.path)
    else:
        ours = {path.name for path in folder.iterdir()}
        if any(name.split("/")[0] not in ours for name in _sizes_at(store, address)):
            raise _failed(folder, address, Trouble("other files than a night's lie there, and stay"))
    store.delete_dir(night.path)


def _copy(
    store: "FileSystem", folder: Path, sizes: dict[str, int], address: StoreAddress, step: Step
) -> None:
    def copy(name: str, moved: Moved) -> None:
        _copy_file(store, folder / name, f"{address.path}/{name}", moved)

    copy_all(copy, sizes, str(address), step)


def _copy_file(store: "FileSystem", file: Path, path: str, moved: Moved) -> None:
    kind = (
        mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    )  # so that a browser shows the report
    with (
        file.open("rb") as source,
        store.open_output_stream(path, compression=None, metadata={"Content-Type": kind}) as target,
    ):
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
            moved(len(chunk))


def _sizes_at(store: "FileSystem", address: StoreAddress) -> dict[str, int]:
    from pyarrow.fs import FileSelector, FileType

    return {
        info.path.removeprefix(f"{address.path}/"): info.size
        for info in store.get_file_info(FileSelector(address.path, recursive=True))
        if info.type == FileType.File
    }


def _failed(folder: Path, address: StoreAddress, found: Trouble) -> StoreError:
    kind = UnsteadyStoreError if found.passes else StoreError
    return kind(
        f"The night is published in {folder}, but its copy at {address} is not complete: {found.sentence}; "
        "run the night again to copy it."
    )
