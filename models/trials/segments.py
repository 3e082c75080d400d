"""Which groups respond differently to the arms of a test, and how surely?

Half of the entities grow a tree over effects (`effect_tree`); its leaves are the segments. The other half,
which had no part in it, says what each arm does in each segment beyond the one it is held against,

    effect(g, a) = mean over rows of g of score(a) - score(against),

with intervals that hold for all segments and arms at once (max-t by grouped bootstrap), whether segments
differ at all, and what a rule by segment earns beyond one arm for all: both chosen by the half that grew the
tree, both judged by the other one (honest, Athey & Imbens 2016). Scores are right as long as the draw's
probabilities are (`arm_scores`). Wrong where one entity's arm changes what another does; silent about groups
that none of the facts tell, and a segment's effect is no cause of its facts: who ordered rarely may respond
for what goes with it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import chi2

from models.evaluation import BootstrapT
from models.mdp import fold_of
from models.numerics import is_flag
from models.results import ArmEffect, Interval, RespondingSegment, SegmentBound, SegmentsFound
from models.trials.arm_scores import DoublyRobustScores
from models.trials.effect_tree import EffectTree, fit_effect_tree
from models.trials.trial_log import Floats, Ints, TrialLog

HALF_SALT = 0x5EED_0073
MIN_PER_ARM = 200
"""With fewer entities of an arm in either half no segment is looked for."""


@dataclass(frozen=True)
class Segments(SegmentsFound):
    """What was found, and the tree that says whose it is."""

    tree: EffectTree
    names: tuple[str, ...]

    def of(self, covariates: Floats) -> Ints:
        """(m,) index of the segment of each row (m, d), facts in the order of `names`."""
        return self.tree.leaf_of(covariates)


def find_segments(log: TrialLog, *, level: float = 0.95, seed: int = 0) -> Segments | None:
    """The groups of a test; None without facts or with too few entities for an arm."""
    grows = fold_of(log.entity, 2, HALF_SALT) == 0 if log.n else np.zeros(0, bool)
    if not log.n or not log.names or not grows.any() or grows.all():
        return None
    growing, honest = log.of(grows), log.of(~grows)
    if min(growing.entities_of_arms.min(), honest.entities_of_arms.min()) < MIN_PER_ARM:
        return None
    taught = DoublyRobustScores().own(growing)
    by_entity = np.stack([np.bincount(growing.cluster, column) for column in taught.T], axis=1)
    tree = fit_effect_tree(
        by_entity / np.bincount(growing.cluster)[:, None], growing.covariates[growing.first]
    )
    leaf = tree.leaf_of(growing.covariates)
    arms = np.array([taught[leaf == g].sum(axis=0).argmax() for g in range(tree.leaves)], np.int64)
    for_all = int(taught.sum(axis=0).argmax())
    scores, mine = DoublyRobustScores().taught(honest, growing), tree.leaf_of(honest.covariates)
    against = 0 if log.idle is None else log.idle
    others = [a for a in range(len(log.arms)) if a != against]
    responses = [scores[:, a] - scores[:, against] for a in others]
    told = [_Mean.of(honest, r, mine == g) for g in range(tree.leaves) for r in responses]
    reach = _reach_of_all(honest, told, level, seed)
    intervals = [[one.interval(reach, level) for one in told[k :: len(others)]] for k in range(len(others))]
    at = np.arange(honest.n)
    gain = _Mean.of(honest, scores[at, arms[mine]] - scores[:, for_all], np.ones(honest.n, bool))
    members = np.bincount(tree.leaf_of(log.covariates[log.first]), minlength=tree.leaves)
    return Segments(
        against=log.arms[against],
        segments=tuple(
            RespondingSegment(
                _bounds(tree, g, log),
                int(members[g]),
                log.arms[arms[g]],
                tuple(ArmEffect(log.arms[a], intervals[k][g]) for k, a in enumerate(others)),
            )
            for g in range(tree.leaves)
        ),
        differ=min(1.0, len(others) * min(_alike(told[k :: len(others)]) for k in range(len(others)))),
        for_all=log.arms[for_all],
        gain=gain.interval(float(ndtri(0.5 + level / 2)), level),
        tree=tree,
        names=log.names,
    )


@dataclass(frozen=True)
class _Mean:
    """A mean over some rows, and what each entity adds to its error."""

    estimate: float
    errors: Floats  # (C,)

    @classmethod
    def of(cls, log: TrialLog, values: Floats, rows: NDArray[np.bool_]) -> "_Mean":
        """Of values (n,) over rows (n,)."""
        n = max(int(rows.sum()), 1)
        estimate = float(values[rows].sum() / n)
        off = np.where(rows, values - estimate, 0.0) / n
        return cls(estimate, np.bincount(log.cluster, off, log.n_entities).astype(np.float64))

    @property
    def standard_error(self) -> float:
        return float(np.sqrt((self.errors**2).sum()))

    def interval(self, reach: float, level: float) -> Interval:
        """reach: in standard errors."""
        off = reach * self.standard_error
        return Interval(self.estimate, self.estimate - off, self.estimate + off, level)


def _reach_of_all(log: TrialLog, told: list[_Mean], level: float, seed: int) -> float:
    """Standard errors within which all means lie at once: the quantile of the largest |t| over resamples."""
    drawn = BootstrapT(log.keys, seed=seed).studentised(np.column_stack([one.errors for one in told]))
    largest = np.nanmax(np.abs(np.where(np.isfinite(drawn), drawn, 0.0)), axis=1)
    return float(np.quantile(largest, level))


def _alike(effects: list[_Mean]) -> float:
    """p-value that means of apart segments are one (chi-square of their distances from the weighted mean)."""
    values = np.array([one.estimate for one in effects])
    errors = np.array([one.standard_error for one in effects])
    if len(values) < 2 or not (errors > 0).all():
        return 1.0
    weight = 1.0 / errors**2
    centre = (weight @ values) / weight.sum()
    return float(chi2.sf(weight @ (values - centre) ** 2, len(values) - 1))


def _bounds(tree: EffectTree, leaf: int, log: TrialLog) -> tuple[SegmentBound, ...]:
    """What the way to a leaf asks, the tightest bounds of each fact."""
    bounds: dict[int, tuple[float, float]] = {}
    at = leaf
    for k in range(len(tree.splits) - 1, -1, -1):  # back to the root: a leaf is born where it was parted
        split = tree.splits[k]
        low, high = bounds.get(split.covariate, (-np.inf, np.inf))
        if at == k + 1:
            bounds[split.covariate] = (max(low, split.threshold), high)
            at = split.leaf
        elif at == split.leaf:
            bounds[split.covariate] = (low, min(high, split.threshold))
    return tuple(
        SegmentBound(log.names[c], *bounds[c], is_flag=is_flag(log.covariates[:, c])) for c in sorted(bounds)
    )
