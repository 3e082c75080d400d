"""Ridge regressions with a few further columns of each policy's own, which are not penalised.

    min over theta, gamma of |y - X theta - C gamma|^2 + penalty |slopes of theta|^2

X is the same for all policies and factorised once; C has two or three columns. Taking X out of C and y first
(Frisch & Waugh 1933) leaves a system of as many unknowns as C has columns for every penalty.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NOTHING_NEW = 1e-7
"""Share of their squares: what is left of columns that X holds already, or that do not vary. They get 0."""


@dataclass(frozen=True)
class Factorised:
    """X'X of some rows, the intercept (its first column) put aside: of centred slopes V diag(values) V'."""

    rows: float
    mean: Floats  # (p - 1,)
    values: Floats  # (p - 1,)
    vectors: Floats  # (p - 1, p - 1)


@dataclass(frozen=True)
class Border:
    """What further columns C (m of them) say together with X and y, summed over some rows."""

    with_x: Floats  # (p, m) X'C
    gram: Floats  # (m, m) C'C
    with_y: Floats  # (m,) C'y

    def __add__(self, other: "Border") -> "Border":
        return Border(self.with_x + other.with_x, self.gram + other.gram, self.with_y + other.with_y)


def ridge_path(x: Factorised, cross: Floats, grid: Floats, border: Border | None) -> tuple[Floats, Floats]:
    """theta (p, L), intercept first and free, and gamma (m, L) for every penalty of the grid (L,).

    cross (p,): X'y. Without a border gamma is empty.
    """
    centred = x.vectors.T @ (cross[1:] - x.mean * cross[0])  # (p - 1,) in the basis of V
    shrunk = 1.0 / (np.maximum(x.values, 0.0)[:, None] + grid)  # (p - 1, L)
    if border is None:
        gamma = np.zeros((0, len(grid)))
        slopes = x.vectors @ (centred[:, None] * shrunk)
        return np.vstack([cross[0] / x.rows - x.mean @ slopes, slopes]), gamma
    level = border.with_x[0] / x.rows  # (m,) mean of C
    mixed = x.vectors.T @ (border.with_x[1:] - np.outer(x.mean, border.with_x[0]))  # (p - 1, m)
    gram = border.gram - x.rows * np.outer(level, level)
    with_y = border.with_y - level * cross[0]
    gamma = np.empty((len(level), len(grid)))
    for i in range(len(grid)):
        left = gram - mixed.T @ (shrunk[:, i, None] * mixed)
        size, direction = np.linalg.eigh(left)
        known = size > NOTHING_NEW * np.trace(border.gram)
        inverse = np.divide(1.0, size, out=np.zeros_like(size), where=known)
        gamma[:, i] = direction @ (inverse * (direction.T @ (with_y - mixed.T @ (shrunk[:, i] * centred))))
    slopes = x.vectors @ ((centred[:, None] - mixed @ gamma) * shrunk)
    return np.vstack([cross[0] / x.rows - x.mean @ slopes - level @ gamma, slopes]), gamma


def held_out_loss(gram: Floats, cross: Floats, border: Border | None, theta: Floats, gamma: Floats) -> Floats:
    """(L,) squared error on rows that were left out, up to a constant; gram (p, p), cross (p,) of them."""
    loss: Floats = (theta * (gram @ theta - 2.0 * cross[:, None])).sum(axis=0)
    if border is not None:
        loss += (gamma * (border.gram @ gamma - 2.0 * border.with_y[:, None])).sum(axis=0)
        loss += 2.0 * (theta * (border.with_x @ gamma)).sum(axis=0)
    return loss


@dataclass(frozen=True)
class Regression:
    """One of y on X, p columns, and C, m of them."""

    x: Factorised
    cross: Floats  # (p,) X'y
    border: Border | None

    def line(self, penalty: float) -> Floats:
        """(p + m,) theta, then gamma."""
        return np.concatenate(ridge_path(self.x, self.cross, np.array([penalty]), self.border))[:, 0]

    def equations(self, of_x: Floats, penalty: float) -> tuple[Floats, Floats]:
        """What the line solves: squares (p + m, p + m), penalty and all, from X'X (p, p); cross (p + m,)."""
        squares = of_x + np.diag(np.r_[0.0, np.full(len(of_x) - 1, penalty)])
        if self.border is None:
            return squares, self.cross
        m = len(self.border.gram)
        own = self.border.gram + NOTHING_NEW * max(float(np.trace(self.border.gram)), 1.0) * np.eye(m)
        across = self.border.with_x
        return np.block([[squares, across], [across.T, own]]), np.r_[self.cross, self.border.with_y]
