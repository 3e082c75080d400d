"""Weights that are not negative: a line cut at 0, that still matches the moments it was fitted to.

A weight is never below 0, and a line may be. To cut it there adds to the mean, step after step, and most
where weights vary most: in two simulated shops of which one channel was halved, the last day's were 1.18 and
1.16 on average instead of 1 (.94 and 1.04 with what follows), and people with an intent, whom the channel
looks for, weighed 1.42 and 1.12 (.97 and .96). Here the moments are matched by what is left of the line,

    sum_i x_i (max(x_i' theta, 0) - y_i) + penalty theta = 0,

the weights with the least sum of squares that are not negative and match (Zubizarreta 2015). That is the
least of a convex function, quadratic wherever no row changes its side of 0:

    f(theta) = sum_i max(x_i' theta, 0)^2 / 2 - theta' sum_i x_i y_i + penalty |theta|^2 / 2,

so that Newton's steps, each the ridge regression of those above 0, end after a few. Only rows near 0 or below
it ever change sides. They are gathered once, and again where a line has come below 0 elsewhere.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import LinAlgError, cho_factor, cho_solve, lstsq

from models.numerics import gram, products

Floats = NDArray[np.float64]
Design = NDArray[np.floating]
MOST_STEPS = 12
"""And"""
HOLDS = 1e-3
"""by how much of the mean of weights, and of a column's size, a moment may be off for no further one."""
ROUNDING = 1e-6
"""Share of the loss: two are alike whose difference is no larger, since rows are float32."""
NEAR = 0.5
"""A row whose weight is below this, of a mean of 1, may come below 0 as the line is fitted again."""


class NonNegativeWeights:
    """The line of one regression: r rows, q columns, the intercept first."""

    def __init__(self, squares: Floats, cross: Floats, gather: Callable[[NDArray[np.int64]], Design]) -> None:
        """squares (q, q): X'X, the penalty on its diagonal; cross (q,): X'y. gather(rows (k,)): the design
        (k, q) of some of the r rows."""
        self._squares, self._cross, self._gather = squares, cross, gather
        self._enough = HOLDS * cross[0] * np.sqrt(np.diag(squares) / max(squares[0, 0], 1.0))  # (q,)
        self._steps = 0
        self._near: NDArray[np.bool_] | None = None  # (r,) the m rows gathered so far
        self._design: Design  # (m, q) of these, as they came
        self._below = np.zeros(0, bool)  # (m,) which of them are below 0
        self._above = squares  # (q, q) the squares without those

    def is_off(self, values: Design) -> bool:
        """Is what is cut at 0 of a line with these values (r,), and does not count yet, too much, and may the
        line be fitted again? If so, it counts from now on."""
        if self._steps == MOST_STEPS:
            return False
        elsewhere = values < 0
        if self._near is not None:
            elsewhere &= ~self._near
        if -values[elsewhere].sum(dtype=np.float64) <= self._enough[0]:
            return False
        near = values < NEAR
        if self._near is None:
            self._near, self._design = near, self._gather(np.flatnonzero(near))
        else:
            added = self._gather(np.flatnonzero(near & ~self._near))
            self._near, self._design = self._near | near, np.concatenate([self._design, added])
        self._below = np.append(self._below, np.zeros(len(self._design) - len(self._below), bool))
        return True

    def fitted(self, line: Floats) -> Floats:
        """(q,) such that the moments hold, begun at a line (q,)."""
        design, before, least = self._design, line, np.inf
        while True:
            values = design @ line.astype(design.dtype)  # (m,)
            cut = np.minimum(values, 0.0)
            loss = float(line @ (self._squares @ line / 2 - self._cross)) - _sum_of_squares(cut) / 2
            if loss > least + abs(least) * ROUNDING:  # too far: half of the way
                if self._steps == MOST_STEPS:
                    return before
                line = (line + before) / 2
                self._steps += 1
                continue
            slope = self._squares @ line - products(design, cut[:, None])[:, 0] - self._cross
            if np.all(np.abs(slope) <= self._enough) or self._steps == MOST_STEPS:
                return line
            below = values < 0
            self._above = (
                self._above - gram(design[below & ~self._below]) + gram(design[self._below & ~below])
            )
            before, least, self._below = line, loss, below
            line = line - _newton_step(self._above + ROUNDING * self._squares, slope)
            self._steps += 1


def _newton_step(curvature: Floats, slope: Floats) -> Floats:
    """(q,) curvature^-1 slope; where columns of few rows say the same as others, the shortest such step."""
    try:
        factor = cho_factor(curvature)
        sizes = np.diag(factor[0])
        if sizes.min() ** 2 > np.finfo(np.float64).eps * sizes.max() ** 2:
            found: Floats = cho_solve(factor, slope)
            return found
    except LinAlgError:
        pass
    shortest: Floats = lstsq(curvature, slope)[0]
    return shortest


def _sum_of_squares(cut: Design) -> float:
    return float(products(cut[:, None], cut[:, None])[0, 0])
