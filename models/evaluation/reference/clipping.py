"""Clipped importance weights, with the threshold chosen by the data: SLOPE."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.evaluation.estimators.importance_sampling import self_normalised_per_decision
from models.evaluation.estimators.steps import Steps
from models.evaluation.estimators.weights import Weights, summed
from models.evaluation.intervals.bootstrap_t import standard_errors

Floats = NDArray[np.float64]
GRID_RATIO = 2.0
"""Each threshold of the grid is this many times the one before."""
MOST_THRESHOLDS = 12
REACH = 1.0
"""Standard errors in a threshold's reach. The proof wants a quantile that covers all thresholds at once
(about 2.5); then still more bias passes for noise."""


@dataclass(frozen=True)
class Clipped:
    """An estimate by clipped weights, and what clipping may have done to it."""

    contributions: Floats  # (C, o) of the correction: add those of the model's V_0, if there is one
    threshold: float
    """Cumulative weights were cut off here; infinite where nothing was."""
    mass: Floats  # (T,) share of each step's total weight that was cut off
    bias_bound: Floats  # (o,) bound on the size of the bias of the column sums, at the level asked for
    thresholds: Floats  # (M,) the grid, ascending; the last one is infinite
    estimates: Floats  # (M,) column sum of the outcome that chose, for each threshold
    reach: Floats  # (M,) standard error, made to grow with the threshold


def clip(weights: Weights, steps: Steps, threshold: float) -> Weights:
    """min(w, threshold) of every cumulative weight (truncated importance sampling, Ionides 2008)."""
    return summed(weights.ratio, np.minimum(weights.row, threshold), steps)


def clipped_mass(weights: Weights, clipped: Weights) -> Floats:
    """(T,) share of each step's total weight, ended journeys included, that clipping took away."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return 1.0 - clipped.total / weights.total


def threshold_grid(weights: Weights) -> Floats:
    """(M,) powers of 2 from 1 to the largest weight, at most 12, and infinity: nothing clipped.

    A geometric grid: the best of it is never far from the best of all (Su, Srinath & Krishnamurthy 2020).
    """
    top = max(int(np.ceil(np.log2(max(float(weights.row.max()), 1.0)))), 1)
    first = max(0, top - MOST_THRESHOLDS)
    return np.append(GRID_RATIO ** np.arange(first, top, dtype=np.float64), np.inf)


def slope(
    values: Floats,
    weights: Weights,
    steps: Steps,
    *,
    outcome: int,
    base: Floats | None = None,
    level: float = 0.95,
) -> Clipped:
    """Self-normalised per-decision estimate of values (n, o) with weights clipped at the threshold that SLOPE
    chooses for one outcome, a column of values; the same one serves all, so that profit = margin - cost.

    values: outcomes (clipped SNPDIS), or residuals r + g V' - Q (clipped SNDR; then give base (C, o), the
    contributions of V_0, so that intervals are those of the whole estimate).

    SLOPE (Su, Srinath & Krishnamurthy 2020), after Lepski (1992): from the largest threshold (least bias) to
    smaller ones (less variance), as long as all intervals estimate +- 2 reach so far have a point in common;
    the last such threshold. Its error is then within a constant of the best threshold's. reach: `REACH`
    clustered standard errors, at least that of any smaller threshold.

    bias_bound = |estimate - unclipped| + q x standard error of that difference, q the normal quantile of the
    level with a correction for the choice among M thresholds (Bonferroni); valid where
    the unclipped estimate is unbiased and its standard error can be believed. Wrong where the weights' tail
    is so heavy that the journeys that matter most were not seen (`tail.pareto_shape` above .7): then neither
    the choice nor the bound knows of them.

    A sensitivity row, not a headline: a bias below the noise is accepted. Measured, 300 journeys: with
    residuals of a fitted Q, far from today's delivery (up to 8 steps), its root mean squared error is .43
    where SNDR has 1.22; with raw outcomes, near it (up to 4 steps), .14 where SNPDIS has .12.
    """
    grid = threshold_grid(weights)
    start = np.zeros((1, values.shape[1])) if base is None else base
    found = [
        start + self_normalised_per_decision(values, clip(weights, steps, threshold), steps)
        for threshold in grid
    ]
    estimates = np.array([contributions[:, outcome].sum() for contributions in found])
    quantile = float(norm.isf((1 - level) / (2 * len(grid))))
    errors = np.array([standard_errors(contributions[:, [outcome]])[0] for contributions in found])
    reach = np.maximum.accumulate(REACH * np.nan_to_num(errors, nan=0.0))  # 0: unknown, or no spread
    chosen = lepski(estimates, reach)
    difference = found[chosen] - found[-1]
    spread = np.nan_to_num(standard_errors(difference), nan=0.0)
    bias = np.abs(difference.sum(axis=0)) + quantile * spread
    return Clipped(
        contributions=found[chosen] - start,
        threshold=float(grid[chosen]),
        mass=clipped_mass(weights, clip(weights, steps, grid[chosen])),
        bias_bound=bias,
        thresholds=grid,
        estimates=estimates,
        reach=reach,
    )


def lepski(estimates: Floats, reach: Floats) -> int:
    """Smallest i such that the intervals estimates +- 2 reach of i, i + 1, ..., M - 1 have a common point.

    estimates, reach (M,): bias falls and variance rises with the index.
    """
    low, high = estimates - 2 * reach, estimates + 2 * reach
    low = np.maximum.accumulate(low[::-1])[::-1]  # of i and all after it
    high = np.minimum.accumulate(high[::-1])[::-1]
    apart = np.flatnonzero(low > high)
    return int(apart[-1]) + 1 if len(apart) else 0
