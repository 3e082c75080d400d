"""Fitted Q evaluation over a finite horizon, linear and in closed form, for all outcomes at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.regression_cells import slot_rows
from models.evaluation.estimators.shrinkage import BackwardFit, Factors, Ridges, choose_ridges, factorise
from models.evaluation.estimators.targets import Target, TargetByFold, left_out
from models.mdp import Features, Journeys, fold_of
from models.numerics import gram, one_blas_thread, products, rows_with_several, side_by_side

Floats = NDArray[np.float64]
Design = NDArray[np.floating]
"""In the precision of the journeys' features."""
CHUNK_ROWS = 1 << 15
"""Rows whose Q is held at a time, (rows, A, b)."""
PARALLEL_ROWS = 20_000
"""From so many rows on, folds are fitted side by side."""
FEATURE_RANGE = 6.0
"""Standardised features are cut off at this many standard deviations: a linear Q extrapolates badly."""


@dataclass(frozen=True)
class QValues:
    """Q and V of one policy, each row valued by a model that did not see its entity. b outcomes."""

    v: Design  # (n, b) V_t(s_t) = sum_a pi(a|s_t) Q_t(s_t, a)
    q: Design  # (n, b) Q_t(s_t, a_t) of the logged action


@dataclass(frozen=True)
class FittedQ(QValues):
    """The same with the regressions behind it."""

    coefficients: Floats  # (F, U, A, p, b) per fold left out, slot and action; intercept first


