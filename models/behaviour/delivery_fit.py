"""Delivery beyond the softmax, cross-fitted: every row's cells are estimated without its own entity."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.behaviour.delivery_cells import (
    ChosenGrouping,
    Grouping,
    Kinds,
    choose_groupings,
    fit_cells,
    groupings_of,
)
from models.mdp import fold_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MAX_CHOOSING_ROWS = 200_000
"""Which groupings help is asked of about so many rows: a precision is one of the world, not of the log."""
PARTS = 3
"""Each fold's entities are dealt into so many parts, and a part's cells come from all rows but its own: cells
are small, and half of their rows would be missed."""
MAX_THREADS = 2
"""Each holds a few copies of the probabilities it learns from."""
PART_SALT = 0x5EED_0B01


@dataclass(frozen=True)
class DeliveryFit:
    """What was chosen by held-out likelihood, and what it brings."""

    groupings: tuple[ChosenGrouping, ...]
    """Empty: the softmax alone predicts held-out entities as well."""
    softmax: float
    """Mean log likelihood of a held-out choice under the softmax alone, in nats,"""
    chosen: float
    """and under the chosen model."""


@dataclass(frozen=True)
class Choices:
    """C rows with two or more eligible actions."""

    features: NDArray[np.float32]  # (N, d) of the whole table
    rows: NDArray[np.int64]  # (C,) of it
    eligible: Bools  # (C, A)
    action: NDArray[np.integer]  # (C,)
    day: NDArray[np.integer]  # (C,)
    entity: NDArray[np.int64]  # (C,)
    fold: NDArray[np.int64]  # (C,) of the entity
    fitted: Bools  # (C,) rows that models may learn from
    actions: tuple[str, ...]


def fit_beyond_softmax(rows: Choices, bases: Floats) -> tuple[Floats, DeliveryFit]:
    """(C, A) probabilities, and how they were found.

    bases (F, C, A): probabilities of every row under the smooth model that left fold f out.
    """
    folds, seed = len(bases), PART_SALT
    own = bases[rows.fold, np.arange(len(rows.action))]
    if not len(rows.action):
        return own, DeliveryFit((), 0.0, 0.0)
    part = fold_of(rows.entity, PARTS, salt=seed)

    def groupings(f: int) -> tuple[Grouping, ...]:
        learn = rows.fitted & (rows.fold != f)
        kind = Kinds(rows.features, rows.rows[learn], rows.action[learn]).of(rows.features, rows.rows)
        return groupings_of(rows.eligible, rows.day, kind, rows.actions)

    by_fold = [groupings(f) for f in range(folds)]
    asked = np.flatnonzero(rows.fitted)
    asked = asked[:: max(len(asked) // MAX_CHOOSING_ROWS, 1)]
    chosen = choose_groupings(
        bases[0][asked],
        rows.action[asked],
        [Grouping(g.name, g.cell[asked], g.cells) for g in by_fold[0]],
        rows.fold[asked] == 0,
        rows.entity[asked],
    )
    before = _mean_log_likelihood(own, rows.action)
    if not chosen:
        return own, DeliveryFit((), before, before)
    out = own.copy()

    def fit_part(f: int, k: int) -> None:
        mine = (rows.fold == f) & (part == k)
        out[mine] = _without(rows, bases[f], by_fold[f], chosen, mine)

    jobs = [(f, k) for f in range(folds) for k in range(PARTS)]
    with ThreadPoolExecutor(min(len(jobs), MAX_THREADS, os.cpu_count() or 1)) as pool:  # they share no result
        list(pool.map(lambda job: fit_part(*job), jobs))
    return out, DeliveryFit(chosen, before, _mean_log_likelihood(out, rows.action))


def _without(
    rows: Choices,
    base: Floats,
    groupings: Sequence[Grouping],
    chosen: Sequence[ChosenGrouping],
    mine: Bools,
) -> Floats:
    """(m, A) probabilities of the rows `mine` (C,), from cells of all rows but them."""
    learn = rows.fitted & ~mine
    effects = fit_cells(
        base[learn],
        rows.action[learn],
        [Grouping(g.name, g.cell[learn], g.cells) for g in groupings],
        chosen,
    )
    own = [Grouping(g.name, g.cell[mine], g.cells) for g in groupings]
    return effects.applied(base[mine], own)


def _mean_log_likelihood(p: Floats, action: NDArray[np.integer]) -> float:
    return float(np.log(np.maximum(p[np.arange(len(action)), action], 1e-300)).mean())
