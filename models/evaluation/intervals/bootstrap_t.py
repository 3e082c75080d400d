"""Intervals for totals over clusters: the entity is the unit that was sampled, never the row.

Rare, heavy purchases make a total and its standard error rise together, so a normal interval misses nearly
always with the truth above it. The rule, per outcome, by the number of effective terms m = (sum |x|)^2 / sum
x^2 of x = weight x logged outcome (`gamma_interval.Tails`):

- m < 400: the gamma guard alone. Resampling a few purchases cannot show the one that was not seen;
- m >= 400: bootstrap-t, each arm no shorter than the guard's. By then both are within some per cent of the
  normal one;
- what was weighted is not given (`gross` is None): bootstrap-t alone, which learns skewness from the data and
  covers .77-.95 with 40 purchases.

`BootstrapT.methods` names the rule's choice. A normal interval is here for comparison.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2
from scipy.stats import t as student_t

from models.evaluation.intervals.gamma_interval import Gross, Tails, guard_reach, measure_tails
from models.mdp import mixed_hash
from models.numerics import one_blas_thread
from models.results import Interval

Floats = NDArray[np.float64]
GROUP_SALT = 0x5EED_0003
MAX_GROUPS = 1000
RESAMPLES = 4000
MIN_CLUSTERS = 20
"""Fewer clusters give no interval."""
MANY_TERMS = 400
"""From so many effective terms on the bootstrap-t has something to resample. Measured: its arms differ from
the guard's by less than 5 % there, and below it covers less than it says."""
SMALLEST_ALPHA = 1e-9
BISECTIONS = 50
BOOTSTRAP, GUARD, BOTH = "bootstrap-t", "gamma guard", "bootstrap-t + gamma guard"
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


