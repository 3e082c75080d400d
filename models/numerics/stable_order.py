"""Rows in the order of small numbers, such as steps, slots or folds."""

import numpy as np
from numpy.typing import NDArray


def stable_order(codes: NDArray[np.integer]) -> NDArray[np.int64]:
    """(n,) rows by code (n,), 0 or more, and in their own order where codes are equal.

    As numpy's stable argsort. What fits into two bytes numpy sorts by counting, ten times as fast.
    """
    return np.argsort(codes.astype(np.min_scalar_type(int(codes.max(initial=0)))), kind="stable")
