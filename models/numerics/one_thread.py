"""BLAS on one thread: sums in another order are other bits, and small products gain nothing from more."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside, matrix products give the same bits whatever the number of threads outside.

    The limit is the process's: with several threads inside, the last one to leave takes it off.
    """
    inside = _inside()
    inside.enter()
    try:
        yield
    finally:
        inside.leave()


class _Inside:
    """How many are inside, and the limit that the first of them set."""

    def __init__(self) -> None:
        self._lock, self._count, self._limit = Lock(), 0, ExitStack()
        self._controller = ThreadpoolController()  # finding the loaded libraries takes milliseconds: once

    def enter(self) -> None:
        with self._lock:
            if self._count == 0:
                self._limit.enter_context(self._controller.limit(limits=1, user_api="blas"))
            self._count += 1

    def leave(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0:
                self._limit.close()


@cache
def _inside() -> _Inside:
    return _Inside()