def joint_p_value(totals: Floats, covariance: Floats) -> float:
    """How likely chance shows as much, of totals S (o,) that are all 0 in truth: S' Sigma^-1 S ~ chi2, with
    as many degrees of freedom as the covariance Sigma (o, o) has."""
    statistic = float(totals @ np.linalg.pinv(covariance, hermitian=True) @ totals)
    return float(chi2.sf(statistic, int(np.linalg.matrix_rank(covariance, hermitian=True))))


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
        groups = self._grouped(centred)
        with one_blas_thread():
            total = self._draws @ groups  # (B, o) around 0
            square = self._draws @ groups**2
        variance = np.maximum(square - total**2 / self.n_groups, 0.0) * self.n_groups / (self.n_groups - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(variance > 0, total / np.sqrt(variance), np.nan)

    def resampled(self, contributions: Floats) -> tuple[Floats, Floats]:
        """(B, o) totals about the estimate, and their covariance (B, o, o) in each of B = RESAMPLES."""
        centred = contributions - contributions.mean(axis=0)
        groups = self._grouped(centred)
        o = groups.shape[1]
        upper = np.triu_indices(o)
        with one_blas_thread():
            total = self._draws @ groups  # (B, o)
            square = self._draws @ (groups[:, upper[0]] * groups[:, upper[1]])  # (B, o (o + 1) / 2)
        products = np.empty((RESAMPLES, o, o))
        products[:, upper[0], upper[1]] = products[:, upper[1], upper[0]] = square
        products -= total[:, :, None] * total[:, None, :] / self.n_groups
        return total, products * self.n_groups / (self.n_groups - 1)

    def _grouped(self, centred: Floats) -> Floats:
        """(G, o) sums over groups."""
        return np.column_stack(
            [np.bincount(self._group, weights=column, minlength=self.n_groups) for column in centred.T]
        )

    def intervals(
        self, contributions: Floats, *, scale: float, level: float, gross: Gross | None = None
    ) -> list[Interval | None]:
        """One interval per column of (C, o), for scale x its sum; None where the spread is not known.

        gross: what the contributions' estimator weighted, column by column; with it the gamma guard applies,
        and a policy under which nothing was bought has an interval too: up to what may have been missed.
        """
        found: list[Interval | None] = [None] * contributions.shape[1]
        if self.n_clusters < MIN_CLUSTERS:
            return found
        spread = self._spread(contributions, gross)
        below, above = spread.reach(level)
        for k in np.flatnonzero(np.isfinite(below) & np.isfinite(above)):
            estimate = float(spread.estimate[k])
            low, high = estimate - float(below[k]), estimate + float(above[k])
            found[k] = Interval(scale * estimate, scale * low, scale * high, level)
        return found

    def reach_below(self, contributions: Floats, gross: Gross, errors: float, tail: float) -> float | None:
        """How far below its estimate the sum of (C,) may lie, by a quantile that others worked out.

        errors: that quantile of t, in standard errors; tail: the one-sided error it leaves to this sum, for
        the guard, which decides alone where few terms are weighted. gross as in `intervals`, with one column.
        None where the spread is not known.
        """
        if self.n_clusters < MIN_CLUSTERS:
            return None
        spread = self._spread(contributions[:, None], gross)
        if np.isnan(spread.errors[0]) or spread.tails is None:
            return None
        least, _ = guard_reach(spread.tails, spread.errors**2, 1.0 - 2.0 * tail)
        resampled = not np.isnan(spread.draws[:, 0]).any()
        return max(float(least[0]), errors * float(spread.errors[0]) if resampled else 0.0)

    def methods(self, contributions: Floats, gross: Gross | None = None) -> list[str]:
        """The method that `intervals` uses for each column, by the rule above; "" where it gives None."""
        known = self.intervals(contributions, scale=1.0, level=0.5, gross=gross)
        if gross is None:
            return [BOOTSTRAP if interval else "" for interval in known]
        many = measure_tails(gross).effective_terms >= MANY_TERMS
        return [(BOTH if m else GUARD) if interval else "" for m, interval in zip(many, known, strict=True)]

    def probability_positive(self, contributions: Floats, gross: Gross | None = None) -> float | None:
        """How sure the sum of (C,) is above 0; None if unknown. gross as in `intervals`, with one column.

        The confidence distribution of the same interval: (1 + L) / 2 for the level L whose lower bound is 0,
        and (1 - L) / 2 for the one whose upper bound is. So low > 0 at level L means at least (1 + L) / 2.
        """
        if self.n_clusters < MIN_CLUSTERS:
            return None
        return self._spread(contributions[:, None], gross).probability_positive()

    def _spread(self, contributions: Floats, gross: Gross | None) -> "_Spread":
        errors = standard_errors(contributions)
        known = np.isfinite(errors)
        tails = None if gross is None else measure_tails(gross)
        use_draws = known if tails is None else known & (tails.effective_terms >= MANY_TERMS)
        draws = np.full((RESAMPLES, len(errors)), np.nan)
        if use_draws.any():
            draws[:, use_draws] = self.studentised(contributions[:, use_draws])
        if gross is not None and tails is not None:
            # nothing seen under weights that are not 0: the unseen purchase alone decides
            size = np.abs(gross.amount).sum(axis=0)
            unseen = (tails.raises + tails.lowers == 0) & (tails.unseen_above > NOTHING * size)
            errors = np.where(known, errors, np.where(unseen, 0.0, np.nan))
        return _Spread(contributions.sum(axis=0), errors, draws, tails)


@dataclass(frozen=True)
class _Spread:
    """What is known of the distribution of o column sums."""

    estimate: Floats  # (o,)
    errors: Floats  # (o,) standard errors, NaN where unknown
    draws: Floats  # (RESAMPLES, o) bootstrap-t, NaN where it is not used or not known
    tails: Tails | None

    def reach(self, level: float) -> tuple[Floats, Floats]:
        """(below, above) each estimate, (o,); NaN where the spread is not known. Below by the upper quantile
        of t = (estimate - truth) / error: where estimates tend to be too high, the truth lies far below."""
        with np.errstate(invalid="ignore"):
            low_t, high_t = np.quantile(self.draws, [0.5 - level / 2, 0.5 + level / 2], axis=0)
            below, above = high_t * self.errors, -low_t * self.errors
        if self.tails is None:
            return below, above
        guarded = guard_reach(self.tails, np.nan_to_num(self.errors) ** 2, level)
        unknown = np.isnan(self.errors)
        longer = [np.fmax(arm, least) for arm, least in zip((below, above), guarded, strict=True)]
        return np.where(unknown, np.nan, longer[0]), np.where(unknown, np.nan, longer[1])

    def probability_positive(self) -> float | None:
        """Of the one column there is."""
        if np.isnan(self.errors[0]):
            return None
        found, estimate = [], float(self.estimate[0])
        if not np.isnan(self.draws[:, 0]).any():
            found.append(float((self.draws[:, 0] < estimate / self.errors[0]).mean()))
        if self.tails is not None:
            found.append(self._guarded_probability(self.tails, estimate))
        if not found:
            return None
        return min(found) if estimate > 0 else max(found)

    def _guarded_probability(self, tails: Tails, estimate: float) -> float:
        """1 - the one-sided alpha at which the guard's bound is 0, by bisection of its logarithm."""
        side, distance = (0, estimate) if estimate > 0 else (1, -estimate)
        alpha = alpha_that_reaches(
            distance, lambda alpha: guard_reach(tails, self.errors**2, 1.0 - 2.0 * alpha)[side][0]
        )
        return 1.0 - alpha if estimate > 0 else alpha


def alpha_that_reaches(distance: float, reach: Callable[[float], float]) -> float:
    """The one-sided alpha, a half at most, whose reach is a distance, by bisection of its logarithm."""
    small, large = np.log(SMALLEST_ALPHA), np.log(0.5)
    for _ in range(BISECTIONS):
        middle = 0.5 * (small + large)
        small, large = (small, middle) if reach(float(np.exp(middle))) < distance else (middle, large)
    return float(np.exp(large))
