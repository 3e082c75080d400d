"""How steady the split is: the optimiser solved again on resampled entities."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.mdp import mixed_hash
from models.numerics import one_blas_thread
from models.split.goals import Goal
from models.split.limits import Limits
from models.split.local_model import LocalModel
from models.split.program import Program, solve, split_program

Floats = NDArray[np.float64]

GROUPS = 200
GROUP_SALT = 0x5EED_0005


def group_of(cluster_key: NDArray[np.int64]) -> NDArray[np.int64]:
    """(C,) group 0..199 by a hash of the entity, so that resamples do not hang on row order."""
    return (mixed_hash(cluster_key, GROUP_SALT) % np.uint64(GROUPS)).astype(np.int64)


def budget_intervals(
    model: LocalModel,
    limits: Limits,
    z: float,
    calibration: float,
    plan: Floats,
    goal: Goal,
    *,
    doubt: float,
    cluster_key: NDArray[np.int64],
    resamples: int,
    level: float,
    seed: int,
) -> tuple[Floats, Floats]:
    """(K,), (K,) percentile interval of each optimal budget, to the cent, widened to hold `plan` itself.

    Groups of entities are drawn with replacement; slopes are recomputed, while covariance and
    curvature stay those of the full sample. Fewer than 20 resamples say nothing: the allowed range.
    """
    if resamples < 20 or not limits.free.any():
        low, high = np.minimum(limits.low, plan), np.maximum(limits.high, plan)
        return np.where(limits.free, low, plan), np.where(limits.free, high, plan)
    group = group_of(cluster_key)
    sums = np.zeros((GROUPS, *model.means().shape))  # (G, 3, 1 + K)
    np.add.at(sums, group, model.columns.transpose(1, 0, 2))
    present = np.unique(group)
    rng = np.random.Generator(np.random.PCG64(seed))
    program = split_program(model, limits, z, goal, calibration, doubt=doubt)
    plans = np.empty((resamples, len(plan)))
    with one_blas_thread():
        for b in range(resamples):
            plans[b] = solve(
                _resampled(program, sums[present], calibration, rng), starts=(plan,), thorough=False
            )
    low, high = np.quantile(plans, [(1 - level) / 2, (1 + level) / 2], axis=0)
    # to the cent: a solver's last digits are no budget
    low, high = (np.clip(np.round(edge, 2), limits.low, limits.high) for edge in (low, high))
    return np.minimum(low, plan), np.maximum(high, plan)


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
