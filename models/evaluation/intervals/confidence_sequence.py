"""Bounds that hold at every night at once: a nightly rerun is a repeated look at a growing log.

A 95 % interval is wrong on one night in twenty; looked at every night until it pleases, it will please,
whatever the truth. A confidence sequence is wrong on *any* night of the whole run with probability 1 - level.

Asymptotic (Gaussian-mixture) sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2021, Time-uniform
central limit theory): after n users, with m = n rho^2,

    two-sided: reach = standard error x sqrt(2 (m + 1) / m x log(sqrt(m + 1) / alpha))
    one-sided: reach = standard error x sqrt(2 (m + 1) / m x log(1 + sqrt(m + 1) / (2 alpha)))

rho sets at which n the sequence is tightest; it must be fixed before the first look, never tuned to the log
at hand. Assumes that users come one after the other, independent and alike, and that at the first look the
sum of their contributions is near normal: with few purchases it is not, so widen the guarded interval with
`sequence_level` instead, and begin to look only once the support gates are passed. Wrong when the policy that
is judged was chosen on the same users, or when delivery drifts (it then bounds the running average).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]


def sequence_reach(
    errors: Floats, n_clusters: int, level: float, *, tightest_at: int, one_sided: bool = False
) -> Floats:
    """How far an estimate may be from the truth at this look, for every look at once; the shape of `errors`.

    errors: clustered standard errors of the estimate at this look (any scale; NaN stays NaN); n_clusters:
    users so far; tightest_at: the number of users for which rho is tuned, the same at every look. one_sided:
    the reach of a lower (or an upper) bound alone, error probability 1 - level; a gate needs no more, and it
    is shorter.
    """
    return errors * sequence_multiplier(n_clusters, level, tightest_at=tightest_at, one_sided=one_sided)


def sequence_multiplier(n_clusters: int, level: float, *, tightest_at: int, one_sided: bool = False) -> float:
    """The number of standard errors in place of the usual 1.96. Raises ValueError outside 0 < level < 1."""
    if not 0.0 < level < 1.0 or n_clusters < 1 or tightest_at < 1:
        raise ValueError("A confidence sequence needs 0 < level < 1 and at least one user.")
    alpha = 1.0 - level
    m = n_clusters * _rho_squared(2.0 * alpha if one_sided else alpha, tightest_at)
    root = float(np.sqrt(m + 1.0))
    log = np.log1p(root / (2.0 * alpha)) if one_sided else np.log(root / alpha)
    return float(np.sqrt(2.0 * (m + 1.0) / m * log))


def sequence_level(n_clusters: int, level: float, *, tightest_at: int, one_sided: bool = False) -> float:
    """The two-sided level at which a fixed-night interval is as many standard errors long as the sequence.

    `BootstrapT.intervals` at this level carries the sequence over to skewed totals: its gamma guard reaches
    as much further as the rare purchase asks for.
    """
    multiplier = sequence_multiplier(n_clusters, level, tightest_at=tightest_at, one_sided=one_sided)
    return float(2.0 * ndtr(multiplier) - 1.0)


def lower_bound(estimate: float, error: float, n_clusters: int, level: float, *, tightest_at: int) -> float:
    """The gate's bound: with probability `level` the truth is above it at every look. -inf if error is
    NaN."""
    reach = float(
        sequence_reach(np.array([error]), n_clusters, level, tightest_at=tightest_at, one_sided=True)[0]
    )
    return estimate - reach if np.isfinite(reach) else float("-inf")


def _rho_squared(alpha: float, tightest_at: int) -> float:
    """rho^2 for which the two-sided reach at `tightest_at` users is shortest, to first order."""
    odds = -2.0 * np.log(alpha)
    return float((odds + np.log1p(odds)) / tightest_at)
