"""Numerical tools that know nothing of logs: regressions, hulls, threads."""

from models.numerics.hull import upper_hull
from models.numerics.one_thread import one_blas_thread
from models.numerics.short_rows import row_maxima, row_sums, rows_with_several
from models.numerics.softmax_regression import (
    CHUNK,
    SoftmaxRegression,
    fit_calibration,
    fit_softmax_regression,
    log_likelihoods,
    standardisation,
    terms,
)

__all__ = [
    "CHUNK",
    "SoftmaxRegression",
    "fit_calibration",
    "fit_softmax_regression",
    "log_likelihoods",
    "one_blas_thread",
    "row_maxima",
    "row_sums",
    "rows_with_several",
    "standardisation",
    "terms",
    "upper_hull",
]
