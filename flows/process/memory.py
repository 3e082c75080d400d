"""The memory of a night: what is free goes back to the system."""

import ctypes
from functools import cache


def give_back_memory() -> None:
    """Return to the system what this process has freed.

    A stage's threads leave their free memory in pieces that the C library keeps, a gigabyte in a night of two
    million decisions. Only glibc is asked, and elsewhere nothing happens.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> "ctypes._NamedFuncPointer | None":
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
