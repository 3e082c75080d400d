"""Is the log the test that it says it is? Asked first: where it is not, nothing else is worth saying.

The sample ratio: do as many entities have each arm as were to have it (Fabijan et al. 2019)? The balance: do
the arms differ in what was known before they were drawn, more than a draw makes them (Hansen & Bowers 2008)?
"""

from dataclasses import replace

import numpy as np
from scipy.special import chdtrc, ndtr
from scipy.stats import rankdata

from models.numerics import one_blas_thread
from models.results import TrialCheck
from models.trials.trial_log import Floats, TrialLog

FALSE_ALARM = 1e-3
"""Chance that a sound test fails one of the checks; of a 52 to 48 split of 20,000 that was to be even the
sample ratio finds 99 %."""
SMALLEST_DIRECTION = 1e-9
"""Share of the largest eigenvalue below which a direction of the covariates is a copy of others."""


def check_trial(log: TrialLog) -> tuple[TrialCheck, ...]:
    """Sample ratio and balance."""
    return sample_ratio_check(log), balance_check(log)


def sample_ratio_check(log: TrialLog) -> TrialCheck:
    """Counts against planned shares p: U = sum over entities of (1[a] - p), held against chi-squared with
    A - 1 degrees by its covariance; where an entity has several decisions, that of their sums, if larger.

    Where logged probabilities e differ from row to row, U_k = sum of (1[a = k] / e - 1) per arm, with its
    estimated variance, sum of 1[a = k] (1 - e) / e^2, and Bonferroni's correction. Asks nothing where the log
    tells no probabilities. Those of arms that add up to more than 1 are wrong, whatever the counts.
    """
    if log.probability is None:
        return TrialCheck("sample ratio", True, None, FALSE_ALARM, "", 0.0, 0.0)
    arms, counts = len(log.arms), log.decisions.astype(np.float64)
    if log.over_one:
        wrong = TrialCheck("sample ratio", False, 0.0, FALSE_ALARM, "", 0.0, 0.0)
        return replace(wrong, over_one=log.over_one)
    if log.planned is None:
        inverse = 1.0 / log.probability
        stand_for = np.bincount(log.arm, inverse, arms)
        variance = np.bincount(log.arm, (1 - log.probability) * inverse**2, arms)
        z = np.divide(stand_for - log.n, np.sqrt(variance), out=np.zeros(arms), where=variance > 0)
        worst = int(np.argmax(np.abs(z)))
        p_value = min(1.0, arms * 2 * float(ndtr(-abs(z[worst]))))
        return _ratio(log.arms, worst, p_value, float(log.n), float(stand_for[worst]))
    several = log.n_entities < log.n
    clustered = clustered_squares(log, log.planned) if several else None
    return ratio_of_counts(log.arms, counts, log.planned, clustered)


def clustered_squares(log: TrialLog, planned: Floats) -> Floats:
    """(A,) sum over entities of the squares of what each has of every arm beyond its planned share (A,)."""
    one_hot = np.eye(len(log.arms))[log.arm] - planned
    sums = np.stack([np.bincount(log.cluster, column) for column in one_hot.T], axis=1)
    return (sums**2).sum(axis=0)


def ratio_of_counts(
    arms: tuple[str, ...], counts: Floats, planned: Floats, clustered: Floats | None
) -> TrialCheck:
    """Counts (A,) against planned shares (A,); clustered: `clustered_squares` (A,) of the same rows where an
    entity has several."""
    n = counts.sum()
    off = counts - n * planned
    covariance = n * (np.diag(planned) - np.outer(planned, planned))
    if clustered is not None:
        covariance *= max(1.0, float((clustered / np.diag(covariance)).max()))
    statistic = float(off[1:] @ np.linalg.solve(covariance[1:, 1:], off[1:]))
    worst = int(np.argmax(np.abs(off) / np.sqrt(np.diag(covariance))))
    p_value = float(chdtrc(len(arms) - 1, statistic))
    return _ratio(arms, worst, p_value, float(n * planned[worst]), float(counts[worst]))


def _ratio(arms: tuple[str, ...], worst: int, p_value: float, expected: float, observed: float) -> TrialCheck:
    passed = p_value >= FALSE_ALARM
    return TrialCheck("sample ratio", passed, p_value, FALSE_ALARM, arms[worst], expected, observed)


def balance_check(log: TrialLog) -> TrialCheck:
    """All covariates at once, in ranks, which no heavy tail moves: with Z (C, r) their uncorrelated
    directions and G_a the sum of arm a's rows,

        T = (C - 1) / C x sum over a of |G_a|^2 / (C_a / C)  ~  chi-squared with r (A - 1) degrees.

    Of each entity's first decision. Asks nothing without covariates, and where arms were not drawn with fixed
    shares: then they are to differ.
    """
    first = log.first
    arm, n = log.arm[first], log.n_entities
    counts = np.bincount(arm, minlength=len(log.arms)).astype(np.float64)
    fixed = log.probability is None or log.planned is not None
    x = _ranks(log.covariates[first])
    varies = np.flatnonzero(x.any(axis=0))
    if not fixed or not len(varies) or (counts == 0).any():
        return TrialCheck("balance", True, None, FALSE_ALARM, "", 0.0, 0.0)
    x, names = x[:, varies], [log.names[k] for k in varies]
    with one_blas_thread():
        values, vectors = np.linalg.eigh(x.T @ x)
        keep = values > SMALLEST_DIRECTION * values[-1]
        z = (x @ vectors[:, keep]) / np.sqrt(values[keep])  # (C, r) orthonormal
    sums = np.stack([np.bincount(arm, column, len(counts)) for column in z.T], axis=1)  # (A, r)
    statistic = (n - 1) / n * float((sums**2 / (counts / n)[:, None]).sum())
    p_value = float(chdtrc(int(keep.sum()) * (len(counts) - 1), statistic))
    means = np.stack([np.bincount(arm, column, len(counts)) / counts for column in x.T], axis=1)
    apart = np.ptp(means, axis=0)  # ranks have variance 1
    worst = int(np.argmax(apart))
    passed = p_value >= FALSE_ALARM
    return TrialCheck("balance", passed, p_value, FALSE_ALARM, names[worst], 0.0, float(apart[worst]))


def _ranks(covariates: Floats) -> Floats:
    """(C, d) mid-ranks of mean 0 and variance 1; 0 where nothing varies."""
    ranks = rankdata(covariates, axis=0) if covariates.size else covariates
    centred = ranks - ranks.mean(axis=0) if len(ranks) else ranks
    spread = centred.std(axis=0)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
