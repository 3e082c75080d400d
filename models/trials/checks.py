"""Is the log the test that it says it is? Asked first: where it is not, nothing else is worth saying.

The sample ratio: do as many entities have each arm as were to have it (Fabijan et al. 2019)? The balance: do
the arms differ in what was known before they were drawn, more than a draw makes them (Hansen & Bowers 2008)?
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr, stdtr
from scipy.stats import rankdata

from models.numerics import one_blas_thread
from models.results import TrialCheck
from models.trials.trial_log import MIN_ENTITIES, Floats, TrialLog

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
        return _not_asked("sample ratio", "probabilities")
    arms, counts = len(log.arms), log.decisions.astype(np.float64)
    if log.over_one:
        return TrialCheck("sample ratio", False, 0.0, FALSE_ALARM, "", 0.0, 0.0, over_one=log.over_one)
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

    Of each entity's first decision. Where arms were not drawn with fixed shares they are to differ, and rows
    are weighted (`_weighted_balance`). Asks nothing without covariates that vary.
    """
    first = log.first
    arm, n = log.arm[first], log.n_entities
    counts = np.bincount(arm, minlength=len(log.arms)).astype(np.float64)
    fixed = log.probability is None or log.planned is not None
    x = _ranks(log.covariates[first])
    varies = np.flatnonzero(x.any(axis=0))
    if not len(varies):
        return _not_asked("balance", "facts")
    x, names = x[:, varies], [log.names[k] for k in varies]
    if not fixed and log.probability is not None:
        return _weighted_balance(x, names, arm, log.probability[first], len(counts))
    if (counts == 0).any():
        return _not_asked("balance", "entities")
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


def _weighted_balance(
    x: Floats, names: list[str], arm: NDArray[np.int64], probability: Floats, arms: int
) -> TrialCheck:
    """Ranks x (C, d) of entities who had arm (C,) with their own probability e (C,). Whatever e follows,

        U_ak = sum of 1[a] x_k / e    has mean 0,  variance sum of 1[a] (1 - e) x_k^2 / e^2,

    held against Student's t with one degree fewer than the arm's effective entities, (sum 1/e)^2 / sum 1/e^2,
    and Bonferroni's correction over all arms and covariates. An arm of too few such ones is not asked.
    """
    z, means = np.zeros((arms, len(names))), np.zeros((arms, len(names)))
    p_values = np.ones((arms, len(names)))
    asked = np.zeros(arms, np.bool_)
    for a in range(arms):
        mine, weight = x[arm == a], 1.0 / probability[arm == a]
        effective = weight.sum() ** 2 / (weight**2).sum() if len(weight) else 0.0
        asked[a] = effective >= MIN_ENTITIES
        if not asked[a]:
            continue
        sums, squares = weight @ mine, (weight * (weight - 1.0)) @ mine**2
        z[a] = np.divide(sums, np.sqrt(squares), out=np.zeros_like(sums), where=squares > 0)
        means[a] = sums / weight.sum()
        p_values[a] = 2.0 * stdtr(effective - 1.0, -np.abs(z[a]))
    if not asked.any():
        return _not_asked("balance", "entities")
    p_value = min(1.0, int(asked.sum()) * len(names) * float(p_values.min()))
    worst = int(np.argmin(p_values.min(axis=0)))
    apart = float(np.ptp(means[asked, worst])) if asked.sum() > 1 else float(abs(means[asked, worst][0]))
    passed = p_value >= FALSE_ALARM
    return TrialCheck("balance", passed, p_value, FALSE_ALARM, names[worst], 0.0, apart)


def _not_asked(kind: str, lacks: Literal["probabilities", "facts", "entities"]) -> TrialCheck:
    return TrialCheck(kind, True, None, FALSE_ALARM, "", 0.0, 0.0, lacks)


def _ranks(covariates: Floats) -> Floats:
    """(C, d) mid-ranks of mean 0 and variance 1; 0 where nothing varies."""
    ranks = rankdata(covariates, axis=0) if covariates.size else covariates
    centred = ranks - ranks.mean(axis=0) if len(ranks) else ranks
    spread = centred.std(axis=0)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
