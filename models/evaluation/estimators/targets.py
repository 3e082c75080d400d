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


@dataclass(frozen=True)
class TargetByFold:
    """Of a policy that learnt by folds; n rows, A actions, F folds of entities."""

    own: Probabilities  # (n, A) what is done in each row: by the policy of the row's fold
    of_fold: Probabilities  # (F, n, A) what the policy of each fold would do in every row


Target = Probabilities | TargetByFold
"""(n, A), or the same by folds."""


def own(target: Target) -> Probabilities:
    """(n, A) what is done in each row."""
    return target.own if isinstance(target, TargetByFold) else target


def left_out(target: Target, fold: int, folds: int) -> Probabilities:
    """(n, A) the policy that the nuisances of one of so many folds are fitted for.

    An evaluation of more folds than the policy has splits these up, both being dealt by one hash: as long as
    it has a multiple of them. Otherwise entities of one fold have several policies, and every row its own.
    """
    if not isinstance(target, TargetByFold) or folds % len(target.of_fold):
        return own(target)
    policy: Probabilities = target.of_fold[fold * len(target.of_fold) // folds]
    return policy
