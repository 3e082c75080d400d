"""What cells still miss: boosted trees, where they predict held-out people better.

How a budget reaches people is no factor of the odds. An ample one reaches nearly all, whomever a platform
likes; a tight one those it likes best; and which channel takes a person first changes from day to day. Such
products of a day's level, a person's traits and what else the day offers are too many for cells. So for every
action k but the first, trees (Friedman 2001) tell how likely k was done where it was k or the first,

    p'(k|s) ~ p(k|s) o_k(s) / (p(k|s) / p(0|s)),    o_k = P(k) / P(0) by trees of p(k) / p(0), the day's level
                                                    of k, k and s                        (Begg & Gray 1984)

and p'(0|s) ~ p(0|s). Where the first action is not possible p stays. Learnt from other entities than those
it predicts; what these did reaches it by way of the others' cells alone, one in hundreds or thousands.
Assumption and when it is wrong: as of `delivery_cells`.

In null twins of simulated shops (84 changes of one channel's budget, halved or half as much again), intervals
of the change in margin held its truth, 0, in 89 % without trees, in 98 % by the shops' own probabilities.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.tree import DecisionTreeRegressor
from threadpoolctl import threadpool_limits

from models.behaviour.groupings import finite
from models.numerics import row_sums

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

MOST_TREES, LEAVES, LEAF_PAIRS, SHRINKAGE = 300, 15, 500, 0.05
HELD_BACK, NO_BETTER = 0.2, 10
"""No more trees are grown once so many in turn tell a share of the pairs no better: where little is missed
many of them cost more than they find."""
ASKED_PAIRS, MAX_PAIRS = 100_000, 300_000
"""Pairs of a row and an action that trees learn from: to see whether there is anything, and then."""
LEAST_PAIRS = 10 * LEAF_PAIRS
ASKED_ROWS, ASKED_LEAVES, ASKED_LEAF_ROWS = 60_000, 64, 300
"""The state's columns that trees see are those that one tree on what is missed parts these rows by."""
WIDEST = 1e-6
"""Probabilities are read no nearer to 0 and 1."""
ROWS_AT_A_TIME = 1 << 17


@dataclass(frozen=True)
class Seen:
    """C rows with a choice, as trees see them."""

    features: NDArray[np.float32]  # (N, d) of the whole table
    rows: Codes  # (C,) of it
    eligible: Bools  # (C, A)
    p: Floats  # (C, A) of the model so far, by other entities
    level: Floats  # (days, A) its mean over the rows of each day where the action was eligible
    day: Codes  # (C,)
    standing: NDArray[np.uint8] | None  # (C, A - 1)
    columns: Codes  # (k,) of the state

    def pairs(self, some: Codes) -> tuple[Codes, Codes]:
        """Rows (m,) among `some` and actions (m,) that were possible beside the first."""
        at, action = np.nonzero(self.eligible[some, 1:] & self.eligible[some, :1])
        return some[at], action + 1

    def log_odds(self, row: Codes, action: Codes) -> Floats:
        """(m,) of an action against the first, by the model so far."""
        return np.log(np.maximum(self.p[row, action], WIDEST) / np.maximum(self.p[row, 0], WIDEST))

    def design(self, row: Codes, action: Codes) -> NDArray[np.float32]:
        """(m, q) of pairs."""
        state = finite(self.features[self.rows[row]][:, self.columns])
        parts = [
            self.log_odds(row, action),
            self.level[self.day[row], action],
            action,
            self.eligible[row],
            state,
        ]
        if self.standing is not None:
            parts.append(self.standing[row])
        return np.column_stack(parts).astype(np.float32)


def see(
    state: tuple[NDArray[np.float32], Codes],
    eligible: Bools,
    p: Floats,
    day: NDArray[np.integer],
    standing: NDArray[np.uint8] | None,
    missed: tuple[Codes, Floats],
) -> Seen:
    """state: the table's (N, d), and which of its rows these are (C,). missed: rows (m,) of C and (m, A)
    what was done less p: what the columns are looked for by."""
    features, rows = state
    since = (day - day.min()).astype(np.int64)
    total = np.column_stack([np.bincount(since, weights=column) for column in p.T])
    met = np.column_stack([np.bincount(since, weights=column) for column in eligible.T])
    level = total / np.maximum(met, 1)
    return Seen(features, rows, eligible, p, level, since, standing, _columns(features, rows, *missed))


def _columns(features: NDArray[np.float32], rows: Codes, some: Codes, missed: Floats) -> Codes:
    some, missed = some[:: max(len(some) // ASKED_ROWS, 1)], missed[:: max(len(missed) // ASKED_ROWS, 1)]
    if len(some) < 2 * ASKED_LEAF_ROWS or not missed.any():
        return np.empty(0, np.int64)
    tree = DecisionTreeRegressor(
        max_leaf_nodes=ASKED_LEAVES, min_samples_leaf=ASKED_LEAF_ROWS, random_state=0
    ).fit(finite(features[rows[some]]), missed)
    return np.flatnonzero(tree.feature_importances_ > 0)


@dataclass(frozen=True)
class Boosted:
    """Trees that were learnt from some of the rows."""

    trees: HistGradientBoostingClassifier

    def applied(self, seen: Seen, some: Codes) -> Floats:
        """(m, A) probabilities of some of the rows (m,)."""
        found = seen.p[some]
        for start in range(0, len(some), ROWS_AT_A_TIME):
            part = slice(start, start + ROWS_AT_A_TIME)
            row, action = seen.pairs(some[part])
            if not len(row):
                continue
            with threadpool_limits(1, user_api="openmp"):  # of this thread: folds are worked on side by side
                odds = self.trees.decision_function(seen.design(row, action))
            place = np.searchsorted(some, row)
            found[place, action] *= np.exp(odds - seen.log_odds(row, action))
        found /= row_sums(found)[:, None]
        return found


def boost(seen: Seen, taken: NDArray[np.integer], some: Codes, most: int = MAX_PAIRS) -> Boosted | None:
    """Learns from some of the rows (m,), ascending, of about so many pairs. taken (C,): what was done. None:
    too little was."""
    row, action = seen.pairs(some)
    told = (taken[row] == action) | (taken[row] == 0)
    row, action = row[told], action[told]
    step = max(len(row) // most, 1)
    row, action = row[::step], action[::step]
    done = taken[row] == action
    if len(row) < LEAST_PAIRS or done.all() or not done.any():
        return None
    trees = HistGradientBoostingClassifier(
        max_iter=MOST_TREES,
        learning_rate=SHRINKAGE,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAF_PAIRS,
        l2_regularization=1.0,
        early_stopping=True,
        validation_fraction=HELD_BACK,
        n_iter_no_change=NO_BETTER,
        random_state=0,
    )
    with threadpool_limits(1, user_api="openmp"):
        return Boosted(trees.fit(seen.design(row, action), done))
