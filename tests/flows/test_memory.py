"""What a night does with memory that it has freed."""

import ctypes
import gc
from pathlib import Path

import numpy as np
import pytest

from flows.process.memory import give_back_memory, keep_memory, what_is_loaded_stays, while_loading

MEGABYTE = 1 << 20
STATM = Path("/proc/self/statm")

glibc_only = pytest.mark.skipif(
    not (STATM.exists() and hasattr(ctypes.CDLL(None), "mallopt")), reason="only glibc is asked"
)


def resident() -> int:
    return int(STATM.read_text().split()[1]) * 4096


@glibc_only
def test_what_is_freed_stays_for_the_next_array_until_it_is_given_back() -> None:
    keep_memory()
    give_back_memory()
    before = resident()
    large = np.ones(100 * MEGABYTE // 8)
    del large
    assert resident() - before > 80 * MEGABYTE
    give_back_memory()
    assert resident() - before < 20 * MEGABYTE


def test_what_is_set_aside_is_so_for_the_night_and_stays_so_where_a_caller_had_done_it() -> None:
    gc.unfreeze()
    with what_is_loaded_stays():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0
    gc.freeze()  # as the tests do once all are collected
    with what_is_loaded_stays():
        pass
    assert gc.get_freeze_count() > 0


def test_nothing_is_looked_through_while_libraries_load_and_then_again_where_it_was_before() -> None:
    assert gc.isenabled()
    with while_loading():
        with while_loading():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
