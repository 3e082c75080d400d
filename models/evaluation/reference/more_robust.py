"""More robust doubly robust evaluation: a Q fitted so that the doubly robust estimate varies least."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fitted_q import FEATURE_RANGE, FittedQ, QValues
from models.mdp import Journeys, fold_of
from models.numerics import one_blas_thread

Floats = NDArray[np.float64]
CHUNK_ROWS = 1 << 13
"""Rows per matrix product: (rows, A p) stays in the cache, and the order of summation is fixed."""


@dataclass(frozen=True)
class MoreRobustQ(QValues):
    """Fitted Q plus its correction, for `DoublyRobust.value_given`."""

    correction: Floats  # (F, A, p, b) per fold left out and action; intercept first


def more_robust_q(
    dr: DoublyRobust, target: Floats, *, ridge: float, discount: Floats | None = None
) -> MoreRobustQ:
    """Q = Q0 + x(s)' delta_a with the delta that minimises the variance of the doubly robust estimate (MRDR;
    Farajtabar, Chow & Ghavamzadeh 2018), Q0 the fitted Q of `dr` and target (n, A).

    Given the past and the state, the decision at t adds to the variance of DR

    D_t^2 w_{t-1}^2 (sum_a pi_a^2 / mu_a E_a^2 - (sum_a pi_a E_a)^2),   E_a = Q_pi(s,a) - Q(s,a)

    Least squares with these weights: errors count where pi is far from mu, after histories that pi makes
    likely, and an error that is the same for all actions counts for nothing where pi = mu. In the
    directions that the variance is blind to a ridge keeps delta at 0, that is Q at Q0. Instead of the paper's
    weighted return, whose variance defeats the purpose on long journeys, the unknown Q_pi(s,a) of the logged
    action is replaced by the doubly robust return-to-go, which has the same expectation:
    G_t = r_t + g (V0_{t+1} + pi/mu (G_{t+1} - Q0_{t+1})). One delta serves all times; cross-fitted by entity.

    ridge is in rows of average weight. discount (n,): that of `dr`. It changes the estimate's noise, not what
    is estimated: consistent when mu is right; when mu is wrong, Q0 is the better model of Q. A sensitivity
    row. Wrong (noisier than Q0) where a few weights carry the fit: look at the effective sample size.
    """
    j, folds = dr.journeys, dr.model.folds
    fold = fold_of(j.cluster_key, folds)[j.cluster]
    ratios = dr.ratios(target)
    before = _weight_before(dr.weights(target).row, j.journey)
    if discount is not None:
        before = before * discount
    weight = before**2 / max(float((before**2).mean()), np.finfo(float).tiny)
    fitted = dr.model.fit(target)
    v, q = fitted.v.copy(), fitted.q.copy()
    corrections = []
    with one_blas_thread():
        for f in range(folds):
            base_v, base_q = _values_of_fold(dr, fitted, target, f)
            error = _doubly_robust_errors(dr, ratios, base_v, base_q, discount)
            delta = _correction(
                j, np.flatnonzero(fold != f), target, dr.behaviour, ratios, weight, error, ridge
            )
            mine = np.flatnonzero(fold == f)
            for start in range(0, len(mine), CHUNK_ROWS):
                rows = mine[start : start + CHUNK_ROWS]
                added = np.einsum("np,apb->nab", _design(j, rows), delta, optimize=False)
                v[rows] += np.einsum("na,nab->nb", target[rows], added, optimize=False)
                q[rows] += added[np.arange(len(rows)), j.action[rows]]
            corrections.append(delta)
    return MoreRobustQ(v, q, np.array(corrections))


def _correction(
    journeys: Journeys,
    rows: NDArray[np.int64],
    target: Floats,
    behaviour: Floats,
    ratios: Floats,
    weight: Floats,
    error: Floats,
    ridge: float,
) -> Floats:
    """delta (A, p, b) from some rows: the minimum of the docstring's quadratic form, E_a estimated by
    1[A = a] error / mu_a, so that sum_a pi_a E_a is estimated by ratio x error."""
    n_actions, p, b = target.shape[1], journeys.features.shape[1] + 1, error.shape[1]
    gram, cross = np.zeros((n_actions * p, n_actions * p)), np.zeros((n_actions * p, b))
    for start in range(0, len(rows), CHUNK_ROWS):
        some = rows[start : start + CHUNK_ROWS]
        x, pi, w = _design(journeys, some), target[some], weight[some]
        squares = np.divide(pi**2, behaviour[some], out=np.zeros_like(pi), where=behaviour[some] > 0)
        wide = (pi[:, :, None] * x[:, None, :]).reshape(len(some), -1)  # (m, A p)
        gram -= (wide * w[:, None]).T @ wide
        for a in range(n_actions):
            block = slice(a * p, (a + 1) * p)
            gram[block, block] += (x * (w * squares[:, a])[:, None]).T @ x
        # d/d delta_a: ratio error (1[A = a] ratio - pi_a)
        weighted = (w * ratios[some])[:, None] * error[some]
        lever = -pi
        lever[np.arange(len(some)), journeys.action[some]] += ratios[some]
        cross += (lever[:, :, None] * x[:, None, :]).reshape(len(some), -1).T @ weighted
    delta = np.empty((n_actions, p, b))
    delta[:] = np.linalg.solve(gram + ridge * np.eye(len(gram)), cross).reshape(delta.shape)
    return delta


def _values_of_fold(dr: DoublyRobust, fitted: FittedQ, target: Floats, fold: int) -> tuple[Floats, Floats]:
    """V0 and Q0 of the logged action, (n, b) each, of every row by the model that did not see one fold."""
    slots, x = dr.model.slots, dr.model.x
    v, q = np.empty(fitted.v.shape), np.empty(fitted.q.shape)
    for u in range(slots.n_slots):
        stretch = slice(slots.of_fold(u, 0).start, slots.of_fold(u, dr.model.folds - 1).stop)
        for start in range(stretch.start, stretch.stop, CHUNK_ROWS):
            chunk = slice(start, min(start + CHUNK_ROWS, stretch.stop))
            rows = slots.order[chunk]
            values = np.einsum("np,apb->nab", x[chunk], fitted.coefficients[fold, u], optimize=False)
            v[rows] = np.einsum("na,nab->nb", target[rows], values, optimize=False)
            q[rows] = values[np.arange(len(rows)), dr.journeys.action[rows]]
    return v, q


def _doubly_robust_errors(
    dr: DoublyRobust, ratios: Floats, v: Floats, q: Floats, discount: Floats | None
) -> Floats:
    """(n, b) doubly robust return-to-go minus Q0: e_t = r_t + g (V0_{t+1} + ratio_{t+1} e_{t+1}) - Q0_t."""
    error = dr.journeys.as_logged(slice(q.shape[1])) - q
    for t in range(dr.steps.n_steps - 2, -1, -1):
        rows = dr.steps.at(t)
        rows = rows[~dr.steps.is_last[rows]]
        ahead = v[rows + 1] + ratios[rows + 1, None] * error[rows + 1]
        if discount is not None:
            g = np.divide(
                discount[rows + 1], discount[rows], out=np.zeros(len(rows)), where=discount[rows] > 0
            )
            ahead *= g[:, None]
        error[rows] += ahead
    return error


def _weight_before(weights: Floats, journey: NDArray[np.int64]) -> Floats:
    """(n,) w_{t-1}: the cumulative weight before each decision; 1 at the first."""
    first = np.append(True, np.diff(journey) != 0)
    return np.where(first, 1.0, np.append(1.0, weights[:-1]))


def _design(journeys: Journeys, rows: NDArray[np.int64]) -> Floats:
    """(m, p) intercept and features."""
    x = np.empty((len(rows), journeys.features.shape[1] + 1))
    x[:, 0] = 1.0
    np.clip(journeys.features[rows], -FEATURE_RANGE, FEATURE_RANGE, out=x[:, 1:])
    return x
