"""Coefficients given the shapes, with a spread that does not believe the errors are independent."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """Coefficients of one set of shapes: mean and standard deviation (K,), residuals (n,)."""

    mean: Floats
    sd: Floats
    residual: Floats


def long_run_variance(scores: Floats) -> tuple[Floats, int]:
    """((K, K), B): variance of the sum of scores (n, K) correlated over time, and its degrees of freedom.

    Equal-weighted cosines: the mean of B = 0.4 n^(2/3) squared projections on slow Type II cosines, n times
    over; t statistics with it are t with B degrees of freedom (Lazarus, Lewis, Stock & Watson 2018). Wrong
    where the memory outlasts n / B days: then intervals are too narrow.
    """
    n = len(scores)
    b = max(1, int(0.4 * n ** (2 / 3)))
    place = (np.arange(n) + 0.5) / n
    cosines = np.sqrt(2.0 / n) * np.cos(np.pi * np.arange(1, b + 1)[:, None] * place[None, :])  # (B, n)
    slow = cosines @ scores  # (B, K)
    return n * (slow.T @ slow) / b, b


def fit_coefficients(columns: Floats, outcome: Floats, variance: float, precision: float, free: int) -> Fit:
    """Posterior of the coefficients of columns (n, K), baseline taken out, errors of the given variance.

    beta = A^-1 Z'y / s^2 with A = Z'Z / s^2 + P, spread A^-1 (M + P) A^-1 where M = LRV(z_t e_t) / s^4 is the
    long-run variance of the scores. With independent errors M = Z'Z / s^2 and the spread is the usual A^-1,
    below which it never falls. `free`: n less the columns fitted, for the residuals' shrinkage.
    """
    curvature = columns.T @ columns / variance
    prior = precision * np.eye(columns.shape[1])
    inverse = np.linalg.inv(curvature + prior)
    mean = inverse @ (columns.T @ outcome) / variance
    residual = outcome - columns @ mean
    scores, _ = long_run_variance(columns * residual[:, None])
    meat = scores * (len(outcome) / free) / variance**2
    spread = np.diagonal(inverse @ (meat + prior) @ inverse)
    return Fit(mean, np.sqrt(np.maximum(spread, np.diagonal(inverse))), residual)


def mixture_quantile(mean: Floats, sd: Floats, dof: float, q: float) -> Floats:
    """(...) q-quantile of an equal mixture, over the first axis, of mean + sd t_dof; by bisection.

    mean and sd (J, ...), sd at least 0. 56 halvings: to 1e-14 of the widest spread.
    """
    reach = 60.0 * sd.max(axis=0)
    low, high = mean.min(axis=0) - reach, mean.max(axis=0) + reach
    safe = np.where(sd > 0, sd, 1.0)
    for _ in range(56):
        middle = 0.5 * (low + high)
        below = np.where(sd > 0, stdtr(dof, (middle - mean) / safe), middle >= mean).mean(axis=0)
        low, high = np.where(below < q, middle, low), np.where(below < q, high, middle)
    return np.asarray(0.5 * (low + high))
