"""Sums and maxima over short rows: numpy's own, to the bit."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.numerics import row_maxima, row_sums, rows_with_several

SHAPES = st.tuples(st.integers(0, 20), st.integers(1, 12))
NUMBERS = st.floats(allow_nan=False, allow_infinity=False, width=64, min_value=-1e200, max_value=1e200)


@given(arrays(np.float64, SHAPES, elements=NUMBERS))
def test_sums_are_numpys(x: np.ndarray) -> None:
    assert row_sums(x).tobytes() == x.sum(axis=1).tobytes()


@given(arrays(np.float64, SHAPES, elements=NUMBERS))
def test_maxima_are_numpys(x: np.ndarray) -> None:
    assert np.array_equal(row_maxima(x), x.max(axis=1))


def test_an_unknown_number_stays_unknown() -> None:
    x = np.array([[1.0, np.nan], [np.nan, 2.0], [-np.inf, 3.0]])
    assert np.array_equal(row_maxima(x), [np.nan, np.nan, 3.0], equal_nan=True)
    assert np.array_equal(row_sums(x), [np.nan, np.nan, -np.inf], equal_nan=True)


@given(arrays(np.bool_, st.tuples(st.integers(0, 20), st.integers(0, 12))))
def test_rows_with_several(mask: np.ndarray) -> None:
    assert np.array_equal(rows_with_several(mask), mask.sum(axis=1) > 1)
