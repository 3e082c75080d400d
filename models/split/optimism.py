"""By how much the best of many plans flatters itself, told by folds of entities.

    optimism = gain(m; all) - sum_f gain_f(m_f; f),

m the plan that is best by all entities, m_f by those of the other folds, gain_f what fold f alone says: the
second sum flatters nobody, since no fold values a plan that it picked. A plan picked from fewer entities is
worth no more than m (profit is nearly concave in a plan), so that what is left is, if anything, too little.
By the local model, so that no fold costs an evaluation. Assumption: the model bends as today's delivery does;
curvature is a total over entities, and shared out over folds by their numbers.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.mdp import fold_of
from models.split.goals import Weights
from models.split.local_model import LocalModel
from models.split.program import value_of

Floats = NDArray[np.float64]
FOLDS = 5
FOLD_SALT = 0x5EED_0F01


def optimism(
    model: LocalModel,
    weights: Weights,
    cluster_key: NDArray[np.int64],
    best: Callable[[LocalModel], Floats],
) -> float:
    """Currency units per period. best: the multipliers (K,) of the plan that is best by a model.

    As noisy as the estimate itself, so below 0 at times: cut off there, it would be too large on average.
    """
    fold = fold_of(cluster_key, FOLDS, FOLD_SALT)  # (C,)
    if np.bincount(fold, minlength=FOLDS).min() < 2:
        return 0.0

    def gain(some: LocalModel, multipliers: Floats) -> float:
        today = np.zeros(1 + len(multipliers))
        return value_of(some, weights, today).bound(multipliers - model.point, 0.0)[0]

    honest = 0.0
    for f in range(FOLDS):
        inside = fold == f
        honest += float(inside.mean()) * gain(_of(model, inside), best(_of(model, ~inside)))
    return gain(model, best(model)) - honest


def _of(model: LocalModel, some: NDArray[np.bool_]) -> LocalModel:
    """The model by some of the clusters (C,), as totals over all."""
    factor = len(some) / int(some.sum())
    return replace(model, columns=factor * model.columns[:, some], today=factor * model.today[:, some])
