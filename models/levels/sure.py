"""How sure is the curve? All levels at once, all differences at once, and which levels may be the best.

With raw values v_a, their standard errors s_a and s_ab of differences, the curve c = H v, and resampled
errors t* of the raw values (grouped bootstrap-t, `models.evaluation`),

    values:       c_a +- q1 s_a for all a,               q1 the quantile of max_a |t*_a|
    differences:  c_a - c_b +- q2 s_ab for all a, b,     q2 the quantile of max_ab |t*_ab|
    may be best:  max_b (v_b - v_a) / s_ab <= q(a),      q(a) the quantile of max_b t*_ba

Intervals lie about the curve and are as wide as if neighbours lent nothing: what lending saves pays for
what the curve may miss, which it does not know (with its own, smaller errors they held 83 to 95 of 100
truths in worlds of four shapes, with these 95 to 98; differences 90 where the value jumps between two
levels, else 94 to 98). The set holds the best level with the level of confidence (multiple comparisons with
the best, Hsu 1981), by raw values alone: of the truly best level no other is better, so that it is left out
only where errors alone reach q(a). However many levels there are, nothing more is paid, as only that one
must not be lost.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation import BootstrapT, joint_covariance
from models.levels.curve import Floats, LevelCurve
from models.results import Interval

MIN_ENTITIES = 20
"""With fewer nothing is resampled."""
TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Parts:
    """Raw values of A levels as sums over C entities."""

    contributions: Floats  # (C, A)
    rows: int
    """Decisions: a value is a column's sum / rows."""

    @property
    def values(self) -> Floats:
        """(A,) raw."""
        return self.contributions.sum(axis=0) / self.rows

    @property
    def covariance(self) -> Floats:
        """(A, A) of the values."""
        return joint_covariance(self.contributions) / self.rows**2


@dataclass(frozen=True)
class Sure:
    """What is sure of A levels."""

    estimates: Floats  # (A,) on the curve
    errors: Floats  # (A, A) standard errors of differences; on the diagonal, of values
    of_values: float
    of_differences: float
    """Standard errors that all intervals reach: q1 and q2; infinite where too little is known."""
    may_be_best: NDArray[np.bool_]  # (A,)
    level: float

    def value(self, a: int) -> Interval | None:
        return self._interval(float(self.estimates[a]), self.of_values * self.errors[a, a])

    def difference(self, a: int, b: int) -> Interval | None:
        """Value of a minus value of b; None for one and the same."""
        if a == b:
            return None
        estimate = float(self.estimates[a] - self.estimates[b])
        return self._interval(estimate, self.of_differences * self.errors[a, b])

    def _interval(self, estimate: float, reach: float) -> Interval | None:
        if not np.isfinite(reach) or reach <= 0:
            return None
        return Interval(estimate, float(estimate - reach), float(estimate + reach), self.level)


def how_sure(
    raw: Parts, curve: LevelCurve, bootstrap: BootstrapT, level: float, allowed: NDArray[np.bool_]
) -> Sure:
    """Of the curve of raw values; bootstrap: over their clusters. allowed (A,): levels that may be chosen,
    the others are never the best."""
    contributions, values = raw.contributions, raw.values
    arms = len(values)
    estimates = curve.smoother @ values
    errors = _errors(raw.covariance)
    if len(contributions) < MIN_ENTITIES or not (errors > 0).all():
        return Sure(estimates, errors, np.inf, np.inf, allowed, level)
    totals, covariances = bootstrap.resampled(contributions)  # (B, A), (B, A, A)
    of_values = np.abs(totals) / np.sqrt(np.maximum(np.einsum("bkk->bk", covariances), TINY))
    largest, may_be_best = np.zeros(len(totals)), np.zeros(arms, bool)
    for a in np.arange(arms):
        t = _over(totals, covariances, int(a))  # (B, A) of the others over a
        others = np.arange(arms) != a
        largest = np.maximum(largest, np.abs(t[:, others]).max(axis=1))
        better = (values - values[a]) / errors[a]
        rivals = others & allowed
        if not rivals.any():
            may_be_best[a] = allowed[a]
            continue
        needed = max(float(np.quantile(t[:, rivals].max(axis=1), level)), 0.0)
        may_be_best[a] = allowed[a] and bool(better[rivals].max() <= needed)
    return Sure(
        estimates,
        errors,
        float(np.quantile(of_values.max(axis=1), level)),
        float(np.quantile(largest, level)),
        may_be_best,
        level,
    )


def _errors(covariance: Floats) -> Floats:
    """(A, A) standard errors of differences; on the diagonal, of the values."""
    variance = np.diag(covariance)
    of_pairs = variance[:, None] + variance - 2 * covariance
    np.fill_diagonal(of_pairs, variance)
    return np.sqrt(np.maximum(of_pairs, 0.0))


def _over(totals: Floats, covariances: Floats, a: int) -> Floats:
    """(B, A) resampled t of every column minus column a; 0 of a itself."""
    variance = np.einsum("bkk->bk", covariances)
    of_pairs = variance + variance[:, a][:, None] - 2 * covariances[:, :, a]
    difference = totals - totals[:, a][:, None]
    return np.where(of_pairs > 0, difference / np.sqrt(np.maximum(of_pairs, TINY)), 0.0)
