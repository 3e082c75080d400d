"""Ridge regressions of Q that share their factorised Gram matrices among all policies and outcomes.

Per slot u and action a: beta_{u,a} = theta_u + delta_{u,a}, theta fitted on the rows of all actions, delta on
what is left of an action's own rows. Two things keep rare actions and thin slots from exploding:

- a ridge penalty, lighter on the intercept, chosen per outcome on held-out entities (purchases are nearly all
  noise and want thousands of rows' worth, costs hardly any);
- a power prior (Ibrahim & Chen 2000): a slot with fewer rows than 20 per column is filled up to that number
  with the rows of later slots, down-weighted alike; a slot with more rows is fitted on its own.

With an eigendecomposition of a Gram matrix every penalty is one division.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
GRID = (1.0, 10.0, 100.0, 1e3, 1e4, 1e5)
"""Penalties tried, in units of the `ridge` setting."""
ALL_INTERCEPT, ACTION_INTERCEPT = 300.0, 4.0
"""An intercept's penalty is the ridge divided by the square of this."""
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


@dataclass(frozen=True)
class Ridges:
    """Penalty per outcome, in rows."""

    shared: Floats  # (b,) of theta
    action: Floats  # (b,) of delta


def factorise(grams: Floats, counts: Floats) -> Factors:
    """Eigendecompositions of Gram matrices (U, A, p, p) that sum over counts (U, A) rows. Intercept first."""
    n_slots, _, p, _ = grams.shape
    pooled = float(POOLED_ROWS_PER_FEATURE * p)
    carry, shared = _with_prior(grams.sum(axis=1), counts.sum(axis=1), pooled)
    carry_action, action = _with_prior(grams, counts, pooled)
    root, values = _spectrum(shared, ALL_INTERCEPT)
    root_action, values_action = _spectrum(action, ACTION_INTERCEPT)
    return Factors(grams, carry, carry_action, root, values, root_action, values_action)


class BackwardFit:
    """The regressions of one policy and one fold, slot after slot from the last one backwards."""

    def __init__(self, factors: Factors, ridges: Ridges) -> None:
        self.factors, self.ridges = factors, ridges
        self._shared: Floats | float = 0.0
        self._action: Floats | float = 0.0

    def coefficients(self, slot: int, cross: Floats) -> Floats:
        """beta (A, p, b) from the slot's cross products X'y (A, p, b). Call for U-1, U-2, ..., 0."""
        f = self.factors
        self._shared = cross.sum(axis=0) + f.carry[slot] * self._shared  # (p, b)
        theta = _solve(f.root[slot], f.values[slot], self._shared, self.ridges.shared)
        rest = cross - f.grams[slot] @ theta  # (A, p, b) X'(y - X theta)
        self._action = rest + f.carry_action[slot, :, None, None] * self._action
        delta = _solve(f.root_action[slot], f.values_action[slot], self._action, self.ridges.action)
        return theta + delta


def choose_ridges(
    factors: list[Factors], held_out: list[Floats], train: list[Floats], test: list[Floats], ridge: float
) -> Ridges:
    """The penalties with the least squared error on held-out entities, per outcome.

    Per fold: its factors, the held-out Gram matrices (U, A, p, p), and the cross products (U, A, p, b) of the
    logged returns-to-go with the state, of training and of held-out rows. Logged returns do not depend on a
    policy, hence one choice serves all. Ties go to the larger penalty.
    """
    grid = ridge * np.array(GRID[::-1])
    loss = sum(_shared_loss(*fold, grid) for fold in zip(factors, held_out, train, test, strict=True))
    shared = grid[np.argmin(loss, axis=0)]
    loss = sum(_action_loss(*fold, grid, shared) for fold in zip(factors, held_out, train, test, strict=True))
    return Ridges(shared, grid[np.argmin(loss, axis=0)])


def _shared_loss(f: Factors, gram: Floats, train: Floats, test: Floats, grid: Floats) -> Floats:
    """(L, b) held-out squared error of theta, up to a constant, for each penalty of the grid (L,)."""
    loss = np.zeros((len(grid), train.shape[-1]))
    shared: Floats | float = 0.0
    for u in range(len(train) - 1, -1, -1):
        shared = train[u].sum(axis=0) + f.carry[u] * shared
        theta = _path(f.root[u], f.values[u], shared, grid)
        loss += _squared_error(theta, gram[u].sum(axis=0), test[u].sum(axis=0))
    return loss


def _action_loss(
    f: Factors, gram: Floats, train: Floats, test: Floats, grid: Floats, ridge: Floats
) -> Floats:
    """(L, b) held-out squared error of delta beside a theta with penalties ridge (b,)."""
    loss = np.zeros((len(grid), train.shape[-1]))
    shared: Floats | float = 0.0
    action: Floats | float = 0.0
    for u in range(len(train) - 1, -1, -1):
        shared = train[u].sum(axis=0) + f.carry[u] * shared
        theta = _solve(f.root[u], f.values[u], shared, ridge)
        action = train[u] - f.grams[u] @ theta + f.carry_action[u, :, None, None] * action
        left = test[u] - gram[u] @ theta
        for a in range(len(left)):
            delta = _path(f.root_action[u, a], f.values_action[u, a], action[a], grid)
            loss += _squared_error(delta, gram[u, a], left[a])
    return loss


def _with_prior(grams: Floats, counts: Floats, pooled: float) -> tuple[Floats, Floats]:
    """Weights of the later slots' equations, and Gram matrices with them added, from the last slot backwards."""
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
