"""Features of some rows of a table, gathered when they are asked for: rows of a large log are held once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp.sites import ALONE, Sites

Floats = NDArray[np.float64]
Index = slice | NDArray[np.int64] | NDArray[np.bool_]
GATHERED_ROWS = 1 << 14
"""Rows standardised at a time: bounds the memory in float64 beside the result."""
SUMMED_ROWS = 1 << 16
"""Rows whose moments are taken at a time: fixes the order of the sums."""


@dataclass(frozen=True, eq=False)
class FeatureRows:
    """n rows of a table's d features. `found[part]` is an array; `len`, `shape` and `dtype` as of one."""

    table: NDArray[np.float32]  # (N, d)
    rows: NDArray[np.int64]  # (n,)
    moments: tuple[Floats, Floats] | None = None
    """Mean and standard deviation (d,) to standardise by, 0 for a constant; unknown values become the mean.
    None: raw, as in the table."""

    def __getitem__(self, part: Index) -> NDArray[np.float32]:
        """(m, d) the features of a part of the rows."""
        raw = np.take(self.table, self.rows[part], axis=0)  # five times as fast as by an index
        if self.moments is None:
            return raw
        mean, sd = self.moments
        inverse = np.divide(1.0, sd, out=np.zeros_like(sd), where=sd > 0)
        out = np.empty(raw.shape, np.float32)
        for start in range(0, len(raw), GATHERED_ROWS):
            chunk = slice(start, start + GATHERED_ROWS)
            standardised = (raw[chunk] - mean) * inverse
            standardised[~np.isfinite(standardised)] = 0.0
            out[chunk] = standardised
        return out

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), self.table.shape[1]

    @property
    def dtype(self) -> np.dtype[np.float32]:
        return self.table.dtype

    def of(self, part: Index) -> "FeatureRows":
        """A part of the rows, still not gathered."""
        return FeatureRows(self.table, self.rows[part], self.moments)


Features = NDArray[np.floating] | FeatureRows
"""(n, d), there already or gathered when asked for."""


def some_of(features: Features, part: Index) -> Features:
    """A part of the rows, gathered no earlier than the rows themselves."""
    return features.of(part) if isinstance(features, FeatureRows) else features[part]


def feature_moments(features: NDArray[np.float32], sites: Sites = ALONE) -> tuple[Floats, Floats]:
    """Mean and standard deviation (d,) of every feature of a whole table, and those at other sites; unknown
    values left out.

    A constant column has standard deviation 0 (and is 0 after standardising).
    """
    d = features.shape[1]
    count, total, square = np.zeros(d), np.zeros(d), np.zeros(d)
    chunks = [slice(i, i + SUMMED_ROWS) for i in range(0, len(features), SUMMED_ROWS)]
    for chunk in chunks:
        x = features[chunk]
        count += np.isfinite(x).sum(axis=0)
        total += np.where(np.isfinite(x), x, 0).sum(axis=0, dtype=np.float64)
    count, total = sites.total("features", np.array([count, total]))
    mean = total / np.maximum(count, 1)
    for chunk in chunks:
        deviation = features[chunk].astype(np.float64) - mean
        square += np.where(np.isfinite(deviation), deviation**2, 0).sum(axis=0)
    sd = np.sqrt(sites.total("squares of features", square) / np.maximum(count, 1))
    return mean, np.where(sd > 1e-6 * np.maximum(np.abs(mean), 1e-6), sd, 0.0)
