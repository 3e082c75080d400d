"""Which facts tell entities apart by what arms do to them? A tree over effects, not over arms.

Every entity says of every arm what it would bring (`arm_scores`); less their mean over arms, and with their
covariance taken out, that is how it responds, r. What a question gains is how far it parts mean responses,

    gain = |sum of r, low|^2 / n_low + |sum of r, high|^2 / n_high - |sum of r|^2 / n,

a chi-square of A - 1 degrees of freedom where both sides respond alike: a causal tree (Athey & Imbens 2016)
of several arms. A question costs the gain that the best of all questions exceeds by chance in 5 of 100 tests
(Bonferroni), and is asked where it brings more with one more question on either side, if these bring more
than they cost: a fact that tells groups only together with another one is found. Assumes groups that
questions about single facts can tell apart; a boundary that runs askew becomes steps. Small groups, and those
that respond nearly alike, stay together.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import chi2

from models.numerics import one_blas_thread
from models.trials.policy_tree import possible_questions
from models.trials.trial_log import Floats, Ints

FALSE_ALARMS = 0.05
"""Chance that a question is asked where all respond alike."""
MOST_LEAVES = 12
MIN_LEAF = 0.05
"""Share of the entities that every leaf holds at least."""
FINE_CUTS = 49
"""Thresholds of a fact that the questions of the finished tree are tried at: its fiftieths."""


@dataclass(frozen=True)
class Split:
    """A question to one leaf: who is above the threshold leaves it for a new one, the next number."""

    leaf: int
    covariate: int
    threshold: float


@dataclass(frozen=True)
class EffectTree:
    """Questions in the order in which they were asked."""

    splits: tuple[Split, ...]

    @property
    def leaves(self) -> int:
        return len(self.splits) + 1

    def leaf_of(self, covariates: Floats) -> Ints:
        """(m,) the leaf of each row (m, d)."""
        leaf = np.zeros(len(covariates), np.int64)
        for k, split in enumerate(self.splits):
            leaf[(leaf == split.leaf) & (covariates[:, split.covariate] > split.threshold)] = k + 1
        return leaf


def fit_effect_tree(scores: Floats, covariates: Floats) -> EffectTree:
    """The tree of scores (n, A) over covariates (n, d) of n entities."""
    asked = possible_questions(covariates)
    if not asked or scores.shape[1] < 2:
        return EffectTree(())
    response = _responses(scores)
    cost = float(chi2.isf(FALSE_ALARMS / len(asked), scores.shape[1] - 1))
    below = np.stack([covariates[:, c] <= t for c, t in asked], axis=1).astype(np.float64)  # (n, Q)
    least = MIN_LEAF * len(response)
    leaf = np.zeros(len(response), np.int64)
    splits: list[Split] = []
    best = {0: _best_question(response, below, least, cost)}
    while len(splits) < MOST_LEAVES - 1:
        at = max(best, key=lambda k: best[k][0])
        gain, question = best[at]
        if gain <= 0:
            break
        splits.append(Split(at, *asked[question]))
        new = len(splits)
        leaf[(leaf == at) & (below[:, question] == 0)] = new
        for k in (at, new):
            best[k] = _best_question(response[leaf == k], below[leaf == k], least, cost)
    return _refined(EffectTree(tuple(splits)), response, covariates)


def _responses(scores: Floats) -> Floats:
    """(n, A) what arms do to an entity beyond their mean, uncorrelated and of variance 1 in the A - 1
    directions that are left."""
    centred = scores - scores.mean(axis=1, keepdims=True)
    with one_blas_thread():
        off = centred - centred.mean(axis=0)
        values, vectors = np.linalg.eigh(off.T @ off / len(scores))
        held = values > 1e-9 * max(float(values[-1]), 1e-300)
        root = vectors[:, held] / np.sqrt(values[held])
        return centred @ root


def _best_question(response: Floats, below: Floats, least: float, cost: float) -> tuple[float, int]:
    """(gain less cost, index) of the best question to some entities; 0 where none brings what it costs.
    response (n, r), below (n, Q)."""
    with one_blas_thread():
        both = below.T @ below  # (Q, Q) entities below both thresholds
        sums = np.stack([(below * r[:, None]).T @ below for r in response.T])  # (r, Q, Q) of their responses
    n, total = len(response), response.sum(axis=0)[:, None, None]
    rows, alone = np.diag(both), np.einsum("aqq->aq", sums)

    def worth(of: Floats, n_of: Floats) -> Floats:
        """What a leaf explains, (Q, ...); -inf where it holds too few."""
        return np.where(n_of >= least, (of**2).sum(axis=0) / np.maximum(n_of, 1.0), -np.inf)

    first, second = alone[:, :, None], alone[:, None, :]
    n_first, n_second = rows[:, None], rows[None, :]
    low = worth(sums, both) + worth(first - sums, n_first - both)
    high = worth(second - sums, n_second - both)
    high += worth(total - first - second + sums, n - n_first - n_second + both)
    one_low, one_high = worth(alone, rows), worth(total[:, 0] - alone, n - rows)
    value = np.maximum(one_low, low.max(axis=1) - cost) + np.maximum(one_high, high.max(axis=1) - cost)
    value = np.where(np.isfinite(one_low + one_high), value, -np.inf)
    at = int(value.argmax())
    gain = float(value[at] - (total**2).sum() / max(n, 1)) - cost
    return (gain, at) if gain > 0 else (0.0, 0)


def _refined(tree: EffectTree, response: Floats, covariates: Floats) -> EffectTree:
    """The same questions at the thresholds, one after the other, that explain most of all responses."""
    least = MIN_LEAF * len(response)
    for k, split in enumerate(tree.splits):
        best = -np.inf
        for threshold in _fine(covariates[:, split.covariate]):
            tried = (*tree.splits[:k], replace(split, threshold=float(threshold)), *tree.splits[k + 1 :])
            other = EffectTree(tried)
            leaf = other.leaf_of(covariates)
            rows = np.bincount(leaf, minlength=other.leaves)
            if rows.min() < least:
                continue
            sums = np.stack([np.bincount(leaf, r, other.leaves) for r in response.T])  # (r, leaves)
            worth = float(((sums**2).sum(axis=0) / rows).sum())
            if worth > best:
                best, tree = worth, other
    return tree


def _fine(column: Floats) -> Floats:
    """Thresholds that part the entities, ascending."""
    values = np.unique(column)
    if len(values) <= FINE_CUTS + 1:
        return values[:-1]
    found = np.unique(np.quantile(column, np.linspace(0, 1, FINE_CUTS + 2)[1:-1], method="lower"))
    return found[found < values[-1]]
