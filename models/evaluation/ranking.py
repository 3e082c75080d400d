"""Does an evaluation put policies in the right order? Its estimates against values that are known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from models.evaluation.doubly_robust import Floats

RESAMPLES = 1000


@dataclass(frozen=True)
class RankingScore:
    """How well estimated values order m policies whose true values are known. None: undefined."""

    spearman: float | None
    """Rank correlation, ties averaged; None with fewer than two different values on either side."""
    spearman_low: float | None
    spearman_high: float | None
    regret: tuple[float, ...]
    """regret@k for k = 1..m: the best true value, less the best true value among the k estimated best."""
    relative_regret: float | None
    """regret@1 in units of best minus logged, the most that could be won; 0 is perfect, 1 is no better than
    today's delivery, above 1 is harm. None where nothing can be won."""
    false_accept_rate: float | None
    """Among the policies that were accepted as better than today's delivery, the share that is not; None
    where none was accepted."""
    level: float


def score_ranking(
    contributions: Floats,
    truth: Floats,
    *,
    logged: int,
    accepted: NDArray[np.bool_] | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> RankingScore:
    """Score the order that column sums of contributions (C, m) give to m policies with true values (m,).

    logged: column of today's delivery. accepted (m,): policies that a rule said to be better than it; left
    out: those estimated above it.
    """
    estimated = contributions.sum(axis=0)
    low, high = spearman_interval(contributions, truth, level=level, seed=seed)
    said = estimated > estimated[logged] if accepted is None else accepted
    return RankingScore(
        spearman=spearman(estimated, truth),
        spearman_low=low,
        spearman_high=high,
        regret=tuple(regret_at_k(estimated, truth, k) for k in range(1, len(truth) + 1)),
        relative_regret=relative_regret(estimated, truth, logged),
        false_accept_rate=false_accept_rate(said, truth, logged),
        level=level,
    )


def spearman(estimated: Floats, truth: Floats) -> float | None:
    """Spearman's (1904) rank correlation of (m,) and (m,), ties given their mean rank."""
    return _finite(_correlations(rankdata(estimated)[None], rankdata(truth))[0])


def spearman_interval(
    contributions: Floats, truth: Floats, *, level: float, seed: int
) -> tuple[float | None, float | None]:
    """Percentile interval of Spearman's correlation, clusters of contributions (C, m) resampled together.

    Says how far the order depends on who happened to be in the log; the m policies and their true values
    stay. With few policies, or estimates that hardly differ, resampling adds noise to an order that is noisy
    already: the interval leans towards 0 and may lie below an estimate of 1. (Efron & Tibshirani 1993, ch.
    13.) Resamples whose values are all equal are left out.
    """
    clusters = len(contributions)
    rng = np.random.Generator(np.random.PCG64(seed))
    estimates = np.empty((RESAMPLES, contributions.shape[1]))
    for b in range(RESAMPLES):  # counts and einsum: a fixed order of summation, and no (C, m) copy
        drawn = np.bincount(rng.integers(0, clusters, clusters), minlength=clusters).astype(np.float64)
        estimates[b] = np.einsum("c,cm->m", drawn, contributions, optimize=False)
    found = _correlations(rankdata(estimates, axis=1), rankdata(truth))
    found = found[np.isfinite(found)]
    if not len(found):
        return None, None
    low, high = np.quantile(found, [0.5 - level / 2, 0.5 + level / 2])
    return float(low), float(high)


def regret_at_k(estimated: Floats, truth: Floats, k: int) -> float:
    """Best true value minus the best true value among the k policies with the highest estimates.

    Equal estimates keep the order of the columns. Raises ValueError unless 1 <= k <= m.
    """
    if not 1 <= k <= len(truth):
        raise ValueError(f"regret@k of {len(truth)} policies needs k from 1 to {len(truth)}, not {k}.")
    top = np.argsort(-estimated, kind="stable")[:k]
    return float(truth.max() - truth[top].max())


def relative_regret(estimated: Floats, truth: Floats, logged: int) -> float | None:
    """regret@1 / (best - logged true value); None where today's delivery is the best already."""
    most = float(truth.max() - truth[logged])
    return regret_at_k(estimated, truth, 1) / most if most > 0 else None


def false_accept_rate(accepted: NDArray[np.bool_], truth: Floats, logged: int) -> float | None:
    """Share of the accepted policies (m,) whose true value is not above today's delivery's.

    Today's delivery itself is never accepted or rejected. None where nothing was accepted.
    """
    said = accepted.copy()
    said[logged] = False
    return float((truth[said] <= truth[logged]).mean()) if said.any() else None


def _correlations(ranks: Floats, of: Floats) -> Floats:
    """(B,) Pearson correlations of each row of ranks (B, m) with `of` (m,); NaN where one is constant."""
    left = ranks - ranks.mean(axis=1, keepdims=True)
    right = of - of.mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        product = np.einsum("bm,m->b", left, right, optimize=False)
        return product / np.sqrt((left**2).sum(axis=1) * (right**2).sum())


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
