"""Many copies side by side: one object at a time leaves most of a network unused."""

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

T = TypeVar("T")
Moved = Callable[[int], None]
"""Told how many bytes have been copied; raises where the others have failed."""

AT_ONCE = 8
CHUNK_BYTES = 1 << 22
"""Of one copy in memory."""


class StoppedError(Exception):
    """Another copy has failed; nobody sees this one."""


def side_by_side(copy: Callable[[T, Moved], None], items: Iterable[T], moved: Moved) -> None:
    """Copy all; the first error stops the others and is raised. `moved` is called by one thread at a time."""
    stopped, lock = threading.Event(), threading.Lock()

    def count(n_bytes: int) -> None:
        if stopped.is_set():
            raise StoppedError
        with lock:
            moved(n_bytes)

    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="store")
    try:
        for done in as_completed([pool.submit(copy, item, count) for item in items]):
            done.result()
    except BaseException:
        stopped.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
