"""Marginalised weights: how much more often the target *meets* a state, not how it got there.

w_t = rho_t(s_t) x pi(a_t|s_t) / mu(a_t|s_t),  rho_t(s) = E[w_0 ... w_{t-1} | s_t = s]

(Xie, Ma & Wang 2019; Kallus & Uehara 2020). The running product over a journey is replaced by its mean given
the state, so that a long journey's weights vary no more than a short one's. rho is fitted forwards: the
weight with which a row was reached is regressed on the row's features, slot by slot,

    theta_{t+1} = argmin sum_i (rho_t(s_i,t) ratio_i,t - x(s_i,t+1)' theta)^2

whose normal equations match the moments of the features under both policies: the state-marginal counts of a
table where the features are its indicators, linear moment matching otherwise. Cross-fitted by entity.

A weight is never below 0, and a line may be: there it is cut. What is left above 0 no longer matches the
moments; with `below_0="kept"` it does (`non_negative_weights`).

Assumption: the columns hold what the past says about the future (Markov). Where they do not, the doubly
robust estimate that uses these weights is biased. With a `memory` as further columns, the `surprises` of the
journey so far, the weights believe less of that, at the price of some variance.
"""

from copy import copy
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.bordered_ridge import (
    Border,
    Factorised,
    Regression,
    held_out_loss,
    ridge_path,
)
from models.evaluation.estimators.non_negative_weights import NonNegativeWeights
from models.evaluation.estimators.regression_cells import Slots
from models.evaluation.estimators.shrinkage import GRID
from models.mdp import ALONE, Sites
from models.numerics import gram, one_blas_thread, products

Floats = NDArray[np.float64]
Design = NDArray[np.floating]


