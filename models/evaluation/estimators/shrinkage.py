"""Ridge regressions of Q that share their factorised Gram matrices among all policies and outcomes.

Per slot u and action a: beta_{u,a} = theta_u + alpha_{u,a} + delta_{u,a}. theta is fitted on the rows of all
actions, alpha (an intercept) and then delta (slopes) on what is left of an action's own rows. Two things keep
rare actions and thin slots from exploding:

- a ridge penalty per level, chosen per outcome on held-out entities (purchases are nearly all noise and want
  thousands of rows' worth, costs hardly any);
- a power prior (Ibrahim & Chen 2000): a slot with fewer rows than 20 per column is filled up to that number
  with the rows of later slots, down-weighted alike; a slot with more rows is fitted on its own.

With an eigendecomposition of a Gram matrix every penalty is one division.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GRID = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5)
"""Penalties tried, in units of the `ridge` setting."""
FREE_INTERCEPT = 300.0
"""theta's intercept is penalised by the ridge divided by the square of this, that is not at all."""
POOLED_ROWS_PER_FEATURE = 20
"""A slot with fewer rows than this per column of the regression borrows from later ones."""


@dataclass(frozen=True)
class Factors:
    """One fold's training Gram matrices with their power priors, U slots, A actions, p columns."""

    grams: Floats  # (U, A, p, p) without the prior
    carry: Floats  # (U,) weight of the later slots in theta's equations
    carry_action: Floats  # (U, A) and in delta's
    root: Floats  # (U, p, p) W with (S + ridge)^-1 = W diag(1 / (values + ridge)) W'
    values: Floats  # (U, p)
    root_action: Floats  # (U, A, p, p)
    values_action: Floats  # (U, A, p)
    rows: Floats  # (U,) rows behind theta, prior included
    rows_action: Floats  # (U, A) and behind alpha and delta


@dataclass(frozen=True)
class Ridges:
    """Penalty per outcome, in rows."""

    shared: Floats  # (b,) of theta
    action: Floats  # (b,) of alpha
    slopes: Floats  # (b,) of delta


def factorise(grams: Floats, counts: Floats) -> Factors:
    """Eigendecompositions of Gram matrices (U, A, p, p) that sum over counts (U, A) rows. Intercept first."""
    pooled = float(POOLED_ROWS_PER_FEATURE * grams.shape[-1])
    carry, shared = _with_prior(grams.sum(axis=1), counts.sum(axis=1), pooled)
    carry_action, action = _with_prior(grams, counts, pooled)
    root, values = _spectrum(shared, FREE_INTERCEPT)
    root_action, values_action = _spectrum(action, 1.0)
    return Factors(
        grams,
        carry,
        carry_action,
        root,
        values,
        root_action,
        values_action,
        rows=shared[:, 0, 0],
        rows_action=action[:, :, 0, 0],
    )


class BackwardFit:
    """The regressions of one policy and one fold, slot after slot from the last one backwards."""

    def __init__(self, factors: Factors, ridges: Ridges) -> None:
        n_actions, p = factors.values_action.shape[1:]
        b = len(ridges.shared)
        self.factors, self.ridges = factors, ridges
        self._shared = np.zeros((p, b))  # X'y of this slot and its prior, for each level in turn
        self._action = np.zeros((n_actions, b))
        self._slopes = np.zeros((n_actions, p, b))
        self._level = np.zeros(b)

    def coefficients(self, slot: int, cross: Floats) -> Floats:
        """beta (A, p, b) from the slot's cross products X'y (A, p, b). Call for U-1, U-2, ..., 0."""
        theta = self.shared(slot, cross)
        rest = cross - self.factors.grams[slot] @ theta  # (A, p, b) X'(y - X theta)
        alpha = self.action(slot, rest)
        beta = theta + self.slopes(slot, rest - self.factors.grams[slot][:, :, :1] * alpha[:, None, :])
        beta[:, 0] += alpha
        return self._levelled(slot, cross, beta)

    def _levelled(self, slot: int, cross: Floats, beta: Floats) -> Floats:
        """beta with one intercept for all actions that makes the residuals of the slot sum to 0.

        Shrinking takes more from rare actions than from common ones, and would leave the whole too low where
        the rare ones do good.
        """
        left = cross[:, 0] - np.einsum("ap,apb->ab", self.factors.grams[slot][:, 0], beta)  # (A, b)
        self._level = left.sum(axis=0) + self.factors.carry[slot] * self._level
        beta[:, 0] += self._level / np.maximum(self.factors.rows[slot], 1.0)
        return beta

    def shared(self, slot: int, cross: Floats) -> Floats:
        """theta (p, b)."""
        f = self.factors
        moments = self.shared_moments(slot, cross)
        return _solve(f.root[slot], f.values[slot], moments, self.ridges.shared)

    def shared_moments(self, slot: int, cross: Floats) -> Floats:
        """(p, b) X'y over all actions."""
        self._shared = cross.sum(axis=0) + self.factors.carry[slot] * self._shared
        return self._shared

    def action(self, slot: int, rest: Floats) -> Floats:
        """alpha (A, b), from what theta left (A, p, b)."""
        return self.sums(slot, rest) / (self.factors.rows_action[slot][:, None] + self.ridges.action)

    def sums(self, slot: int, rest: Floats) -> Floats:
        """(A, b) sums of what theta left."""
        self._action = rest[:, 0] + self.factors.carry_action[slot][:, None] * self._action
        return self._action

    def slopes(self, slot: int, rest: Floats) -> Floats:
        """delta (A, p, b), from what theta and alpha left (A, p, b)."""
        f = self.factors
        moments = self.moments(slot, rest)
        return _solve(f.root_action[slot], f.values_action[slot], moments, self.ridges.slopes)

    def moments(self, slot: int, rest: Floats) -> Floats:
        """(A, p, b) X'y of what theta and alpha left."""
        self._slopes = rest + self.factors.carry_action[slot][:, None, None] * self._slopes
        return self._slopes


