"""Sums of products over many rows: the rows as precise as they come, the sums always float64.

A design in float32 takes half the memory and half the time of one in float64; what it must not do is add up
a million rows in float32.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SUMMED_ROWS = 1 << 12
"""Rows that are added up in the precision of the design: a few thousand lose no digit that matters."""


def products(x: NDArray[np.floating], y: NDArray[np.floating]) -> Floats:
    """(p, b) x' y of x (n, p) and y (n, b), which is taken in the precision of x."""
    out = np.zeros((x.shape[1], y.shape[1]))
    for start in range(0, len(x), SUMMED_ROWS):
        rows = slice(start, start + SUMMED_ROWS)
        out += x[rows].T @ y[rows].astype(x.dtype, copy=False)
    return out


def gram(x: NDArray[np.floating]) -> Floats:
    """(p, p) x' x of x (n, p), in float64 throughout: a regression divides by its smallest eigenvalues."""
    out = np.zeros((x.shape[1], x.shape[1]))
    for start in range(0, len(x), SUMMED_ROWS):
        rows = x[start : start + SUMMED_ROWS].astype(np.float64, copy=False)
        out += rows.T @ rows
    return out
