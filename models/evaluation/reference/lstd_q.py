"""LSTD-Q: the stationary Q of a policy in closed form, for endless journeys that the log cuts off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.fitted_q import FEATURE_RANGE, QValues
from models.mdp import Journeys, fold_of
from models.numerics import one_blas_thread

Floats = NDArray[np.float64]
CHUNK_ROWS = 1 << 13
"""Rows per matrix product: (rows, A p) stays in the cache, and the order of summation is fixed."""
SHARED_RIDGE = 1e-3
"""Of the ridge: what all actions share is hardly shrunk, what sets one action apart is."""
FREE_INTERCEPT = 1e-5
"""Of the ridge: the shared intercept is not shrunk at all, but for rounding."""


@dataclass(frozen=True)
class StationaryQ(QValues):
    """Q that does not depend on the time left."""

    coefficients: Floats  # (F, A, p, b) per fold left out and action; intercept first


class LstdQ:
    """Q(s, a) = x(s)' (theta + delta_a): the fixed point of the projected Bellman equation.

    sum phi(s,a) [phi(s,a) - g sum_a' pi(a'|s') phi(s',a')]' beta + ridge beta = sum phi(s,a) r

    (Lagoudakis & Parr 2003, LSTDQ), phi(s,a) = (x(s); x(s) in the block of a). V after a journey that really
    ended is 0; a journey that the log cut has a last transition without a next state, which is left out of
    the equations and of nothing else. Cross-fitted by entity.

    Against `fitted_q`: it shares one Q among all days, so it needs far fewer rows, and it values what comes
    after the window too: the policy stays in force for ever. gamma = 1 is allowed where journeys end by
    themselves. Wrong where Q is not linear in the features or depends on the calendar; and off policy the
    projection weights states as the log does, so that an ill-fitting Q may be far off without a sign of it.
    With gamma near 1 the left side shrinks like 1 - gamma: the same ridge then shrinks Q more.
    """

    def __init__(
        self,
        journeys: Journeys,
        values: Floats,
        *,
        folds: int,
        ridge: float,
        discount: Floats | None = None,
        cut: NDArray[np.bool_] | None = None,
    ) -> None:
        """values (n, b): outcomes booked at each row. discount (n,): cumulative from the journey's start,
        default 1. cut (J,): journeys that went on after the log's last row; default: none did."""
        n, n_actions = len(journeys.action), len(journeys.actions)
        self._journeys, self._folds, self._ridge = journeys, folds, ridge
        self._fold = fold_of(journeys.cluster_key, folds)[journeys.cluster]
        is_last = np.append(np.diff(journeys.journey) != 0, True)
        known = np.ones(n, bool) if cut is None else ~(is_last & cut[journeys.journey])
        self._ahead = np.zeros(n)  # discount to the next row; 0 where the journey ended
        self._ahead[:-1] = ~is_last[:-1]
        if discount is not None:
            self._ahead[:-1] *= np.divide(
                discount[1:], discount[:-1], out=np.zeros(n - 1), where=discount[:-1] > 0
            )
        cell = self._fold * n_actions + journeys.action
        order = np.argsort(cell, kind="stable")
        order = order[known[order]]
        ends = np.cumsum(np.bincount(cell[order], minlength=folds * n_actions))
        self._rows = np.split(order, ends[:-1])  # per (fold, action): the rows of its equations
        with one_blas_thread():
            self._gram, self._cross = self._moments(values)

    def fit(self, target: Floats) -> StationaryQ:
        """Q of a policy (n, A), rows as in the journeys."""
        j, b = self._journeys, self._cross.shape[-1]
        n, n_actions = target.shape
        p = self._gram.shape[-1]
        v, q = np.empty((n, b)), np.empty((n, b))
        coefficients = np.empty((self._folds, n_actions, p, b))
        with one_blas_thread():
            system = self._gram_of_actions() - self._successors(target)  # (F, A p, A p)
            for fold in range(self._folds):
                others = [f for f in range(self._folds) if f != fold]
                beta = self._solve(system[others].sum(axis=0), self._cross[others].sum(axis=0))
                coefficients[fold] = beta
                wide = np.ascontiguousarray(beta.transpose(1, 0, 2)).reshape(p, -1)
                mine = np.flatnonzero(self._fold == fold)
                for start in range(0, len(mine), CHUNK_ROWS):
                    rows = mine[start : start + CHUNK_ROWS]
                    values = (self._x(rows) @ wide).reshape(-1, n_actions, b)
                    v[rows] = np.einsum("na,nab->nb", target[rows], values, optimize=False)
                    q[rows] = values[np.arange(len(rows)), j.action[rows]]
        return StationaryQ(v, q, coefficients)

    def _x(self, rows: NDArray[np.int64]) -> Floats:
        """(m, p) intercept and features."""
        x = np.empty((len(rows), self._journeys.features.shape[1] + 1))
        x[:, 0] = 1.0
        np.clip(self._journeys.features[rows], -FEATURE_RANGE, FEATURE_RANGE, out=x[:, 1:])
        return x

    def _moments(self, values: Floats) -> tuple[Floats, Floats]:
        """X'X (F, A, p, p) and X'r (F, A p, b) over the rows whose next state is known."""
        p, n_actions = self._journeys.features.shape[1] + 1, len(self._journeys.actions)
        gram = np.zeros((len(self._rows), p, p))
        cross = np.zeros((len(self._rows), p, values.shape[1]))
        for cell, rows in enumerate(self._rows):
            for start in range(0, len(rows), CHUNK_ROWS):
                some = rows[start : start + CHUNK_ROWS]
                x = self._x(some)
                gram[cell] += x.T @ x
                cross[cell] += x.T @ values[some]
        shape = (self._folds, n_actions)
        return gram.reshape(*shape, p, p), cross.reshape(self._folds, n_actions * p, -1)

    def _gram_of_actions(self) -> Floats:
        """(F, A p, A p) with the Gram matrix of each action on the diagonal."""
        folds, n_actions, p = self._gram.shape[:3]
        out = np.zeros((folds, n_actions, p, n_actions, p))
        for a in range(n_actions):
            out[:, a, :, a] = self._gram[:, a]
        return out.reshape(folds, n_actions * p, n_actions * p)

    def _successors(self, target: Floats) -> Floats:
        """(F, A p, A p) sum of x(s) (g pi(a'|s') x(s'))' by logged action a and next action a'."""
        folds, n_actions, p = self._gram.shape[:3]
        out = np.zeros((folds * n_actions, p, n_actions * p))
        for cell, rows in enumerate(self._rows):
            rows = rows[self._ahead[rows] > 0]
            for start in range(0, len(rows), CHUNK_ROWS):
                some = rows[start : start + CHUNK_ROWS]
                share = target[some + 1] * self._ahead[some, None]
                ahead = self._x(some + 1)
                wide = (share[:, :, None] * ahead[:, None, :]).reshape(len(some), -1)
                out[cell] += self._x(some).T @ wide
        return out.reshape(folds, n_actions * p, n_actions * p)

    def _solve(self, system: Floats, cross: Floats) -> Floats:
        """(A, p, b) from the equations of the actions' own blocks: theta shared, delta_a penalised."""
        n_actions, p = self._gram.shape[1:3]
        spread = np.vstack([np.tile(np.eye(p), n_actions), np.eye(n_actions * p)])  # phi from blocks
        penalty = np.full(len(spread), self._ridge)
        penalty[:p] *= SHARED_RIDGE
        penalty[0] = self._ridge * FREE_INTERCEPT
        theta = np.linalg.solve(spread @ system @ spread.T + np.diag(penalty), spread @ cross)
        return (spread.T @ theta).reshape(n_actions, p, -1)


def cut_by_window(journeys: Journeys) -> NDArray[np.bool_]:
    """(J,) journeys whose last decision is on the window's last day: a timeout, not a terminal.

    Where the entity left on that very day too, nobody can tell; its last transition is left out as well,
    for all alike, which selects on nothing. Without a calendar no journey counts as cut.
    """
    if journeys.days_left is None:
        return np.zeros(journeys.n_journeys, bool)
    is_last = np.append(np.diff(journeys.journey) != 0, True)
    return journeys.days_left[is_last] == journeys.days_left.min()


def initial_values(journeys: Journeys, fitted: QValues) -> Floats:
    """(C, b) V at the first decision of every journey, summed by cluster: contributions of the model alone.

    Their spread is not the estimate's uncertainty.
    """
    first = np.where((journeys.t == 0)[:, None], fitted.v, 0.0)
    starts = np.searchsorted(journeys.cluster, np.arange(journeys.n_clusters))
    return np.add.reduceat(first, starts, axis=0)
