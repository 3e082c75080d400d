"""The best tree of at most two questions over the covariates (Athey & Wager 2021, searched exhaustively)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.numerics import one_blas_thread
from models.trials.trial_log import Floats, Ints

CUTS = 9
"""Thresholds tried per covariate: its deciles."""
MIN_LEAF = 0.05
"""Share of the rows that every leaf holds at least."""
BEYOND_NOISE = 2.0
"""Standard errors that a deeper tree must bring, by the rows that chose it."""
ROUNDING = 1e-9
"""Share of the sums below which a difference is none."""


@dataclass(frozen=True)
class PolicyTree:
    """A leaf that gives one arm, or a question with two trees below."""

    arm: int
    covariate: int | None = None
    threshold: float = 0.0
    low: "PolicyTree | None" = None
    """Where covariate <= threshold."""
    high: "PolicyTree | None" = None

    def arms(self, covariates: Floats) -> Ints:
        """(m,) the arm for each row (m, d)."""
        if self.covariate is None or self.low is None or self.high is None:
            return np.full(len(covariates), self.arm, np.int64)
        low = covariates[:, self.covariate] <= self.threshold
        return np.where(low, self.low.arms(covariates), self.high.arms(covariates))


def fit_policy_tree(scores: Floats, covariates: Floats) -> PolicyTree:
    """The shallowest tree that a deeper one does not beat beyond BEYOND_NOISE: no question is asked that
    brings nothing. scores (n, A), covariates (n, d)."""
    rows = np.arange(len(scores))
    chosen, *deeper = best_trees(scores, covariates)
    for tree in deeper:
        gain = scores[rows, tree.arms(covariates)] - scores[rows, chosen.arms(covariates)]
        if gain.sum() > BEYOND_NOISE * np.sqrt((gain**2).sum()):
            chosen = tree
    return chosen


def best_trees(scores: Floats, covariates: Floats) -> tuple[PolicyTree, ...]:
    """The trees of depth at most 0, 1 and 2 with the largest sum of scores (n, A) over covariates (n, d); the
    first alone where nothing can be asked. Of equal trees the first in the covariates' order."""
    total = scores.sum(axis=0)  # (A,)
    questions = possible_questions(covariates)
    if not questions:
        return (PolicyTree(int(total.argmax())),)
    below = np.stack([covariates[:, c] <= t for c, t in questions], axis=1).astype(np.float64)  # (n, Q)
    least = MIN_LEAF * len(scores)
    with one_blas_thread():
        together = below.T @ below  # (Q, Q) rows below both thresholds
        sums = np.stack([(below * s[:, None]).T @ below for s in scores.T])  # (A, Q, Q) of their scores
    alone = np.einsum("aqq->aq", sums)  # (A, Q)
    rows = np.diag(together)
    low = _best_halves(sums, alone[:, :, None] - sums, together, rows[:, None] - together, least)
    high = _best_halves(
        alone[:, None, :] - sums,
        (total[:, None] - alone)[:, :, None] - (alone[:, None, :] - sums),
        rows[None, :] - together,
        (len(scores) - rows)[:, None] - (rows[None, :] - together),
        least,
    )
    large = (rows >= least) & (len(scores) - rows >= least)

    def grown(low: Floats, high: Floats) -> PolicyTree:
        """low, high (Q, Q): what a side of a root brings with one more question; -inf: it may not ask."""
        worth_low = np.maximum(alone.max(axis=0), low.max(axis=1))
        worth_high = np.maximum((total[:, None] - alone).max(axis=0), high.max(axis=1))
        root = int(np.where(large, worth_low + worth_high, -np.inf).argmax())
        inside = below[:, root] > 0
        sides = side(inside, low[root]), side(~inside, high[root])
        return PolicyTree(int(total.argmax()), *questions[root], *sides)

    def side(mine: NDArray[np.bool_], gains: Floats) -> PolicyTree:
        inside, at = scores[mine], int(gains.argmax())
        arm = int(inside.sum(axis=0).argmax())
        if not gains[at] > inside.sum(axis=0).max() + ROUNDING * np.abs(total).max():
            return PolicyTree(arm)
        yes = below[mine, at] > 0
        leaves = [PolicyTree(int(inside[part].sum(axis=0).argmax())) for part in (yes, ~yes)]
        return PolicyTree(arm, *questions[at], *leaves)

    if not large.any():
        return (PolicyTree(int(total.argmax())),)
    nothing = np.full_like(together, -np.inf)
    return PolicyTree(int(total.argmax())), grown(nothing, nothing), grown(low, high)


def possible_questions(covariates: Floats) -> list[tuple[int, float]]:
    """(covariate, threshold) of every question that parts the rows."""
    found = []
    for c in range(covariates.shape[1]):
        column = covariates[:, c]
        values = np.unique(column)
        cuts = np.quantile(column, np.linspace(0, 1, CUTS + 2)[1:-1], method="lower")
        if len(values) <= CUTS + 1:
            cuts = values[:-1]
        found += [(c, float(t)) for t in np.unique(cuts) if t < values[-1]]
    return found


def _best_halves(below: Floats, above: Floats, n_below: Floats, n_above: Floats, least: float) -> Floats:
    """(Q, Q) the best sum of two leaves, (A, Q, Q) each; -inf where one of them holds too few rows."""
    large = (n_below >= least) & (n_above >= least)
    return np.where(large, below.max(axis=0) + above.max(axis=0), -np.inf)
