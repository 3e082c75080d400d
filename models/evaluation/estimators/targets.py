"""What an evaluation asks of a policy: its probabilities in every row; by fold where it learnt by folds.

A policy that learnt from entities is another one for the entities of each fold (`models.agents.folds`). What
is said of fold k is then said of pi_k: the rows of all other folds, on which the nuisances of k are fitted,
have to be taken as if pi_k acted there too. Were they taken as their own folds' policies act, Q and rho would
be those of another policy than the one they correct; for bold policies that disagree, that is no small error
(a DQN of the demo: 893 of 3,777). That pi_k has seen those rows is no matter: to fold k it is a policy like
any other, known before.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Probabilities = NDArray[np.floating]
"""Of actions: two of them in every row of a night are large arrays, for which seven digits will do."""


Rows = slice | NDArray[np.int64]


@dataclass(frozen=True)
class TargetByFold:
    """Of a policy that learnt by folds; n rows, A actions, F folds of entities."""

    of_fold: Probabilities  # (F, n, A) what the policy of each fold would do in every row
    fold: NDArray[np.integer]  # (n,) whose policy acts there

    def own(self, rows: Rows) -> Probabilities:
        """(m, A) what is done in some rows."""
        found, fold = _some(self.of_fold[0], rows).copy(), self.fold[rows]
        for f in range(1, len(self.of_fold)):
            np.copyto(found, _some(self.of_fold[f], rows), where=(fold == f)[:, None])
        return found


Target = Probabilities | TargetByFold
"""(n, A), or the same by folds."""
EVERY = slice(None)


def own(target: Target, rows: Rows = EVERY) -> Probabilities:
    """(m, A) what is done in some rows, or in all: by the policy of the row's fold."""
    return target.own(rows) if isinstance(target, TargetByFold) else _some(target, rows)


def _some(probabilities: Probabilities, rows: Rows) -> Probabilities:
    if isinstance(rows, slice):
        return probabilities[rows]
    return np.take(probabilities, rows, axis=0)  # five times as fast as by an index


def left_out(target: Target, fold: int, folds: int) -> Probabilities:
    """(n, A) the policy that the nuisances of one of so many folds are fitted for.

    An evaluation of more folds than the policy has splits these up, both being dealt by one hash: as long as
    it has a multiple of them. Otherwise entities of one fold have several policies, and every row its own.
    """
    if not isinstance(target, TargetByFold) or folds % len(target.of_fold):
        return own(target)
    policy: Probabilities = target.of_fold[fold * len(target.of_fold) // folds]
    return policy
