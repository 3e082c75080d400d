"""Numerical tools that know nothing of logs: regressions, hulls, threads."""

from models.numerics.flags import is_flag
from models.numerics.hull import upper_hull
from models.numerics.one_thread import one_blas_thread
from models.numerics.products import gram, products
from models.numerics.short_rows import row_maxima, row_sums, rows_with_several
from models.numerics.side_by_side import side_by_side
from models.numerics.softmax_regression import (
    CHUNK,
    SoftmaxRegression,
    fit_calibration,
    fit_softmax_regression,
    log_likelihoods,
    masked_softmax,
    standardisation,
    terms,
)
from models.numerics.stable_order import stable_order
from models.numerics.stands_out import stands_out

__all__ = [
    "CHUNK",
    "SoftmaxRegression",
    "fit_calibration",
    "fit_softmax_regression",
    "gram",
    "is_flag",
    "log_likelihoods",
    "masked_softmax",
    "one_blas_thread",
    "products",
    "row_maxima",
    "row_sums",
    "rows_with_several",
    "side_by_side",
    "stable_order",
    "standardisation",
    "stands_out",
    "terms",
    "upper_hull",
]
