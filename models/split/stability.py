"""How steady the split is, and how far its estimate flatters it: the optimiser on resampled entities.

The best of many plans is picked for its luck as well. By how much its estimate flatters is told by picking
again where the truth is known: in resamples, whose truth is the log itself (Efron 1983, Estimating the error
rate of a prediction rule),

    optimism = mean over resamples b of [gain(m_b; b) - gain(m_b; log)],

m_b the plan that is best by resample b. Folds of entities, each valuing what the others picked, tell the same
with as little bias and more noise: in worlds of 3 and 6 Gaussian slopes the estimate is then off by 1.3 to 2
standard errors, and so by 1.0 to 1.2. Where no plan gains anything both leave some flattery, resamples .4 of
a standard error and folds .1.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.mdp import mixed_hash
from models.numerics import one_blas_thread
from models.split.local_model import LocalModel
from models.split.program import Program, solve

Floats = NDArray[np.float64]

GROUPS = 200
GROUP_SALT = 0x5EED_0005
FEWEST = 20


@dataclass(frozen=True)
class Draws:
    """What is resampled, and how often."""

    cluster_key: NDArray[np.int64]  # (C,)
    resamples: int
    level: float
    seed: int


def group_of(cluster_key: NDArray[np.int64]) -> NDArray[np.int64]:
    """(C,) group 0..199 by a hash of the entity, so that resamples do not hang on row order."""
    return (mixed_hash(cluster_key, GROUP_SALT) % np.uint64(GROUPS)).astype(np.int64)


@dataclass(frozen=True)
class Steadiness:
    """Of the plan that is best by a model."""

    low: Floats
    high: Floats
    """(K,) percentile interval of each optimal budget, to the cent, widened to hold the plan itself."""
    optimism: float
    """Currency units per period by which its estimated gain flatters itself."""


def steadiness(
    program: Program, model: LocalModel, plan: Floats, *, calibration: float, draws: Draws
) -> Steadiness:
    """Of a plan (K,), near the optimum of a program around a model.

    Groups of entities are drawn with replacement; slopes are recomputed, while covariance and
    curvature stay those of the full sample. Fewer than 20 resamples say nothing: the allowed range.
    """
    limits = program.limits
    if draws.resamples < FEWEST or not limits.free.any():
        low, high = np.minimum(limits.low, plan), np.maximum(limits.high, plan)
        return Steadiness(np.where(limits.free, low, plan), np.where(limits.free, high, plan), 0.0)
    group = group_of(draws.cluster_key)
    sums = np.zeros((GROUPS, *model.means().shape))  # (G, 3, 1 + K)
    np.add.at(sums, group, model.columns.transpose(1, 0, 2))
    present = np.unique(group)
    rng = np.random.Generator(np.random.PCG64(draws.seed))
    plans, flattery = np.empty((draws.resamples, len(plan))), np.empty(draws.resamples)
    with one_blas_thread():
        for b in range(draws.resamples):
            again = _resampled(program, sums[present], calibration, rng)
            plans[b] = solve(again, starts=(plan,), thorough=False)
            dx = limits.multipliers(plans[b]) - program.point
            flattery[b] = again.value.bound(dx, 0.0)[0] - program.value.bound(dx, 0.0)[0]
    tail = (1 - draws.level) / 2
    # to the cent: a solver's last digits are no budget
    low, high = (
        np.clip(np.round(edge, 2), limits.low, limits.high)
        for edge in np.quantile(plans, [tail, 1 - tail], axis=0)
    )
    return Steadiness(np.minimum(low, plan), np.maximum(high, plan), float(flattery.mean()))


def _resampled(program: Program, sums: Floats, calibration: float, rng: np.random.Generator) -> Program:
    """The program with slopes from groups drawn with replacement; sums (G, 3, 1 + K). A target's own level
    stays that of the full sample: its doubt is in the bound already."""
    groups = len(sums)
    drawn = rng.multinomial(groups, np.full(groups, 1 / groups)).astype(np.float64)
    means = np.einsum("g,gjk->jk", drawn, sums, optimize=False)
    value = np.einsum("q,qk->k", np.array(program.goal.weights), means, optimize=False)
    return replace(
        program,
        value=replace(program.value, mean=value),
        spend=replace(program.spend, mean=calibration * means[1]),
    )
