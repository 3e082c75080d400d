"""Margin, spend and purchases near a plan: slopes and curvatures per cluster, by finite differences."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.split.delivery import DeliveryValue

Floats = NDArray[np.float64]

MARGIN, SPEND, PURCHASES = 0, 1, 2
WIDE, NARROW = 0.2, 0.1
"""Steps of a multiplier: wide for today's slopes, curvatures and iROAS, narrow for slopes at a candidate."""


@dataclass(frozen=True)
class LocalModel:
    """y(m) - y(1) ~ level + sum_k slope_k (m_k - p_k) + 1/2 sum_k curvature_k (m_k - p_k)^2.

    Kept per cluster, so that means, covariances and resamples all come from the same columns.
    """

    point: Floats  # (K,) the plan p, as multipliers
    columns: Floats  # (3, C, 1 + K) margin, spend, purchases: level against today, slopes
    curvature: Floats  # (3, K) totals over clusters
    today: Floats  # (3, C) today's levels

    def means(self) -> Floats:
        """(3, 1 + K) totals over clusters."""
        return self.columns.sum(axis=1)

    def slopes(self, weights: tuple[float, float, float], rows: NDArray[np.int64]) -> Floats:
        """(C, m) each cluster's part of some rows' slopes of weights . (margin, spend, purchases)."""
        return _weighted(weights, self.columns[:, :, 1 + rows])

    def covariance(self, weights: tuple[float, float, float], *, levels: bool = False) -> Floats:
        """(1 + K, 1 + K) clustered covariance of the totals of weights . (margin, spend, purchases).

        levels: the first entry is the level itself and not its difference from today's.
        """
        mixed = _weighted(weights, self.columns)  # (C, 1 + K)
        if levels:
            mixed = mixed + np.eye(1, mixed.shape[1]) * _weighted(weights, self.today)[:, None]
        clusters = len(mixed)
        centred = mixed - mixed.mean(axis=0)
        # einsum without optimisation runs on one thread in a fixed order: the same bits everywhere
        return clusters / max(clusters - 1, 1) * np.einsum("ci,cj->ij", centred, centred, optimize=False)


def expand_today(delivery: DeliveryValue, free: NDArray[np.bool_]) -> LocalModel:
    """Central differences around today's delivery: 2 evaluations per free channel."""
    point = np.ones(len(free))
    here = delivery.quantities(point).T
    columns = np.zeros((3, here.shape[1], 1 + len(free)))
    curvature = np.zeros((3, len(free)))
    moved = np.flatnonzero(free).tolist()
    delivery.prepare(shifted(point, k, s * WIDE) for k in moved for s in (1, -1))
    for k in moved:
        up, down = (delivery.quantities(shifted(point, k, s * WIDE)).T for s in (1, -1))
        columns[:, :, 1 + k] = (up - down) / (2 * WIDE)
        curvature[:, k] = (up + down - 2 * here).sum(axis=1) / WIDE**2
    return LocalModel(point, columns, curvature, here)


def expand_at(
    delivery: DeliveryValue, point: Floats, free: NDArray[np.bool_], today: LocalModel
) -> LocalModel:
    """One-sided differences at a candidate, towards today: 1 evaluation per free channel.

    Curvature stays today's, whose second-order term also takes the bias out of the one-sided slope.
    """
    here = delivery.quantities(point).T
    columns = np.zeros((3, here.shape[1], 1 + len(free)))
    columns[:, :, 0] = here - today.today
    steps = {k: NARROW if point[k] <= 1 else -NARROW for k in np.flatnonzero(free).tolist()}
    delivery.prepare(shifted(point, k, step) for k, step in steps.items())
    for k, step in steps.items():
        there = delivery.quantities(shifted(point, k, step)).T
        bias = 0.5 * step * today.curvature[:, k] / here.shape[1]  # spread evenly over clusters
        columns[:, :, 1 + k] = (there - here) / step - bias[:, None]
    return LocalModel(point, columns, today.curvature, today.today)


def shifted(point: Floats, k: int, step: float) -> Floats:
    """(K,) the point with one multiplier moved by a step."""
    shifted = point.copy()
    shifted[k] += step
    return shifted


def _weighted(weights: tuple[float, float, float], values: Floats) -> Floats:
    """weights . (margin, spend, purchases), term by term: the same bits everywhere."""
    return (
        weights[MARGIN] * values[MARGIN]
        + weights[SPEND] * values[SPEND]
        + weights[PURCHASES] * values[PURCHASES]
    )
