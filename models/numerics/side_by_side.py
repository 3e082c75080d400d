"""Independent pieces of work, in threads: numpy and torch let go of the interpreter in their long loops."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock, local
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
    """What `work` makes of every item, in the items' order. workers: default one per core, four at most; in a
    piece of such work those of them that have nothing to do by then. begin: what each new thread does first.

    Each piece is worked on by one thread with one BLAS thread, so that the number of threads changes how long
    it takes and no bit of what comes out. The first error is raised once all have ended.
    """
    todo, crew = list(items), _crew()
    threads = min(len(todo), workers or crew.free)
    with one_blas_thread():
        if threads < 2:
            return [work(item) for item in todo]
        with crew.waiting(), ThreadPoolExecutor(threads, initializer=begin) as pool:
            return list(pool.map(partial(crew.at_work, work), todo))


class _Crew:
    """The threads of this process that are at work side by side: all but those that wait for others."""

    def __init__(self) -> None:
        self._lock, self._busy, self._mine = Lock(), 0, local()

    @property
    def free(self) -> int:
        """How many threads a caller may have at work in its own place; 1 is itself."""
        return max(min(_cores(), MOST_THREADS) - self._busy + self._itself, 1)

    def at_work(self, work: Callable[[Item], Result], item: Item) -> Result:
        """A piece of work, done by a thread that counts for as long."""
        self._count(1)
        self._mine.counts = 1
        try:
            return work(item)
        finally:
            self._mine.counts = 0
            self._count(-1)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Inside, the caller does not count."""
        itself = self._itself
        self._count(-itself)
        try:
            yield
        finally:
            self._count(itself)

    @property
    def _itself(self) -> int:
        counts: int = getattr(self._mine, "counts", 0)
        return counts

    def _count(self, more: int) -> None:
        with self._lock:
            self._busy += more


@cache
def _crew() -> _Crew:
    return _Crew()


def _cores() -> int:
    """Those that this process may use, where the system tells."""
    told = getattr(os, "sched_getaffinity", None)
    return len(told(0)) if told else os.cpu_count() or 1