class MarginalWeights:
    """rho of many policies on the same rows: Gram matrices are factorised once."""

    def __init__(
        self,
        x: Design,
        slots: Slots,
        folds: int,
        *,
        ridge: float,
        memory: Design | None = None,
        sites: Sites = ALONE,
    ) -> None:
        """x (n, p): design by position, intercept first; slots: the order of the regressions. memory (n, m):
        further columns by position, kept apart so that x is not copied. sites: where other rows are."""
        self._slots, self._folds, self._ridge, self._sites = slots, folds, ridge, sites
        self._blocks = (x,) if memory is None else (x, memory)
        self._previous = np.full(len(x), -1, np.int64)  # by position: of the row before; -1 at the first step
        inside = np.flatnonzero(slots.following < len(x))
        self._previous[slots.following[inside]] = inside
        with one_blas_thread():
            p = sum(block.shape[1] for block in self._blocks)
            grams = np.zeros((slots.n_slots, folds, p, p))
            for u in range(slots.n_slots):
                for f in range(folds):
                    rows = slots.of_fold(u, f)
                    continuing = ~slots.first_step[rows]
                    grams[u, f] = gram(np.hstack([block[rows][continuing] for block in self._blocks]))
            self._factorise(sites.total("Gram matrices of weights", grams))

    @property
    def dtype(self) -> np.dtype:
        """Of the design."""
        return self._blocks[0].dtype

    def of_memory(self, columns: int) -> "MarginalWeights":
        """The same with the first so many columns of the memory alone."""
        fewer = copy(self)
        x, *memory = self._blocks
        fewer._blocks = x, memory[0][:, :columns]
        p = x.shape[1] + columns
        with one_blas_thread():
            fewer._factorise(self._grams[:, :, :p, :p])
        return fewer

    def _factorise(self, grams: Floats) -> None:
        """grams (U, F, p, p) of each fold's own rows that continue a journey."""
        self._grams = grams
        # by the fold left out: S = V diag(values) V', the intercept put aside (see `_fit_slot`)
        training = grams.sum(axis=1, keepdims=True) - grams  # (U, F, p, p)
        mean = training[..., 0, 1:] / np.maximum(training[..., :1, 0], 1.0)  # (U, F, p - 1)
        centred = training[..., 1:, 1:] - mean[..., :, None] * training[..., :1, 1:]
        self._mean = mean
        self._values, self._vectors = np.linalg.eigh(centred)

    def fit(
        self,
        ratios: Floats,
        further: Design | None = None,
        *,
        below_0: Literal["kept", "cut", "signed"] = "cut",
    ) -> Floats:
        """(n,) rho of each row, valued by the model that did not see its entity.

        ratios (n,): pi / mu of the logged action; both with rows as in the journeys. Or (n, F), of a policy
        that is another one for each fold: column k for the model that leaves fold k out. further (n, m),
        or (n, F, m): columns of this very policy, not penalised (`own_surprises`). below_0: what becomes of
        a line there. cut: it is 0; kept, at one site alone: it is 0, and its moments are kept; signed: it
        stays, as no weight can.
        """
        slots, folds = self._slots, self._folds
        if further is not None:
            further = further if further.ndim == 3 else further[:, None]
            further = np.take(further.astype(self.dtype, copy=False), slots.order, axis=0)
        # by position and fold left out: the weight with which the row after is reached; rho is 1 so far
        weight = np.take(ratios if ratios.ndim == 2 else ratios[:, None], slots.order, axis=0)
        weight = weight if weight.shape[1] == folds else np.repeat(weight, folds, axis=1)
        own = np.ones(len(ratios))
        with one_blas_thread():
            for u in range(slots.n_slots):
                by_fold = [slots.of_fold(u, f) for f in range(folds)]
                first = [slots.first_step[rows] for rows in by_fold]
                if not self._grams[u, :, 0, 0].any():  # no row of the slot, at any site, has one before it
                    continue
                reached = [self._reached(rows, weight) for rows in by_fold]
                cross = np.array([self._products(r, y) for r, y in zip(by_fold, reached, strict=True)])
                borders = None if further is None else [
                    self._borders(r, further[r] * ~begins[:, None, None], y)
                    for r, begins, y in zip(by_fold, first, reached, strict=True)
                ]  # fmt: skip
                cross = self._sites.total("cross products of weights", cross)
                slot = _Slot(u, by_fold, first, further)
                found = self._line(slot, cross, self._of_all_sites(borders), keep=below_0 == "kept")
                top = [max(y[:, k].max(initial=0.0) for f, y in enumerate(reached) if f != k)
                       for k in range(folds)]  # fmt: skip
                for f, rows in enumerate(by_fold):
                    rho = np.clip(
                        found[f], -np.inf if below_0 == "signed" else 0.0, self._ends(top), dtype=np.float64
                    )
                    rho[first[f]] = 1.0
                    own[rows] = rho[:, f]
                    weight[rows] *= rho
        out = np.empty(len(ratios))
        out[slots.order] = own
        return out

    def _ends(self, top: list[float]) -> list[float] | float:
        """Where rho ends: at the largest weight seen. That is one entity's, so that sites do not tell it, and
        a line may go beyond it there, as it does in one row of thousands."""
        return np.inf if self._sites.several else top

    def _of_all_sites(self, borders: list[list[Border]] | None) -> list[list[Border]] | None:
        """Further columns' sums by fold and model, over all sites."""
        if borders is None or not self._sites.several:
            return borders
        found = []
        for of_fold in borders:
            mine = [np.vstack([one.with_x, one.gram, one.with_y]) for one in of_fold]
            whole = self._sites.total("a policy's own columns", np.array(mine))  # (F, p + m + 1, m)
            m = whole.shape[2]
            found.append([Border(one[: -m - 1], one[-m - 1 : -1], one[-1]) for one in whole])
        return found

    def _reached(self, rows: slice, weight: Floats) -> Floats:
        """(m, F) the weights with which some rows were reached, (n, F) of the rows before; 0 at a journey's
        first."""
        before = self._previous[rows]
        found = np.take(weight, before, axis=0)
        found[before < 0] = 0.0
        return found

    def _products(self, rows: slice, y: Design) -> Floats:
        """(p, F) design' y of some rows, y (m, F)."""
        return np.concatenate([products(block[rows], y) for block in self._blocks])

    def _borders(self, rows: slice, further: Design, y: Floats) -> list[Border]:
        """For each fold left out, of some rows: further columns (r, 1 or F, m), 0 at a journey's first, and
        y (r, F)."""
        with_x = [self._products(rows, columns) for columns in further.swapaxes(0, 1)]
        grams = [gram(columns) for columns in further.swapaxes(0, 1)]
        found = []
        for k in range(y.shape[1]):
            j = k % len(grams)  # 0 where all models share their columns
            with_y = products(further[:, j], y[:, [k]])[:, 0]
            found.append(Border(with_x[j], grams[j], with_y))
        return found

    def _valued(self, rows: slice, theta: Floats) -> Design:
        """(m, F) design x theta (p, F) of some rows."""
        stop = self._blocks[0].shape[1]
        theta = theta.astype(self.dtype, copy=False)
        out: Design = self._blocks[0][rows] @ theta[:stop]
        for block in self._blocks[1:]:
            out += block[rows] @ theta[stop:]
        return out

    def _line(
        self, slot: "_Slot", cross: Floats, borders: list[list[Border]] | None, *, keep: bool
    ) -> list[Design]:
        """By fold (m, F), x' theta of each row under each model, from X'y (F, p, F) of each fold's rows under
        each model and what a policy's own columns say; keep: such that what is left of it above 0 matches the
        moments, of which the rows here are all."""
        models = [self._regression(slot.u, k, cross, borders) for k in range(self._folds)]
        penalty = self._penalty(slot.u, models, cross, borders)
        lines = [model.line(penalty) for model in models]
        found = self._lines(slot, lines)
        if not keep:
            return found
        kept = [self._kept(slot, k, model, penalty) for k, model in enumerate(models)]
        while off := [k for k, one in enumerate(kept) if one.is_off(slot.taught(k, found))]:
            for k in off:
                lines[k] = kept[k].fitted(lines[k])
            found = self._lines(slot, lines)
        return found

    def _lines(self, slot: "_Slot", lines: list[Floats]) -> list[Design]:
        """By fold (m, F), from each model's line (p + m,)."""
        p = self._grams.shape[-1]
        theta, gamma = np.column_stack([line[:p] for line in lines]), [line[p:] for line in lines]
        found = [self._valued(rows, theta) for rows in slot.rows]
        if slot.further is not None:
            for values, rows in zip(found, slot.rows, strict=True):
                for k, of_model in enumerate(gamma):
                    own = slot.further[rows, k % slot.further.shape[1]]
                    values[:, k] += own @ of_model.astype(self.dtype)
        return found

    def _kept(self, slot: "_Slot", k: int, model: Regression, penalty: float) -> NonNegativeWeights:
        """Of the model that leaves fold k out."""
        positions = slot.positions(k)

        def gather(rows: NDArray[np.int64]) -> Design:
            at = positions[rows]
            blocks = [np.take(block, at, axis=0) for block in self._blocks]
            if slot.further is not None:
                blocks.append(slot.further[at, k % slot.further.shape[1]])
            return np.hstack(blocks)

        of_x = self._grams[slot.u].sum(axis=0) - self._grams[slot.u, k]
        return NonNegativeWeights(*model.equations(of_x, penalty), gather)

    def _regression(self, u: int, k: int, cross: Floats, borders: list[list[Border]] | None) -> Regression:
        """Of a slot's rows but those of fold k."""
        rows = max(float(self._grams[u].sum(axis=0)[0, 0] - self._grams[u, k, 0, 0]), 1.0)
        x = Factorised(rows, self._mean[u, k], self._values[u, k], self._vectors[u, k])
        others = None if borders is None else reduce(add, (b[k] for f, b in enumerate(borders) if f != k))
        return Regression(x, cross.sum(axis=0)[:, k] - cross[k, :, k], others)

    def _penalty(
        self, u: int, models: list[Regression], cross: Floats, borders: list[list[Border]] | None
    ) -> float:
        """The intercept is free; the slopes' penalty is the one of the grid with the least squared error on
        the entities left out, ties to the larger one."""
        grid = self._ridge * np.array(GRID[::-1])
        loss = np.zeros(len(grid))
        for k, model in enumerate(models):
            theta, gamma = ridge_path(model.x, model.cross, grid, model.border)
            mine = None if borders is None else borders[k][k]
            loss += held_out_loss(self._grams[u, k], cross[k, :, k], mine, theta, gamma)
        return float(grid[int(np.argmin(loss))])


@dataclass(frozen=True)
class _Slot:
    """The rows of one slot, F folds of them, and m columns of a policy's own."""

    u: int
    rows: list[slice]  # (F,) positions
    first: list[NDArray[np.bool_]]  # (F,) which of them no row comes before
    further: Design | None  # (n, 1 or F, m) by position

    def positions(self, k: int) -> NDArray[np.int64]:
        """(r,) of the rows that model k is fitted to: those of other folds that continue a journey."""
        mine = [
            rows.start + np.flatnonzero(~first)
            for f, (rows, first) in enumerate(zip(self.rows, self.first, strict=True))
            if f != k
        ]
        return np.concatenate(mine)

    def taught(self, k: int, values: list[Design]) -> Design:
        """(r,) the values of these, of each fold's (m, F)."""
        every = enumerate(zip(values, self.first, strict=True))
        return np.concatenate([found[~first, k] for f, (found, first) in every if f != k])
