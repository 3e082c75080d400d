"""How heavy is the tail of the weights? A shape that tells when more data would not help."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FEWEST = 25
"""Below so many weights in the tail the shape says nothing."""
ROUNDING = 1e-9
"""Weights that differ by less, as a share of the largest, are equal."""


def pareto_shape(weights: Floats) -> float:
    """Shape k of a generalised Pareto fitted to the largest of the weights (J,); NaN if too few.

    k < 0.5: the weights have a finite variance. k > 0.7: a mean of reweighted outcomes cannot be trusted
    at any practical sample size, whatever its effective sample size looks like, because the journeys that
    matter most were not seen. Tail of min(J / 5, 3 sqrt(J)) weights, fitted by Zhang & Stephens (2009)
    with the weak prior of Vehtari, Simpson, Gelman, Yao & Gabry (2024, Pareto smoothed importance sampling).
    When it is wrong: weights that are bounded by design (scaled delivery over few steps) may look heavy
    below their bound.
    """
    size = int(min(len(weights) / 5, 3 * np.sqrt(len(weights))))
    if size < FEWEST:
        return float("nan")
    ordered = np.sort(weights)
    x = ordered[-size:] - ordered[-size - 1]
    ties = ROUNDING * ordered[-1]  # products of the same ratios in another order are equal, but for rounding
    if x[-1] <= ties or x[int(size / 4 + 0.5) - 1] <= ties:  # ties at the top: no tail at all
        return float("-inf")
    count = 30 + int(np.sqrt(size))
    grid = 1 - np.sqrt(count / (np.arange(1, count + 1) - 0.5))  # (count,)
    grid = grid / (3 * x[int(size / 4 + 0.5) - 1]) + 1 / x[-1]
    shape = np.log1p(-grid[:, None] * x).mean(axis=1)
    likelihood = size * (np.log(-grid / shape) - shape - 1)
    mass = np.exp(likelihood - likelihood.max())
    best = float((grid * mass).sum() / mass.sum())
    k = float(np.log1p(-best * x).mean())
    return (size * k + 10 * 0.5) / (size + 10)
