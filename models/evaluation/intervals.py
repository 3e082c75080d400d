"""Intervals for totals over clusters: the entity is the unit that was sampled, never the row.

The rule: every interval that is reported is a bootstrap-t (studentised) interval. Rare, heavy purchases make
the total and its standard error rise together, so a normal interval misses nearly always with the truth
above it; studentising learns that skewness from the data. A normal interval is here for comparison.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from models.evaluation.one_thread import one_blas_thread
from models.results import Interval
from models.users import mixed_hash

Floats = NDArray[np.float64]
GROUP_SALT = 0x5EED_0003
MAX_GROUPS = 1000
RESAMPLES = 4000
MIN_CLUSTERS = 20
"""Fewer clusters give no interval."""
NOTHING = 1e-9
"""A standard error below this share of the contributions' size is rounding, not knowledge."""


def standard_errors(contributions: Floats) -> Floats:
    """(o,) clustered standard error of the column sums of (C, o): sqrt(C x variance). NaN where unknown.

    A spread of 0 is unknown, not certainty: nothing varied that could have told us how sure we are.
    """
    clusters = len(contributions)
    if clusters < 2:
        return np.full(contributions.shape[1], np.nan)
    error = np.sqrt(clusters * contributions.var(axis=0, ddof=1))
    size = np.sqrt((contributions**2).sum(axis=0))
    return np.where(error > NOTHING * size, error, np.nan)


def joint_covariance(contributions: Floats) -> Floats:
    """(o, o) clustered covariance of the column sums of (C, o), for ratios and constraints."""
    clusters = len(contributions)
    centred = contributions - contributions.mean(axis=0)
    # einsum without optimisation runs on one thread in a fixed order
    return clusters / max(clusters - 1, 1) * np.einsum("ci,cj->ij", centred, centred, optimize=False)


def normal_interval(contributions: Floats, *, scale: float, level: float) -> Interval | None:
    """Student-t interval of scale x sum of contributions (C,), two-sided: 1 - alpha/2 on each side."""
    error = float(standard_errors(contributions[:, None])[0])
    if not np.isfinite(error) or len(contributions) < MIN_CLUSTERS:
        return None
    estimate = float(contributions.sum())
    reach = float(student_t.ppf(0.5 + level / 2, len(contributions) - 1)) * error
    return Interval(scale * estimate, scale * (estimate - reach), scale * (estimate + reach), level)


class BootstrapT:
    """Grouped bootstrap-t (Efron & Tibshirani 1993, ch. 12) for totals over the same clusters.

    Clusters are ranked by a hash of their key and dealt to at most 1,000 groups of equal size; groups are
    resampled, all outcomes and policies with the same draws. Within a group contributions are centred first,
    so that group sizes play no part. A million entities cost no more than a thousand.
    """

    def __init__(self, cluster_key: NDArray[np.int64], *, seed: int) -> None:
        """cluster_key (C,): fixes the groups whatever the order of the clusters."""
        self.n_clusters, self.seed = len(cluster_key), seed
        self.n_groups = min(MAX_GROUPS, self.n_clusters)
        rank = np.empty(self.n_clusters, np.int64)
        rank[np.lexsort((cluster_key, mixed_hash(cluster_key, GROUP_SALT)))] = np.arange(self.n_clusters)
        self._group = rank % max(self.n_groups, 1)

    @cached_property
    def _draws(self) -> Floats:
        """(RESAMPLES, G) how often each group is drawn."""
        rng = np.random.Generator(np.random.PCG64(self.seed))
        share = np.full(self.n_groups, 1.0 / self.n_groups)
        return rng.multinomial(self.n_groups, share, size=RESAMPLES).astype(np.float64)

    def studentised(self, contributions: Floats) -> Floats:
        """(RESAMPLES, o) t* = (total* - total) / standard error* for contributions (C, o)."""
        centred = contributions - contributions.mean(axis=0)
        groups = np.column_stack(
            [np.bincount(self._group, weights=column, minlength=self.n_groups) for column in centred.T]
        )
        with one_blas_thread():
            total = self._draws @ groups  # (B, o) around 0
            square = self._draws @ groups**2
        variance = np.maximum(square - total**2 / self.n_groups, 0.0) * self.n_groups / (self.n_groups - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(variance > 0, total / np.sqrt(variance), np.nan)

    def intervals(self, contributions: Floats, *, scale: float, level: float) -> list[Interval | None]:
        """One interval per column of (C, o), for scale x its sum; None where the spread is not known."""
        errors = standard_errors(contributions)
        known = np.isfinite(errors)
        found: list[Interval | None] = [None] * len(errors)
        if self.n_clusters < MIN_CLUSTERS or not known.any():
            return found
        draws = self.studentised(contributions[:, known])
        for i, k in enumerate(np.flatnonzero(known)):
            if np.isnan(draws[:, i]).any():
                continue  # some resamples hold nothing: too few entities carry the whole total
            estimate = float(contributions[:, k].sum())
            low_t, high_t = np.quantile(draws[:, i], [0.5 - level / 2, 0.5 + level / 2])
            low, high = estimate - high_t * errors[k], estimate - low_t * errors[k]
            found[k] = Interval(scale * estimate, float(scale * low), float(scale * high), level)
        return found

    def probability_positive(self, contributions: Floats) -> float | None:
        """Share of the bootstrap-t distribution of the sum of (C,) that lies above 0; None if unknown."""
        error = float(standard_errors(contributions[:, None])[0])
        if not np.isfinite(error) or self.n_clusters < MIN_CLUSTERS:
            return None
        draws = self.studentised(contributions[:, None])[:, 0]
        if np.isnan(draws).any():
            return None
        return float((draws < contributions.sum() / error).mean())
