"""A study for logs that lie in an object store: looked at as a copy, which is gone afterwards."""

from collections.abc import Callable
from pathlib import Path

from flows.init.init import init_study
from flows.process.progress import Progress
from flows.process.scratch import scratch_folder
from flows.store.address import refuse_store, store_address
from flows.store.mirror import mirror_logs
from sql.errors import AllotError, StudyError


def init_anywhere(files: tuple[str, ...], out: Path | None, force: bool, tell: Callable[[str], None]) -> Path:
    """Write a study for files and folders, or for one s3://bucket/prefix, and return where. tell: of files
    that cannot be read."""
    if out is not None:
        refuse_store(out)
    try:
        address = next((found for file in files if (found := store_address(file))), None)
    except ValueError as error:
        raise StudyError(f"What `allot init` is to look at {error}") from None
    if address is None:
        return init_study(tuple(map(Path, files)), out, force, tell=tell)
    if len(files) > 1:
        raise StudyError(f"`allot init` looks at one store address at a time: allot init {address}")
    with scratch_folder() as scratch:
        with Progress.open() as progress, progress.stage(f"load {address}"):
            folder = mirror_logs(address, scratch / "logs", progress.step)
        try:
            return init_study((folder,), out, force, str(address), tell)
        except AllotError as error:
            raise type(error)(str(error).replace(str(folder), str(address))) from None