class FittedQEvaluation:
    """Q_t(s, a) = x(s)' beta_{t,a}, backwards in t by least squares on y_t = r_t + g V_{t+1}(s_{t+1}).

    V(s) = sum_a pi(a|s) Q(s, a); V after a journey's last row is 0, and g is the discount to the next row.
    This is LSTD-Q (Lagoudakis & Parr 2003) unrolled over the horizon. Cross-fitted: each fold of entities is
    valued by a model trained on the others. Everything that does not depend on the policy is factorised here,
    once; a policy then costs a few passes over the rows.
    Rows are as precise as the journeys' features (a night's are float32), sums over them float64.
    Wrong where Q is not linear in the features, or where pi leaves the data: it extrapolates silently.
    """

    def __init__(
        self, journeys: Journeys, values: Floats, *, folds: int, ridge: float, discount: Floats | None = None
    ) -> None:
        """values (n, b): outcomes booked at each row. discount (n,): cumulative from the journey's start."""
        n, p = len(journeys.action), journeys.features.shape[1] + 1
        self.folds, self.n_actions, self.n_outcomes = folds, len(journeys.actions), values.shape[1]
        self.fold = fold_of(journeys.cluster_key, folds).astype(np.int8)[journeys.cluster]  # (n,) by row
        self.slots, self._sites = slot_rows(journeys, self.fold, folds), journeys.sites
        order = self.slots.order
        self.x: Design = np.empty((n, p), journeys.features.dtype)  # by position, as all arrays below
        self.x[:, 0] = 1.0
        for start in range(0, n, CHUNK_ROWS):
            rows = journeys.features[order[start : start + CHUNK_ROWS]]
            np.clip(rows, -FEATURE_RANGE, FEATURE_RANGE, out=self.x[start : start + CHUNK_ROWS, 1:])
        self._choice = rows_with_several(journeys.eligible[order])
        self._action = journeys.action[order]
        self._r = np.take(values.astype(self.x.dtype), order, axis=0)
        known = None if journeys.stands_for is None else journeys.stands_for[order] > 0
        self._known = None if known is None or known.all() else known
        self._g = None if discount is None else _next_discount(discount[order], self.slots.following)
        with one_blas_thread():
            self._factors, self._ridges = self._factorise(ridge)

    def fit(self, target: Target) -> FittedQ:
        """Q of a policy (n, A), rows as in the journeys; each fold's of the policy that acts there."""
        n, b = self._r.shape
        p = self.x.shape[1]
        v, q = np.empty((n, b), self.x.dtype), np.empty((n, b), self.x.dtype)
        coefficients = np.empty((self.folds, self.slots.n_slots, self.n_actions, p, b))

        def in_order(policy: Design) -> Design:
            return np.take(policy.astype(self.x.dtype, copy=False), self.slots.order, axis=0)

        shared = None if isinstance(target, TargetByFold) else in_order(target)

        def fit_fold(fold: int) -> None:
            pi = in_order(left_out(target, fold, self.folds)) if shared is None else shared
            self._fit_fold(fold, pi, v, q, coefficients[fold])

        # sites ask for their sums in one order
        one_by_one = n < PARALLEL_ROWS or self._sites.several
        side_by_side(fit_fold, range(self.folds), workers=1 if one_by_one else None)
        return FittedQ(v, q, coefficients)

    def _fit_fold(self, fold: int, pi: Design, v_out: Design, q_out: Design, coefficients: Floats) -> None:
        """Train on the other folds, backwards, and fill the rows of this one. pi (n, A) by position."""
        slots, (n, b) = self.slots, self._r.shape
        backward = BackwardFit(self._factors[fold], self._ridges)
        others = [f for f in range(self.folds) if f != fold]
        v = np.zeros((n + 1, b), self.x.dtype)  # position n: after the last row
        for u in range(slots.n_slots - 1, -1, -1):
            cross = sum(self._cross_products(u, f, self._targets(slots.of_fold(u, f), v)) for f in others)
            cross = self._sites.total("cross products of Q", np.asarray(cross))
            beta = backward.coefficients(u, cross)  # (A, p, b)
            coefficients[u] = beta
            for f in range(self.folds):
                asked = not slots.first_step[slots.of_fold(u, f)].all()  # else no target needs their V
                if f != fold and asked:
                    self._value(u, f, beta, pi, v)
            mine = slots.of_fold(u, fold)
            q = np.empty((mine.stop - mine.start, b), self.x.dtype)
            self._value(u, fold, beta, pi, v, q)
            v_out[slots.order[mine]], q_out[slots.order[mine]] = v[mine], q

    def action_values(self, coefficients: Floats, asked: NDArray[np.int64]) -> tuple[Design, Design]:
        """Cross-fitted Q from the coefficients (F, U, A, p, o) of o outcomes: (o, A, m) of every action in
        the rows asked for (m,), ascending, and (n, o) of the logged action; rows as in the journeys."""
        *_, n_actions, p, o = coefficients.shape
        n, order = len(self.x), self.slots.order
        place = np.full(n, -1, np.int64)
        place[asked] = np.arange(len(asked))
        out = np.empty((o, n_actions, len(asked)), self.x.dtype)
        logged = np.empty((n, o), self.x.dtype)
        for u in range(self.slots.n_slots):
            for f in range(self.folds):
                wide = coefficients[f, u].transpose(1, 2, 0).reshape(p, o * n_actions).astype(self.x.dtype)
                whole = self.slots.of_fold(u, f)
                for start in range(whole.start, whole.stop, CHUNK_ROWS):
                    rows = slice(start, min(start + CHUNK_ROWS, whole.stop))
                    values = (self.x[rows] @ wide).reshape(-1, o, n_actions)
                    logged[order[rows]] = values[np.arange(len(values)), :, self._action[rows]]
                    at = place[order[rows]]
                    mine = np.flatnonzero(at >= 0)
                    for k in range(o):
                        out[k][:, at[mine]] = values[mine, k].T
        return out, logged

    def first_values(
        self, fitted: FittedQ, features: Features, entity: NDArray[np.int64], target: Floats
    ) -> Floats:
        """(m, b) V of a journey's first slot in states that no journey holds, each by the model that left its
        entity's fold out. features (m, d) standardised, entity (m,), target (m, A)."""
        fold = fold_of(entity, self.folds)
        found = np.zeros((len(entity), self.n_outcomes))
        with one_blas_thread():
            for f in range(self.folds):
                rows = np.flatnonzero(fold == f)
                wide = (
                    fitted.coefficients[f, 0].transpose(1, 0, 2).reshape(-1, self.n_actions * self.n_outcomes)
                )
                for start in range(0, len(rows), CHUNK_ROWS):
                    chunk = rows[start : start + CHUNK_ROWS]
                    x = np.clip(features[chunk], -FEATURE_RANGE, FEATURE_RANGE).astype(np.float64)
                    values = (x @ wide[1:] + wide[0]).reshape(len(chunk), self.n_actions, -1)
                    found[chunk] = np.einsum("ma,mab->mb", target[chunk], values, optimize=False)
        return found

    def _targets(self, rows: slice, v: Design) -> Floats:
        """(m, b) y = r + g V(next) of a stretch of positions."""
        ahead = np.take(v, self.slots.following[rows], axis=0).astype(np.float64)
        if self._g is not None:
            ahead *= self._g[rows, None]
        ahead += self._r[rows]
        return ahead

    def _cross_products(self, slot: int, fold: int, y: Floats) -> Floats:
        """(A, p, b) X'y per logged action, y (m, b) of the fold's rows in the slot."""
        out = np.zeros((self.n_actions, self.x.shape[1], self.n_outcomes))
        start = self.slots.of_fold(slot, fold).start
        for a in range(self.n_actions):
            rows = self.slots.of_action(slot, fold, a)
            if rows.stop > rows.start:
                out[a] = products(self._taught(rows), y[rows.start - start : rows.stop - start])
        return out

    def _taught(self, rows: slice) -> Design:
        """(m, p) x of a stretch of positions; 0 where the outcomes are not known, which teaches nothing."""
        if self._known is None or self._known[rows].all():
            return self.x[rows]
        return self.x[rows] * self._known[rows, None]

    def _value(
        self, slot: int, fold: int, beta: Design, pi: Design, v: Design, q: Design | None = None
    ) -> None:
        """Fill V (n + 1, b) of one fold's rows in a slot, and, where asked, Q (m, b) of what was logged in
        them."""
        n_actions, p, b = beta.shape
        begin = self.slots.of_fold(slot, fold).start
        beta = beta.astype(self.x.dtype, copy=False)
        wide = np.ascontiguousarray(beta.transpose(1, 0, 2)).reshape(p, n_actions * b)
        for a in range(n_actions):
            rows = self.slots.of_action(slot, fold, a)
            for start in range(rows.start, rows.stop, CHUNK_ROWS):
                chunk = slice(start, min(start + CHUNK_ROWS, rows.stop))
                if not self._choice[chunk].any():  # nothing to choose, as in a tail
                    only = self.x[chunk] @ beta[a]
                    v[chunk] = pi[chunk, a, None] * only
                    if q is not None:
                        q[chunk.start - begin : chunk.stop - begin] = only
                    continue
                values = (self.x[chunk] @ wide).reshape(-1, n_actions, b)
                np.einsum("ma,mab->mb", pi[chunk], values, out=v[chunk])
                if q is not None:
                    q[chunk.start - begin : chunk.stop - begin] = values[:, a]

    def _factorise(self, ridge: float) -> tuple[list[Factors], Ridges]:
        """Gram matrices per slot, fold and action, their factors per fold left out, and the penalties."""
        slots, p = self.slots, self.x.shape[1]
        shape = (self.folds, slots.n_slots, self.n_actions)
        grams = np.zeros((*shape, p, p))
        cross = np.zeros((*shape, p, self.n_outcomes))
        returns = self._returns()
        for u in range(slots.n_slots):
            for f in range(self.folds):
                cross[f, u] = self._cross_products(u, f, returns[slots.of_fold(u, f)])
                for a in range(self.n_actions):
                    taught = self._taught(slots.of_action(u, f, a))
                    grams[f, u, a] = gram(taught)
        counts = grams[..., 0, 0].copy()  # (F, U, A) rows, by the intercept
        grams, cross = self._sites.total("Gram matrices", grams), self._sites.total("returns", cross)
        counts = self._sites.total("rows of cells", counts)
        rest = [[f for f in range(self.folds) if f != fold] for fold in range(self.folds)]
        factors = [factorise(grams[others].sum(axis=0), counts[others].sum(axis=0)) for others in rest]
        train = [cross[others].sum(axis=0) for others in rest]
        return factors, choose_ridges(factors, list(grams), train, list(cross), ridge)

    def _returns(self) -> Floats:
        """(n, b) by position: logged (discounted) sum of outcomes from each row to its journey's end."""
        n, b = self._r.shape
        returns = np.zeros((n + 1, b))
        for u in range(self.slots.n_slots - 1, -1, -1):
            rows = slice(self.slots.of_fold(u, 0).start, self.slots.of_fold(u, self.folds - 1).stop)
            returns[rows] = self._targets(rows, returns)
        return returns[:-1]


def _next_discount(discount: Floats, following: NDArray[np.int64]) -> Floats:
    """(n,) discount from each row to its next one; 0 after the last, where V is 0 anyway."""
    ahead = np.append(discount, 0.0)[following]
    return np.divide(ahead, discount, out=np.zeros_like(ahead), where=discount > 0)
