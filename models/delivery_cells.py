"""What a smooth model of delivery misses: cells of days, eligible sets and kinds of people, shrunk by level.

Money is spent by the day: a budget runs out or is ample, one channel takes a person before another can, and a
week's budget follows demand. A softmax of the state knows none of it. On top of its probabilities p

    p'(a|s) ~ p(a|s) exp(sum_g delta_g[cell_g(s), a])     over the eligible actions,

groupings g from coarse to fine (`groupings_of`), each fitted on what the ones before it left: one Newton step
of the log odds per cell and action, shrunk by a normal prior of precision lambda_g,

    delta_g[c, a] = (taken - expected) / (sum of p (1 - p) + lambda_g),

swept twice. A grouping and its lambda stay when they predict held-out entities better. Assumption: within a
cell delivery differs from the smooth model by a factor of the odds. Wrong where it reacts to something that
neither the state nor the day tells: the placebo on the past asks for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

PRECISIONS = (5.0, 20.0, 80.0, 320.0)
"""lambda tried, in units of information: p (1 - p) summed over rows."""
SWEEPS = 2
MIN_Z = 2.0
"""A grouping stays when it raises the held-out likelihood by so many standard errors."""
MAX_MASKS = 64
"""Distinct eligible sets that are told apart; rarer ones share a cell."""
LEAVES, LEAF_ROWS, TREE_ROWS = 48, 300, 60_000
WEEK_DAYS = 7
TINY = 1e-12


@dataclass(frozen=True)
class Grouping:
    """Which cell each of n rows belongs to."""

    name: str
    cell: Codes  # (n,) 0..cells-1
    cells: int


@dataclass(frozen=True)
class ChosenGrouping:
    """A grouping that predicts held-out entities better than those before it alone."""

    name: str
    precision: float
    gain: float
    """Log likelihood per held-out choice, in nats, over those before it."""


class Kinds:
    """Kinds of people: the leaves of a tree on what delivery did, grown once on a sample of rows."""

    def __init__(self, features: NDArray[np.float32], action: NDArray[np.integer]) -> None:
        """features (n, d), action (n,) of rows with a choice; every k-th row is used."""
        every = max(len(action) // TREE_ROWS, 1)
        self._tree: DecisionTreeClassifier | None = None
        if len(action) >= 2 * LEAF_ROWS and len(np.unique(action[::every])) > 1:
            self._tree = DecisionTreeClassifier(
                max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS, random_state=0
            ).fit(_finite(features[::every]), action[::every])

    def of(self, features: NDArray[np.float32]) -> Codes:
        """(n,) the leaf of each row; 0 where there is no tree."""
        if self._tree is None:
            return np.zeros(len(features), np.int64)
        return np.asarray(self._tree.apply(_finite(features)), np.int64)


def groupings_of(eligible: Bools, day: NDArray[np.integer], kind: Codes) -> tuple[Grouping, ...]:
    """Of rows (n,) with a choice, from coarse to fine: kinds of people, eligible sets, weeks, days, and their
    products."""
    mask = _frequent((eligible.astype(np.int64) << np.arange(eligible.shape[1])).sum(axis=1))
    first = int(day.min()) if len(day) else 0
    date = day.astype(np.int64) - first
    week = date // WEEK_DAYS
    parts: tuple[tuple[str, Codes | tuple[Codes, Codes]], ...] = (
        ("kind of person", kind),
        ("eligible set", mask),
        ("week", week),
        ("day", date),
        ("kind x eligible set", (kind, mask)),
        ("eligible set x week", (mask, week)),
        ("kind x week", (kind, week)),
        ("eligible set x day", (mask, date)),
    )
    return tuple(_grouping(name, codes) for name, codes in parts)


def choose_groupings(
    base: Floats, eligible: Bools, action: NDArray[np.integer], groupings: Sequence[Grouping], held: Bools
) -> tuple[ChosenGrouping, ...]:
    """Forward: each grouping in turn with the precision that predicts the rows `held` (n,) best, if any does.

    base (n, A): probabilities of the smooth model, none of which saw the entity it speaks of.
    """
    chosen: list[ChosenGrouping] = []
    if not held.any() or held.all():
        return ()
    p = base.copy()
    logged = (np.arange(len(action)), action)
    known = np.log(np.maximum(p[logged][held], TINY))
    for g in groupings:
        step = _step(p[~held], action[~held], g.cell[~held], g.cells)
        best: tuple[float, Floats, float, Floats] | None = None
        for precision in PRECISIONS:
            moved = _moved(p, eligible, step.shrunk(precision)[g.cell])
            told = np.log(np.maximum(moved[logged][held], TINY))
            gain = told - known
            spread = float(gain.std()) / np.sqrt(len(gain))
            if gain.mean() > MIN_Z * spread and (best is None or gain.mean() > best[0]):
                best = float(gain.mean()), moved, precision, told
        if best is not None:
            chosen.append(ChosenGrouping(g.name, best[2], best[0]))
            p, known = best[1], best[3]
    return tuple(chosen)


@dataclass(frozen=True)
class CellEffects:
    """Fitted effects: deltas (cells, A) of each grouping that was chosen."""

    deltas: tuple[tuple[str, Floats], ...]

    def applied(self, base: Floats, eligible: Bools, groupings: Sequence[Grouping]) -> Floats:
        """(m, A) probabilities of rows of the same groupings, from those of the smooth model."""
        by_name = {g.name: g for g in groupings}
        total = np.zeros_like(base)
        for name, delta in self.deltas:
            total += delta[by_name[name].cell]
        return _moved(base, eligible, total)


def fit_cells(
    base: Floats,
    eligible: Bools,
    action: NDArray[np.integer],
    groupings: Sequence[Grouping],
    chosen: Sequence[ChosenGrouping],
) -> CellEffects:
    """The effects of the chosen groupings on rows (n, A)."""
    by_name = {g.name: g for g in groupings}
    a = base.shape[1]
    deltas = {c.name: np.zeros((by_name[c.name].cells, a)) for c in chosen}
    p = base
    for _ in range(SWEEPS):
        for c in chosen:
            g = by_name[c.name]
            step = _step(p, action, g.cell, g.cells)
            # the prior is on the whole effect: what was found before is pulled back too
            change = step.shrunk(c.precision, deltas[c.name])
            deltas[c.name] += change
            p = _moved(p, eligible, change[g.cell])
    return CellEffects(tuple(deltas.items()))


@dataclass(frozen=True)
class _Step:
    score: Floats  # (cells, A) taken - expected
    information: Floats  # (cells, A) sum of p (1 - p)

    def shrunk(self, precision: float, known: Floats | float = 0.0) -> Floats:
        """(cells, A) one Newton step under the prior, from effects already `known`."""
        step = (self.score - precision * known) / (self.information + precision)
        return np.clip(step, -3.0, 3.0)


def _step(p: Floats, action: NDArray[np.integer], cell: Codes, cells: int) -> _Step:
    score, information = np.empty((cells, p.shape[1])), np.empty((cells, p.shape[1]))
    for a in range(p.shape[1]):
        score[:, a] = np.bincount(cell, weights=(action == a) - p[:, a], minlength=cells)
        information[:, a] = np.bincount(cell, weights=p[:, a] * (1 - p[:, a]), minlength=cells)
    return _Step(score, information)


def _moved(p: Floats, eligible: Bools, log_odds: Floats) -> Floats:
    """p exp(log_odds), normalised over the eligible actions, (n, A)."""
    out = np.where(eligible, p * np.exp(log_odds), 0.0)
    return out / out.sum(axis=1, keepdims=True)


def _grouping(name: str, codes: Codes | tuple[Codes, Codes]) -> Grouping:
    if isinstance(codes, tuple):
        codes = codes[0] * (int(codes[1].max(initial=0)) + 1) + codes[1]
    distinct, cell = np.unique(codes, return_inverse=True)
    return Grouping(name, cell.reshape(-1).astype(np.int64), len(distinct))


def _frequent(codes: Codes) -> Codes:
    """0.. for the most frequent codes in the order of their values; the rest share the last one."""
    distinct, where, counts = np.unique(codes, return_inverse=True, return_counts=True)
    if len(distinct) <= MAX_MASKS:
        return where.reshape(-1).astype(np.int64)
    kept = np.sort(np.argsort(-counts, kind="stable")[: MAX_MASKS - 1])
    place = np.full(len(distinct), MAX_MASKS - 1, np.int64)
    place[kept] = np.arange(len(kept))
    return place[where.reshape(-1)]


def _finite(features: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.nan_to_num(features, nan=0.0, posinf=0.0, neginf=0.0)
