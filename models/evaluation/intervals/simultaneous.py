"""A bound for every plan of a class at once: the best may be picked, and believed, on the same entities.

Plans m of a class, around today's delivery, gain V(m) = sum_k slope_k (m_k - 1) and some curvature. With
probability `level`,

    V(m) >= estimate(m) - q standard error(m)   for all m of the class,
    q = the `level` quantile of sup_m [estimate* - estimate](m) / standard error*(m)

over resamples (*) of the entities. In a class of all directions d the supremum has a closed form, Hotelling's

    sup_d  d't* / sqrt(d'S* d)  =  sqrt(t*' S*^-1 t*),

t* (K,) the resampled slopes about the estimate and S* (K, K) their covariance in that resample. Where a plan
may not raise spend, d stays in the half space c'd <= 0, and what of t* leaves it is projected out. So q is a
grouped bootstrap-t of the whole class. In large samples it is the root of a chi-square quantile of K degrees
of freedom (Scheffé 1953), and less in the half space. (Chernozhukov, Lee, Rosen & Sun 2025, Policy learning
with confidence, arXiv 2502.10653; Ponomarev & Semenova 2024, arXiv 2410.07443.)

Keeping today's delivery is in the class, with bound 0. Of all plans whose bound is above 0 any may be taken,
however it was found: with probability `level` each of them is better than today's.

Assumption: influence of entities near linear in the plan, in the class. Plans that were evaluated directly
and are no straight line from today's are handed over as `tried`, and pay as one more coordinate each. Wrong
where a handful of entities carries everything: then the guard of `gamma_interval` decides, at this bound's
tail.
"""

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import chi2, norm

from models.evaluation.intervals.bootstrap_t import MIN_CLUSTERS, BootstrapT, standard_errors
from models.numerics import one_blas_thread

Floats = NDArray[np.float64]
FEWEST_BEYOND = 20
"""Resamples beyond a quantile without which it is not read off them."""


@dataclass(frozen=True)
class PlanClass:
    """The supremum over a class of plans, resampled."""

    draws: Floats  # (B,) of the largest t over the class; empty where too few entities tell it
    dimensions: int
    """Directions in which a plan may move, K,"""
    capped: bool = False
    """in the half space of those that cost no more than today's."""

    def errors(self, level: float) -> float:
        """q: standard errors by which every plan's estimate may be too high, with probability `level`. Far
        out, where few resamples are left, it grows as the chi-square's root does."""
        if not len(self.draws) or self.dimensions < 1:
            return inf
        furthest = max(1.0 - FEWEST_BEYOND / len(self.draws), 0.5)
        if level <= furthest:
            return float(np.quantile(self.draws, level))
        beyond = chi2.ppf([level, furthest], self.dimensions)
        return float(np.quantile(self.draws, furthest)) * sqrt(float(beyond[0] / beyond[1]))

    def confidence(self, errors: float) -> float:
        """The level of the bound that reaches so many standard errors below an estimate, at least a half."""
        if not len(self.draws):
            return 0.5
        return max(float((self.draws < errors).mean()), 0.5)

    def tail(self, level: float) -> float:
        """The one-sided error that a bound so far out would leave to a plan that was fixed beforehand."""
        return float(norm.sf(self._errors_in_large_samples(level)))

    def _errors_in_large_samples(self, level: float) -> float:
        """q where slopes are normal: the root of a chi-square quantile of K degrees of freedom. In a half
        space the best direction costs too much half of the time, and then K - 1 are left."""
        whole = max(self.dimensions, 1)
        most = float(chi2.ppf(level, whole))
        if not self.capped:
            return sqrt(most)

        def beyond(squared: float) -> float:
            inside = 1.0 if whole == 1 else float(chi2.cdf(squared, whole - 1))
            return 0.5 * float(chi2.cdf(squared, whole)) + 0.5 * inside - level

        return sqrt(brentq(beyond, 0.0, most, xtol=1e-12)) if beyond(0.0) < 0 else 0.0


def plan_class(
    slopes: Floats, bootstrap: BootstrapT, *, spends: Floats | None = None, tried: Floats | None = None
) -> PlanClass:
    """The class of all plans around today's.

    slopes (C, K): each cluster's part of the slope of the goal in every multiplier that may move, over the
    clusters of `bootstrap`; spends (K,): what a unit of each multiplier costs, where no plan may cost more
    than today's; tried (C, P): clusters' parts of the gain of plans that were evaluated directly.
    """
    told = np.isfinite(standard_errors(slopes))
    if len(slopes) < MIN_CLUSTERS:
        return PlanClass(np.empty(0), int(told.sum()), spends is not None)
    if not told.any():  # every cluster says the same
        return PlanClass(np.zeros(1), slopes.shape[1])
    totals, covariances = bootstrap.resampled(np.ascontiguousarray(slopes[:, told]))
    with one_blas_thread():
        squared = _largest_squared(totals, covariances, None if spends is None else spends[told])
    draws = np.sqrt(np.maximum(squared, 0.0))  # (B,)
    if tried is not None and tried.shape[1]:
        known = tried[:, np.isfinite(standard_errors(tried))]
        if known.shape[1]:
            draws = np.fmax(draws, np.nanmax(bootstrap.studentised(known), axis=1))
    return PlanClass(draws, int(told.sum()), spends is not None)


def _largest_squared(totals: Floats, covariances: Floats, spends: Floats | None) -> Floats:
    """(B,) sup over d, with spends'd <= 0, of (d't)^2 / d'Sd; totals t (B, K), covariances S (B, K, K)."""
    size = np.einsum("bkk->b", covariances, optimize=False) / covariances.shape[1]
    steady = covariances + 1e-9 * size[:, None, None] * np.eye(covariances.shape[1])
    sides = totals[:, :, None]
    if spends is not None:
        sides = np.concatenate([sides, np.broadcast_to(spends[None, :, None], sides.shape)], axis=2)
    solved = np.linalg.solve(steady, sides)  # (B, K, 1 or 2)
    whole = np.einsum("bk,bk->b", totals, solved[:, :, 0], optimize=False)
    if spends is None:
        return whole
    crossing = np.einsum("k,bk->b", spends, solved[:, :, 0], optimize=False)  # > 0: it would cost more
    own = np.einsum("k,bk->b", spends, solved[:, :, 1], optimize=False)
    return np.where(crossing > 0, whole - crossing**2 / np.where(own > 0, own, inf), whole)
