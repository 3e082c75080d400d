"""Empirical likelihood bounds of an importance-weighted mean: what a deploy gate asks.

Every distribution of (weight, outcome) is weighed by how well it explains the log, among those whose mean
weight is 1, as it must be; the bounds are the smallest and the largest mean of weight x outcome among the
distributions that explain it well enough (Owen 1988; Karampatziakis, Langford & Mineiro 2019). They may give
probability to combinations that were never seen, up to the stated ranges: that is the unseen heavy purchase.

The set is 2 [L(v) - L] <= chi-squared quantile with one degree of freedom, where

    L(v) = max over (b, c) of sum_i log(1 + b (w_i - 1) + c (w_i r_i - v)),

1 + b (w - 1) + c (w r - v) >= 0 at every corner of the ranges, and L = min over v of L(v). No model, no
standard error. Asymptotic: with few purchases it covers too little, least where the ranges are far from
being attained; the gamma guard covers better there. Wrong when mu is wrong, when rows are not independent (a
row is a user's whole journey, with its final weight), or when the ranges are the sample's own maxima instead
of bounds known beforehand.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2

Floats = NDArray[np.float64]
UNSEEN = 1e-6
"""Count of an unseen corner: keeps 1 + b (w - 1) + c (w r - v) positive there and weighs nothing."""
NEWTON_STEPS = 100
CONVERGED = 1e-9
RIDGE = 1e-13
ROOT_TOLERANCE = 1e-7
"""Of the bounds, as a share of the range of outcomes."""
FIRST_STEP = 0.01


@dataclass(frozen=True)
class MeanBounds:
    """Bounds of E[w r] at a two-sided level; `low` alone holds with probability (1 + level) / 2."""

    low: float
    estimate: float
    """The mean that explains the log best."""
    high: float
    level: float


def empirical_likelihood_bounds(
    weights: Floats,
    outcomes: Floats,
    *,
    largest_weight: float,
    outcome_range: tuple[float, float],
    level: float,
) -> MeanBounds:
    """Bounds of the mean outcome under the target from weights (n,) and outcomes (n,), one row per user.

    weights: pi / mu of what was done, not normalised; largest_weight: the largest that pi and mu allow, and
    outcome_range what an outcome can be, both known before the log. Raises ValueError for values outside
    them. Time: about 50 Newton steps over n rows for each bound.
    """
    lowest, highest = outcome_range
    if len(weights) < 2 or weights.min() < 0 or weights.max() > largest_weight:
        raise ValueError(f"Weights must lie in 0..{largest_weight:g}, in two rows or more.")
    if outcomes.min() < lowest or outcomes.max() > highest:
        raise ValueError(f"Outcomes must lie in {lowest:g}..{highest:g}, the range stated beforehand.")
    if largest_weight <= 1.0 or not lowest < highest:
        raise ValueError("The ranges leave nothing to estimate: they need weights above 1 and two outcomes.")
    span = highest - lowest
    likelihood = _Likelihood(weights, (outcomes - lowest) / span, largest_weight)
    threshold = 0.5 * float(chi2.ppf(level, 1))
    best, least = likelihood.best_mean()

    def excess(mean: float) -> float:
        return likelihood.at(mean) - least - threshold

    low, high = (_root(excess, best, end) for end in (0.0, 1.0))
    return MeanBounds(lowest + span * low, lowest + span * best, lowest + span * high, level)


class _Likelihood:
    """L(v) for outcomes in 0..1."""

    def __init__(self, weights: Floats, outcomes: Floats, largest_weight: float) -> None:
        seen, count = np.unique(np.column_stack([weights, weights * outcomes]), axis=0, return_counts=True)
        # the corners of (w, w r), with a count of next to nothing
        self._weight = np.r_[seen[:, 0], 0.0, largest_weight, largest_weight] - 1.0
        self._value = np.r_[seen[:, 1], 0.0, 0.0, largest_weight]
        self._count = np.r_[count.astype(np.float64), np.full(3, UNSEEN)]
        self._start = np.zeros(2)

    def at(self, mean: float) -> float:
        """L(mean): how much worse the log is explained with E[w] = 1 and E[w r] = mean than without."""
        value, self._start = self._maximum(np.column_stack([self._weight, self._value - mean]), self._start)
        return value

    def best_mean(self) -> tuple[float, float]:
        """(E[w r], L) of the distribution that explains the log best with E[w] = 1."""
        least, slope = self._maximum(self._weight[:, None], np.zeros(1))
        mass = self._count / (1.0 + self._weight * slope[0])
        return float((mass * self._value).sum() / mass.sum()), least

    def _maximum(self, moments: Floats, start: Floats) -> tuple[float, Floats]:
        """Newton with step halving of the concave sum of log(1 + moments @ b); moments (rows, k), b (k,)."""
        b = start
        value = self._value_at(moments, b)
        if value < 0:  # worse than no slope at all, or outside
            b, value = np.zeros_like(start), 0.0
        for _ in range(NEWTON_STEPS):
            ratio = moments / (1.0 + np.einsum("nk,k->n", moments, b, optimize=False))[:, None]
            counted = self._count[:, None] * ratio
            gradient = counted.sum(axis=0)
            curvature = np.einsum("ni,nj->ij", counted, ratio, optimize=False)
            step = np.linalg.solve(curvature + RIDGE * np.trace(curvature) * np.eye(len(b)), gradient)
            if float((gradient * step).sum()) < CONVERGED:
                break
            size, found = 1.0, self._value_at(moments, b + step)
            while found < value and size > CONVERGED:
                size *= 0.5
                found = self._value_at(moments, b + size * step)
            if found < value:
                break
            b, value = b + size * step, found
        return value, b

    def _value_at(self, moments: Floats, b: Floats) -> float:
        inside = 1.0 + np.einsum("nk,k->n", moments, b, optimize=False)
        if inside.min() <= 0:
            return float("-inf")
        return float((self._count * np.log(inside)).sum())


def _root(excess: Callable[[float], float], best: float, end: float) -> float:
    """Where the likelihood ratio reaches its threshold between its best mean and an end of the range."""
    inside, share = best, FIRST_STEP
    while share < 1.0:
        outside = best + share * (end - best)
        if excess(outside) > 0:
            return float(brentq(excess, inside, outside, xtol=ROOT_TOLERANCE, rtol=ROOT_TOLERANCE))
        inside, share = outside, 2.0 * share
    edge = end + ROOT_TOLERANCE * float(np.sign(best - end))
    if (edge - best) * (end - best) <= 0 or excess(edge) <= 0:
        return end
    return float(brentq(excess, inside, edge, xtol=ROOT_TOLERANCE, rtol=ROOT_TOLERANCE))
