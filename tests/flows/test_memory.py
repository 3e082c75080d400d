"""What a night does with memory that it has freed."""

import ctypes
from pathlib import Path

import numpy as np
import pytest

from flows.process.memory import give_back_memory, keep_memory

MEGABYTE = 1 << 20
STATM = Path("/proc/self/statm")

pytestmark = pytest.mark.skipif(
    not (STATM.exists() and hasattr(ctypes.CDLL(None), "mallopt")), reason="only glibc is asked"
)


def resident() -> int:
    return int(STATM.read_text().split()[1]) * 4096


def test_what_is_freed_stays_for_the_next_array_until_it_is_given_back() -> None:
    keep_memory()
    give_back_memory()
    before = resident()
    large = np.ones(100 * MEGABYTE // 8)
    del large
    assert resident() - before > 80 * MEGABYTE
    give_back_memory()
    assert resident() - before < 20 * MEGABYTE
