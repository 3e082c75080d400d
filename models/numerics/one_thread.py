"""BLAS on one thread: sums in another order are other bits, and small products gain nothing from more."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Inside, matrix products give the same bits whatever the number of threads outside."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    """Finding the loaded libraries takes milliseconds, hence once."""
    return ThreadpoolController()
