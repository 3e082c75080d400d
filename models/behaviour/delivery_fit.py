"""Delivery beyond the softmax, cross-fitted: every row's cells are estimated without its own entity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.behaviour.boosted import ASKED_PAIRS, MAX_PAIRS, boost, see
from models.behaviour.delivery_cells import (
    MIN_HELD_ENTITIES,
    TINY,
    ChosenGrouping,
    choose_groupings,
    fit_cells,
    is_better,
)
from models.behaviour.groupings import (
    SET_AND_DAY,
    TREE_ROWS,
    Coordinates,
    Grouping,
    Kinds,
    ask_for_kinds,
    groupings_of,
)
from models.mdp import fold_of
from models.numerics import side_by_side

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
    boosted: float = 0.0
    """Log likelihood per held-out choice that boosted trees add, in nats; 0: they are not in it."""


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
    standing: NDArray[np.uint8] | None = None  # (C, A - 1); None: an epoch is one choice


Smooth = Callable[[int, NDArray[np.int64]], Floats]
"""(m, A) probabilities of some of the rows (m,), ascending, under the smooth model that left a fold out."""


def fit_beyond_softmax(rows: Choices, own: Floats, smooth: Smooth) -> tuple[Floats, DeliveryFit]:
    """(C, A) probabilities, and how they were found.

    own (C, A): probabilities of every row under the smooth model that left its fold out; smooth: of others.
    """
    if not len(rows.action):
        return own, DeliveryFit((), 0.0, 0.0)
    where = Coordinates.of(rows.eligible, rows.day, rows.actions, rows.standing)
    before = _mean_log_likelihood(own, rows.action)
    chosen = _chosen(rows, where, smooth)
    out = _with_cells(rows, where, own, smooth, chosen) if chosen else own
    out, gain = _with_trees(rows, out)
    return out, DeliveryFit(chosen, before, _mean_log_likelihood(out, rows.action), gain)


def _with_cells(
    rows: Choices, where: Coordinates, own: Floats, smooth: Smooth, chosen: Sequence[ChosenGrouping]
) -> Floats:
    """(C, A) with the chosen groupings' cells, each part's from all other entities."""
    folds = int(rows.fold.max()) + 1
    part = fold_of(rows.entity, PARTS, salt=PART_SALT)
    out = own.copy()

    def fit_fold(f: int) -> None:
        some = np.flatnonzero(rows.fitted | (rows.fold == f))
        base, names = smooth(f, some), [c.name for c in chosen]
        kind = _kinds(rows, where, f, some, smooth) if ask_for_kinds(names) else None
        groupings = tuple(groupings_of(where.at(some), kind, base, names))
        for k in range(PARTS):
            mine = (rows.fold[some] == f) & (part[some] == k)
            out[some[mine]] = _without(rows, some, base, groupings, chosen, mine)

    side_by_side(fit_fold, range(folds), workers=MAX_THREADS)  # they share no result
    return out


def _with_trees(rows: Choices, p: Floats) -> tuple[Floats, float]:
    """(C, A) with boosted trees of what p (C, A) misses, each fold's from the others, and what they gain on
    the first fold; p itself and 0 where that is nothing beyond noise. A few are asked first."""
    folds = [np.flatnonzero(rows.fold == f) for f in range(int(rows.fold.max()) + 1)]
    learn = [np.flatnonzero(rows.fitted & (rows.fold != f)) for f in range(len(folds))]
    held = folds[0][:: max(len(folds[0]) // MAX_CHOOSING_ROWS, 1)]
    if len(np.unique(rows.entity[held])) < MIN_HELD_ENTITIES or not len(learn[0]):
        return p, 0.0
    missed = _missed(p[learn[0]], rows.action[learn[0]])
    seen = see(
        (rows.features, rows.rows), rows.eligible, p, rows.day, rows.standing, (learn[0], missed)
    )  # fmt: skip
    taken, first = (np.arange(len(held)), rows.action[held]), None
    known, gains = np.log(np.maximum(p[held][taken], TINY)), np.zeros(len(held))
    for most in (ASKED_PAIRS, MAX_PAIRS):
        first = boost(seen, rows.action, learn[0], most)
        if first is None:
            return p, 0.0
        gains = np.log(np.maximum(first.applied(seen, held)[taken], TINY)) - known
        if gains.sum() <= 0:
            return p, 0.0
    gain = is_better(gains, rows.entity[held])
    if not gain:
        return p, 0.0
    out = p.copy()

    def fit_fold(f: int) -> None:
        found = boost(seen, rows.action, learn[f]) if f else first
        if found is not None:
            out[folds[f]] = found.applied(seen, folds[f])

    side_by_side(fit_fold, range(len(folds)), workers=MAX_THREADS)
    return out, gain


def _chosen(rows: Choices, where: Coordinates, smooth: Smooth) -> tuple[ChosenGrouping, ...]:
    """Which groupings help, asked of the first fold's model and of about `MAX_CHOOSING_ROWS` rows."""
    asked = np.flatnonzero(rows.fitted)
    asked = asked[:: max(len(asked) // MAX_CHOOSING_ROWS, 1)]
    base, held = smooth(0, asked), rows.fold[asked] == 0
    groupings = groupings_of(where.at(asked), _kinds(rows, where, 0, asked, smooth), base)
    return choose_groupings(base, rows.action[asked], groupings, held, rows.entity[asked])


def _kinds(
    rows: Choices, where: Coordinates, f: int, some: NDArray[np.int64], smooth: Smooth
) -> NDArray[np.int64]:
    """(m,) kinds of people of some of the rows (m,), learnt from every k-th row of the other folds."""
    learn = np.flatnonzero(rows.fitted & (rows.fold != f))
    learn = learn[:: max(len(learn) // TREE_ROWS, 1)]
    p, mine = smooth(f, learn), where.at(learn)
    missed = _missed(p, rows.action[learn])
    (shared,) = groupings_of(mine, None, p, [SET_AND_DAY])  # a tree would spend its leaves on their means
    total = np.column_stack([np.bincount(shared.cell, column) for column in missed.T])
    missed -= (total / np.bincount(shared.cell)[:, None])[shared.cell]
    return Kinds(rows.features, rows.rows[learn], missed).of(rows.features, rows.rows[some])


def _missed(p: Floats, action: NDArray[np.integer]) -> Floats:
    """(n, A) 1 for what was done less probabilities p (n, A)."""
    missed = -p
    missed[np.arange(len(p)), action] += 1.0
    return missed


def _without(
    rows: Choices,
    some: NDArray[np.int64],
    base: Floats,
    groupings: Sequence[Grouping],
    chosen: Sequence[ChosenGrouping],
    mine: Bools,
) -> Floats:
    """Probabilities (k, A) of `mine` (m,), a part of some of the rows (m,) with probabilities base (m, A),
    from cells of all the others that models may learn from."""
    learn = rows.fitted[some] & ~mine
    effects = fit_cells(
        base[learn],
        rows.action[some[learn]],
        [Grouping(g.name, g.cell[learn], g.cells) for g in groupings],
        chosen,
    )
    own = [Grouping(g.name, g.cell[mine], g.cells) for g in groupings]
    return effects.applied(base[mine], own)


def _mean_log_likelihood(p: Floats, action: NDArray[np.integer]) -> float:
    return float(np.log(np.maximum(p[np.arange(len(action)), action], 1e-300)).mean())
