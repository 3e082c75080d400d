"""Margin and spend near a plan: slopes and curvatures per cluster, by finite differences on common data."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.split.delivery import DeliveryValue, spend_of

Floats = NDArray[np.float64]

MARGIN, SPEND = 0, 1
WIDE, NARROW = 0.2, 0.1
"""Steps of a multiplier: wide for today's slopes and curvatures, narrow for slopes at a candidate."""


@dataclass(frozen=True)
class LocalModel:
    """y(m) - y(1) ~ level + sum_k slope_k (m_k - p_k) + 1/2 sum_k curvature_k (m_k - p_k)^2.

    Kept per cluster, so that means, covariances and resamples all come from the same columns.
    """

    point: Floats  # (K,) the plan p, as multipliers
    columns: Floats  # (2, C, 1 + K) margin and spend: level against today, slopes
    curvature: Floats  # (2, K) totals over clusters

    def means(self) -> Floats:
        """(2, 1 + K) totals over clusters."""
        return self.columns.sum(axis=1)

    def covariance(self, weights: tuple[float, float]) -> Floats:
        """(1 + K, 1 + K) clustered covariance of the totals of weights . (margin, spend)."""
        mixed = weights[MARGIN] * self.columns[MARGIN] + weights[SPEND] * self.columns[SPEND]  # (C, 1 + K)
        clusters = len(mixed)
        centred = mixed - mixed.mean(axis=0)
        # einsum without optimisation runs on one thread in a fixed order: the same bits everywhere
        return clusters / max(clusters - 1, 1) * np.einsum("ci,cj->ij", centred, centred, optimize=False)


def expand_today(delivery: DeliveryValue, free: NDArray[np.bool_]) -> LocalModel:
    """Central differences around today's delivery: 2 evaluations per free channel."""
    point = np.ones(len(free))
    here = _pair(delivery.today())
    columns = np.zeros((2, here.shape[1], 1 + len(free)))
    curvature = np.zeros((2, len(free)))
    for k in np.flatnonzero(free).tolist():
        up, down = (_pair(delivery.at(_shifted(point, k, s * WIDE))) for s in (1, -1))
        columns[:, :, 1 + k] = (up - down) / (2 * WIDE)
        curvature[:, k] = (up + down - 2 * here).sum(axis=1) / WIDE**2
    return LocalModel(point, columns, curvature)


def expand_at(
    delivery: DeliveryValue, point: Floats, free: NDArray[np.bool_], today: LocalModel
) -> LocalModel:
    """One-sided differences at a candidate, towards today: 1 evaluation per free channel.

    Curvature stays today's, whose second-order term also takes the bias out of the one-sided slope.
    """
    base, here = _pair(delivery.today()), _pair(delivery.at(point))
    columns = np.zeros((2, here.shape[1], 1 + len(free)))
    columns[:, :, 0] = here - base
    for k in np.flatnonzero(free).tolist():
        step = NARROW if point[k] <= 1 else -NARROW
        there = _pair(delivery.at(_shifted(point, k, step)))
        bias = 0.5 * step * today.curvature[:, k] / here.shape[1]  # spread evenly over clusters
        columns[:, :, 1 + k] = (there - here) / step - bias[:, None]
    return LocalModel(point, columns, today.curvature)


def _shifted(point: Floats, k: int, step: float) -> Floats:
    shifted = point.copy()
    shifted[k] += step
    return shifted


def _pair(values: Floats) -> Floats:
    """(2, C) margin and total spend."""
    return np.stack([values[:, 0], spend_of(values)])
