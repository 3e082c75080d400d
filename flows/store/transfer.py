"""Many copies side by side: one object at a time leaves most of a network unused."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")
Step = Callable[[int, int, str], None]
"""Progress: bytes copied, of how many, and of what."""
Moved = Callable[[int], None]
"""Told how many bytes more have been copied; raises where another copy has failed."""

AT_ONCE = 8
CHUNK_BYTES = 1 << 22
"""Of one copy in memory."""


class StoppedError(Exception):
    """Another copy has failed; nobody sees this one."""


def copy_all(copy: Callable[[T, Moved], None], sizes: Mapping[T, int], what: str, step: Step) -> None:
    """Copy all keys of `sizes`, whose values are bytes; the first error stops the others and is raised."""
    stopped, lock = threading.Event(), threading.Lock()
    total, done = sum(sizes.values()), 0

    def moved(n_bytes: int) -> None:
        nonlocal done
        if stopped.is_set():
            raise StoppedError
        with lock:
            done += n_bytes
            step(done, total, f"{what} ({len(sizes):,} files)")

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store")
    try:
        for ended in as_completed([pool.submit(copy, one, moved) for one in sizes]):
            ended.result()
    except BaseException:
        stopped.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
