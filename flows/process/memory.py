"""The memory of a night: what is free goes back to the system."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache


@contextmanager
def what_is_loaded_stays() -> Iterator[None]:
    """Inside, Python looks for garbage among what was made since: half a million objects of libraries are no
    garbage, and looking through them takes a quarter of a second a stage."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def give_back_memory() -> None:
    """Return to the system what this process has no use for.

    Users with their estimator know each other in circles, which Python clears when it counts many objects,
    and a few huge arrays are not many. What is then free a stage's threads have left in pieces that the C
    library keeps: only glibc is asked for them, and elsewhere nothing happens.
    """
    gc.collect()
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> "ctypes._NamedFuncPointer | None":
    try:
        return ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
