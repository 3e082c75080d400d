"""The memory of a night: what is free goes back to the system."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

MMAP_MAX, TRIM_THRESHOLD, ARENA_MAX = -4, -1, -8  # glibc's numbers of its settings, malloc.h
KEPT_BYTES = 1 << 30


def keep_memory() -> None:
    """What large arrays leave free stays with the process for the next ones, until `give_back_memory`.

    Otherwise glibc asks the system anew for every array of 32 megabytes and more, and a fifth of a night is
    the kernel's, emptying pages. One heap for all threads, or each would keep what the others could use. To
    be called before there are threads; elsewhere than with glibc nothing happens.
    """
    change = _from_c("mallopt")
    if change is not None:
        for setting, value in ((ARENA_MAX, 1), (MMAP_MAX, 0), (TRIM_THRESHOLD, KEPT_BYTES)):
            change(setting, value)


@contextmanager
def while_loading() -> Iterator[None]:
    """Inside, Python looks for no garbage: what libraries make when they are imported stays, and looking
    through it again and again is a fifth of the time they take."""
    was_looking = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looking:
            gc.enable()


@contextmanager
def what_is_loaded_stays() -> Iterator[None]:
    """Inside, Python looks for garbage among what was made since: half a million objects of libraries are no
    garbage, and looking through them takes a quarter of a second a stage. What a caller has set aside before
    stays so after it."""
    is_ours = not gc.get_freeze_count()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        if is_ours:
            gc.unfreeze()


def give_back_memory() -> None:
    """Return to the system what this process has no use for.

    Users with their estimator know each other in circles, which Python clears when it counts many objects,
    and a few huge arrays are not many. What is then free a stage's threads have left in pieces that the C
    library keeps: only glibc is asked for them, and elsewhere nothing happens.
    """
    gc.collect()
    trim = _from_c("malloc_trim")
    if trim is not None:
        trim(0)


@cache
def _from_c(name: str) -> "ctypes._NamedFuncPointer | None":
    """A function of the C library; None where it has none of that name."""
    try:
        found: ctypes._NamedFuncPointer = getattr(ctypes.CDLL(None), name)
    except (AttributeError, OSError, TypeError):
        return None
    return found