def choose_ridges(
    factors: list[Factors], held_out: list[Floats], train: list[Floats], test: list[Floats], ridge: float
) -> Ridges:
    """The penalties with the least squared error on held-out entities, per outcome, level after level.

    Per fold: its factors, the held-out Gram matrices (U, A, p, p), and the cross products (U, A, p, b) of the
    logged returns-to-go with the state, of training and of held-out rows. Logged returns do not depend on a
    policy, hence one choice serves all. Ties go to the larger penalty.
    """
    grid = ridge * np.array(GRID[::-1])
    b = train[0].shape[-1]
    ridges = Ridges(*(np.full(b, grid[0]),) * 3)
    for level in ("shared", "action", "slopes"):
        loss = np.zeros((len(grid), b))
        for f, gram, seen, unseen in zip(factors, held_out, train, test, strict=True):
            loss += _held_out_loss(level, BackwardFit(f, ridges), gram, seen, unseen, grid)
        ridges = replace(ridges, **{level: grid[np.argmin(loss, axis=0)]})
    return ridges


def _held_out_loss(
    level: str, fit: BackwardFit, gram: Floats, train: Floats, test: Floats, grid: Floats
) -> Floats:
    """(L, b) held-out squared error, up to a constant, of one level for each penalty of the grid (L,).

    The levels above it have the penalties of `fit`; those below are left out.
    """
    f, loss = fit.factors, np.zeros((len(grid), train.shape[-1]))
    for u in range(len(train) - 1, -1, -1):
        if level == "shared":
            path = _path(f.root[u], f.values[u], fit.shared_moments(u, train[u]), grid)
            loss += _squared_error(path, gram[u].sum(axis=0), test[u].sum(axis=0))
            continue
        theta = fit.shared(u, train[u])
        rest, left = train[u] - f.grams[u] @ theta, test[u] - gram[u] @ theta
        if level == "action":
            rows = f.rows_action[u][:, None] + grid[:, None, None]  # (L, A, 1)
            alphas = fit.sums(u, rest) / rows  # (L, A, b)
            loss += (alphas * (alphas * gram[u][:, 0, :1] - 2.0 * left[:, 0])).sum(axis=1)
            continue
        alpha = fit.action(u, rest)[:, None, :]
        moments = fit.moments(u, rest - f.grams[u][:, :, :1] * alpha)
        left = left - gram[u][:, :, :1] * alpha
        for a in range(len(left)):
            path = _path(f.root_action[u, a], f.values_action[u, a], moments[a], grid)
            loss += _squared_error(path, gram[u, a], left[a])
    return loss


def _with_prior(grams: Floats, counts: Floats, pooled: float) -> tuple[Floats, Floats]:
    """Weights of the later slots' equations, and the Gram matrices with them added, backwards."""
    carry, out = np.zeros(counts.shape), np.array(grams)
    rows = np.array(counts, dtype=np.float64)
    for u in range(len(grams) - 2, -1, -1):
        carry[u] = np.clip((pooled - rows[u]) / np.maximum(rows[u + 1], 1.0), 0.0, 1.0)
        rows[u] += carry[u] * rows[u + 1]
        out[u] += carry[u][..., None, None] * out[u + 1]
    return carry, out


def _spectrum(grams: Floats, intercept: float) -> tuple[Floats, Floats]:
    scale = np.ones(grams.shape[-1])
    scale[0] = intercept
    values, vectors = np.linalg.eigh(scale[:, None] * grams * scale)
    return scale[:, None] * vectors, np.maximum(values, 0.0)


def _solve(root: Floats, values: Floats, cross: Floats, ridge: Floats) -> Floats:
    """(..., p, b) coefficients for root (..., p, p), values (..., p), cross (..., p, b), ridge (b,)."""
    return root @ ((np.swapaxes(root, -1, -2) @ cross) / (values[..., None] + ridge))


def _path(root: Floats, values: Floats, cross: Floats, grid: Floats) -> Floats:
    """(p, L, b) coefficients for every penalty of the grid (L,)."""
    p, b = cross.shape
    inner = (root.T @ cross)[:, None, :] / (values[:, None] + grid)[:, :, None]  # (p, L, b)
    return (root @ inner.reshape(p, -1)).reshape(p, len(grid), b)


def _squared_error(path: Floats, gram: Floats, cross: Floats) -> Floats:
    """(L, b) beta' G beta - 2 beta' X'y for coefficients (p, L, b), G (p, p), X'y (p, b)."""
    p = len(gram)
    predicted = (gram @ path.reshape(p, -1)).reshape(path.shape)
    return np.einsum("plb,plb->lb", path, predicted - 2.0 * cross[:, None, :])
