"""The regressions of `adjustment`, from cross products alone: what sites can add up.

From Z'Z with Z = (1, x - c, y) of an arm's rows outside a fold, and of all arms' for the scale, every
penalty's coefficients follow; only their errors on rows left out need the rows once more, as one sum per
penalty.
"""

from dataclasses import dataclass

import numpy as np

from models.numerics import one_blas_thread
from models.trials.adjustment import PENALTIES
from models.trials.trial_log import Floats

NOTHING = 1e-12
"""Share of the second moment about the centre below which a variance is rounding: a constant covariate."""


@dataclass(frozen=True)
class Candidates:
    """One arm's ridge regressions outside one fold, one per penalty; d covariates."""

    rows: int
    mean_x: Floats  # (d,) of the arm's rows
    mean_y: float
    scale: Floats  # (d,) of all arms' rows; infinite where nothing varies
    vectors: Floats  # (d, d) uncorrelated directions of the scaled covariates
    shrunk: Floats  # (P, d) 1 / (variance + penalty), per direction
    by_y: Floats  # (d,)

    @property
    def is_mean(self) -> bool:
        """Whether too few rows, or no covariate, leave the mean alone."""
        return not self.by_y.size or self.rows <= self.by_y.size + 2

    def errors(self, x: Floats, y: Floats) -> Floats:
        """(P,) sum over rows (n, d) of squared errors, each row left out of what predicts it (PRESS)."""
        if self.is_mean or not len(y):
            return np.zeros(len(self.shrunk))
        z = self._directions(x)
        found = []
        for shrunk in self.shrunk:
            leverage = 1.0 / self.rows + (z**2) @ shrunk
            missed = (y - self.mean_y - z @ (shrunk * self.by_y)) / (1.0 - leverage)
            found.append(float((missed**2).sum()))
        return np.array(found)

    def predict(self, x: Floats, penalty: int) -> Floats:
        """(m,) at (m, d), with one of the penalties."""
        if self.is_mean:
            return np.full(len(x), self.mean_y)
        return self.mean_y + self._directions(x) @ (self.shrunk[penalty] * self.by_y)

    def _directions(self, x: Floats) -> Floats:
        with one_blas_thread():
            return ((x - self.mean_x) / self.scale) @ self.vectors


def candidates_of(arm: Floats, everybody: Floats, centre: Floats) -> Candidates:
    """From Z'Z (d + 2, d + 2) of an arm's rows, and of all arms', with Z about centre (d,)."""
    inner = slice(1, -1)
    n_all = max(everybody[0, 0], 1.0)
    moment = np.diag(everybody)[inner] / n_all
    variance = moment - (everybody[0, inner] / n_all) ** 2
    scale = np.where(variance > NOTHING * moment, np.sqrt(np.maximum(variance, 0.0)), np.inf)
    n = arm[0, 0]
    at_least = max(n, 1.0)
    mean, mean_y = arm[0, inner] / at_least, arm[0, -1] / at_least
    gram = (arm[inner, inner] - n * np.outer(mean, mean)) / np.outer(scale, scale)
    by_y = (arm[inner, -1] - n * mean * mean_y) / scale
    with one_blas_thread():
        values, vectors = np.linalg.eigh(gram)
    values = np.maximum(values, 0.0)
    with np.errstate(divide="ignore"):
        shrunk = np.array([1.0 / (values + penalty * at_least) for penalty in PENALTIES])
    return Candidates(round(n), centre + mean, float(mean_y), scale, vectors, shrunk, vectors.T @ by_y)
