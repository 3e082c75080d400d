"""The curve of values over ordered levels: neighbours lend each other strength.

From raw values v (A,) of levels x with covariance S, a polynomial of degree p in x by weighted least squares:

    curve = H v,    H = B (B' W B)^-1 B' W,    B (A, p + 1) the powers of x,  W = 1 / diag(S),

The degree is one more than the smallest whose misfit (I - H) v is within chance,
R' (C)^+ R ~ chi-squared with A - p - 1 degrees, C = (I - H) S (I - H)', at a level of 20 %. The one more
keeps what is missing small beside the standard error (undersmoothing).

Assumption: the value is smooth in the level. Wrong where it jumps between two levels by less than the log can
see, as at a price just below a round one: then the jump is spread over its neighbours. A jump that can be
seen fails every degree, and nothing is lent.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from models.numerics import one_blas_thread

Floats = NDArray[np.float64]
FITS = 0.2
"""Chance below which a misfit is more than noise: generous, as a curve too stiff misleads and one too supple
only costs strength."""
DIRECTION = 1e-9
"""Share of the largest eigenvalue below which a direction of the misfit is rounding."""
FINE = 401
"""Points at which the peak is looked for."""


@dataclass(frozen=True)
class LevelCurve:
    """How raw values become the curve."""

    at: Floats  # (A,) levels, ascending
    smoother: Floats  # (A, A) H
    coefficients: Floats  # (p + 1, A) of the powers of the scaled level, per raw value
    degree: int
    misfit: float
    """Chance of a misfit like this one, were the chosen degree right; 1 where it is A - 1."""

    def peak(self, raw: Floats, low: float, high: float) -> float:
        """Where the curve of raw values (A,) is highest between two levels."""
        fine = np.linspace(low, high, FINE)
        curve = _powers(_scaled(fine, self.at), self.degree) @ self.coefficients @ raw
        return float(fine[int(curve.argmax())])


def fit_level_curve(at: Floats, raw: Floats, covariance: Floats) -> LevelCurve:
    """The curve of raw values (A,) at levels (A,), ascending, with their covariance (A, A)."""
    last = len(at) - 1
    tried = [_of_degree(at, raw, covariance, degree) for degree in range(1, last + 1)]
    fits = next(k for k, curve in enumerate(tried) if curve.misfit >= FITS)  # that of the last is 1
    return tried[min(fits + 1, last - 1)]


def _of_degree(at: Floats, raw: Floats, covariance: Floats, degree: int) -> LevelCurve:
    variance = np.diag(covariance)
    weight = 1.0 / np.where(variance > 0, variance, max(float(variance.max()), 1.0))
    basis = _powers(_scaled(at, at), degree)
    with one_blas_thread():
        coefficients = np.linalg.solve((basis.T * weight) @ basis, basis.T * weight).astype(np.float64)
        smoother = basis @ coefficients
    misfit = chance_of_misfit(smoother, raw, covariance, len(at) - degree - 1)
    return LevelCurve(at, smoother, coefficients, degree, misfit)


def chance_of_misfit(smoother: Floats, raw: Floats, covariance: Floats, degrees: int) -> float:
    """Chance that a line H v (A, A) through raw values (A,) with their covariance (A, A) misses them by so
    much, were it right: R' C^+ R of the misfit R ~ chi-squared. degrees: A less the line's terms; 1 without
    any."""
    with one_blas_thread():
        left = np.eye(len(raw)) - smoother
        off, spread = left @ raw, left @ covariance @ left.T
        values, vectors = np.linalg.eigh(spread)
    if degrees < 1 or values[-1] <= 0:
        return 1.0
    told = np.argsort(values)[-degrees:]
    told = told[values[told] > DIRECTION * values[-1]]
    statistic = float(((vectors[:, told].T @ off) ** 2 / values[told]).sum())
    return float(chdtrc(len(told), statistic))


def _scaled(points: Floats, at: Floats) -> Floats:
    """(m,) -1 at the lowest level, 1 at the highest."""
    return 2.0 * (points - at[0]) / (at[-1] - at[0]) - 1.0


def _powers(scaled: Floats, degree: int) -> Floats:
    """(m, degree + 1) Legendre polynomials, which stay apart where powers do not."""
    return np.polynomial.legendre.legvander(scaled, degree).astype(np.float64)
