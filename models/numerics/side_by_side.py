"""Independent pieces of work, in threads: numpy and torch let go of the interpreter in their long loops."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from models.numerics.one_thread import one_blas_thread

MOST_THREADS = 4
"""Each works with arrays of its own, so that memory ends before a large machine's cores do."""
Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None = None,
    begin: Callable[[], object] | None = None,
) -> list[Result]:
    """What `work` makes of every item, in the items' order. workers: default one per core, four at
    most. begin: what each
    new thread does first.

    Each piece is worked on by one thread with one BLAS thread, so that the number of threads changes how long
    it takes and no bit of what comes out. The first error is raised once all have ended.
    """
    todo = list(items)
    threads = min(len(todo), workers or min(_cores(), MOST_THREADS))
    with one_blas_thread():
        if threads < 2:
            return [work(item) for item in todo]
        with ThreadPoolExecutor(threads, initializer=begin) as pool:
            return list(pool.map(work, todo))


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    told = getattr(os, "sched_getaffinity", None)
    return len(told(0)) if told else os.cpu_count() or 1
