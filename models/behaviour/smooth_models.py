"""The smooth models of delivery, one per logging regime and fold, asked for the rows at hand alone."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.numerics import CHUNK, SoftmaxRegression, side_by_side
from models.policies import Floats

PREDICTED_ROWS = 1 << 17
"""Rows whose features are gathered at a time."""
LEAST_ROWS = 1 << 11
"""BLAS sums small products in another order: filled up to so many rows, a row has the same bits whoever else
is asked for."""


@dataclass(frozen=True)
class SmoothModels:
    """Of m rows of the table: which model speaks of which."""

    features: NDArray[np.float32]  # (n, d) of the whole table
    eligible: NDArray[np.bool_]  # (n, A)
    rows: NDArray[np.int64]  # (m,) of it, ascending
    models: tuple[tuple[SoftmaxRegression, ...], ...]
    """Of the whole log and of regimes, each F models, model f having seen no entity of fold f."""
    of_rows: NDArray[np.int8]  # (m,) index into `models`

    def with_regime(self, mine: NDArray[np.bool_], other: "SmoothModels") -> "SmoothModels":
        """The same with models of their own for the rows `mine` (m,)."""
        of_rows = np.where(mine, np.int8(len(self.models)), self.of_rows)
        return replace(self, models=(*self.models, *other.models), of_rows=of_rows)

    def without(self, fold: int, some: NDArray[np.int64]) -> Floats:
        """(k, A) probabilities of some of the rows (k,), indices into 0..m-1, by models without that fold."""
        out = np.empty((len(some), self.eligible.shape[1]))
        which = self.of_rows[some]
        for r, of_regime in enumerate(self.models):
            place = np.flatnonzero(which == r)
            for start in range(0, len(place), PREDICTED_ROWS):
                at = place[start : start + PREDICTED_ROWS]
                out[at] = self._predicted(of_regime[fold], self.rows[some[at]])
        return out

    def held_out(self, fold: NDArray[np.int64]) -> Floats:
        """(m, A) probabilities of every row by the models that did not see the entities of its fold (m,)."""
        out = np.empty((len(self.rows), self.eligible.shape[1]))

        def predict(f: int) -> None:
            some = np.flatnonzero(fold == f)
            out[some] = self.without(f, some)

        folds = len(self.models[0])
        side_by_side(predict, range(folds))  # no two folds write the same row
        return out

    def _predicted(self, model: SoftmaxRegression, rows: NDArray[np.int64]) -> Floats:
        rest = len(rows) % CHUNK
        filled = np.resize(rows, len(rows) + max(LEAST_ROWS - rest, 0) if rest else len(rows))
        return model.probabilities(self.features[filled], self.eligible[filled])[: len(rows)]
