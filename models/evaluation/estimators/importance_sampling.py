"""Importance sampling estimators, as contributions per cluster.

Every function takes values (n, o) booked at each row (outcomes; discounted where that is wanted), or a way to
work out those of a stretch of rows, and returns (C, o) whose column sums are the estimate of "sum over
journeys of the value under the target".
Contributions of self-normalised estimators are linearised (their influence values), so that the clustered
variance of the sum is C x the variance of the contributions. No Markov assumption is made; mu must be right
and positive wherever pi is.
"""

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.steps import Booked, Steps
from models.evaluation.estimators.weights import Weights

Floats = NDArray[np.float64]


def per_decision(values: Booked, weights: Weights, steps: Steps) -> Floats:
    """PDIS: sum_t w_t r_t. Unbiased; its variance grows with the spread of the weights."""
    return steps.over_clusters(weights.row, values)


def self_normalised_per_decision(values: Booked, weights: Weights, steps: Steps) -> Floats:
    """SNPDIS: sum_t J x (sum_j w_jt r_jt) / (sum_j w_jt), per step t, over all J journeys.

    A journey that ended earns nothing at t and keeps its last weight in the denominator: leaving it out would
    average over survivors. Biased by O(1/J), with much less variance than PDIS. NaN where a step's weights
    are all 0. Contribution of journey j: sum_t [w_jt (r_jt - R_t) / D_t + R_t], D_t the mean weight and
    R_t the step's estimate.
    """
    n_journeys, cells = steps.n_journeys, steps.cells
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = n_journeys / weights.total  # (T,) 1 / D_t
        weighted = steps.over_cells(weights.row, values)  # (m, o): all else is of m cells, not of n rows
        weight = np.add.reduceat(weights.row[cells.rows], cells.offsets[:-1])  # (m,)
        sums = [np.bincount(cells.step, column, steps.n_steps) for column in weighted.T]
        summed = steps.sites.total("weighted values of steps", np.column_stack(sums))
        rate = summed / weights.total[:, None]  # (T, o) R_t
        # later[t] = sum_{u >= t} R_u / D_u: what the weight of a journey that ended before t still divides
        later = np.zeros((steps.n_steps + 1, rate.shape[1]))
        later[:-1] = (rate * inverse[:, None])[::-1].cumsum(axis=0)[::-1]
        journeys_each = np.diff(steps.journey_offsets)[:, None]
        ended = steps.over_cluster_journeys(weights.final, steps.t[steps.last] + 1, later)
        weighted -= weight[:, None] * rate[cells.step]
        weighted *= inverse[cells.step, None]
        return np.add.reduceat(weighted, cells.of_cluster, axis=0) - ended + journeys_each * rate.sum(axis=0)


def trajectory_wise(values: Booked, weights: Weights, steps: Steps) -> Floats:
    """TIS: w_T sum_t r_t. Unbiased, and the noisiest of all: for transparency."""
    return steps.over_clusters(weights.final[steps.journey], values)


def self_normalised_trajectory_wise(values: Booked, weights: Weights, steps: Steps) -> Floats:
    """SNTIS: J x (sum_j w_jT sum_t r_jt) / (sum_j w_jT)."""
    n_journeys = len(steps.last)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = weights.final.sum() / n_journeys
        weighted = trajectory_wise(values, weights, steps)
        rate = weighted.sum(axis=0) / mean / n_journeys  # (o,)
        clusters_of = np.zeros(n_journeys, np.int64)
        own = steps.over_cluster_journeys(weights.final, clusters_of, np.ones((1, 1)))  # (C, 1)
        return (weighted - own * rate) / mean + np.diff(steps.journey_offsets)[:, None] * rate
