"""What a smooth model of delivery misses: cells of days, eligible sets and kinds of people, shrunk by level.

Money is spent by the day: a budget runs out or is ample, one channel takes a person before another can, and a
week's budget follows demand. A softmax of the state knows none of it. On top of its probabilities p

    p'(a|s) ~ p(a|s) exp(sum_g delta_g[cell_g(s), a])     over the eligible actions,

groupings g from coarse to fine (`groupings_of`), each fitted on what the ones before it left: one Newton step
of the log odds per cell and action, shrunk by a normal prior of precision lambda_g,

    delta_g[c, a] = (taken - expected) / (sum of p (1 - p) + lambda_g),

0 for the first action, against which odds are counted, and swept twice. A grouping and its lambda stay when
they predict held-out entities better. Assumption: within a cell delivery differs from the smooth model by a
factor of the odds. Wrong where it reacts to something that neither the state nor the day tells: the placebo
on the past asks for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.tree import DecisionTreeClassifier

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

PRECISIONS = (2.0, 10.0, 50.0, 250.0)
"""lambda tried, in units of information: p (1 - p) summed over rows."""
SWEEPS = 2
MIN_Z = 2.0
"""A grouping stays when it raises the held-out likelihood by so many standard errors."""
MIN_GAIN = 1e-4
"""And by so many nats per choice: less changes no weight."""
MAX_MASKS = 64
"""Distinct eligible sets that are told apart; rarer ones share a cell."""
LEAVES, LEAF_ROWS, TREE_ROWS = 48, 300, 60_000
WEEK_DAYS = 7
MAX_STEP = 3.0
"""Of the log odds."""
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


def groupings_of(
    eligible: Bools, day: NDArray[np.integer], kind: Codes, actions: tuple[str, ...]
) -> tuple[Grouping, ...]:
    """Of rows (n,) with a choice, from coarse to fine: kinds of people, eligible sets, weeks, days, and their
    products. That another action k is possible changes the odds of one that takes its turn before k by a
    factor of the day, 1 / (1 - p_k), whatever else is possible: hence a grouping for each k."""
    mask = _frequent((eligible.astype(np.int64) << np.arange(eligible.shape[1])).sum(axis=1))
    first = int(day.min()) if len(day) else 0
    date = day.astype(np.int64) - first
    week = date // WEEK_DAYS
    rivals = [k for k in range(eligible.shape[1]) if 0 < np.count_nonzero(eligible[:, k]) < len(eligible)]
    parts: tuple[tuple[str, Codes | tuple[Codes, Codes]], ...] = (
        ("kind of person", kind),
        ("eligible set", mask),
        ("week", week),
        ("day", date),
        ("kind x eligible set", (kind, mask)),
        ("eligible set x week", (mask, week)),
        ("kind x week", (kind, week)),
        *((f"{actions[k]} possible x day", (date, eligible[:, k].astype(np.int64))) for k in rivals),
        ("eligible set x day", (mask, date)),
    )
    return tuple(_grouping(name, codes) for name, codes in parts)


def choose_groupings(
    base: Floats, action: NDArray[np.integer], groupings: Sequence[Grouping], held: Bools
) -> tuple[ChosenGrouping, ...]:
    """Forward: each grouping in turn with the precision that predicts the rows `held` (n,) best, if any does.

    The choice is a yes or no from everybody: far too little for an entity to leak into its own probabilities.
    base (n, A): probabilities of the smooth model, none of which saw the entity it speaks of; 0 where an
    action is not eligible.
    """
    chosen: list[ChosenGrouping] = []
    if not held.any() or held.all():
        return ()
    learnt, asked = base[~held], base[held]
    taken = np.arange(len(asked)), action[held]
    known = np.log(np.maximum(asked[taken], TINY))
    for g in groupings:
        step = _Cells(g.cell[~held], g.cells, action[~held], base.shape[1]).step(learnt)
        best: tuple[float, float, Floats, Floats] | None = None
        for precision in PRECISIONS:
            delta = step.shrunk(precision)
            told = np.log(np.maximum(_moved(asked, delta, g.cell[held])[taken], TINY))
            gain = told - known
            enough = max(MIN_Z * float(gain.std()) / np.sqrt(len(gain)), MIN_GAIN)
            if gain.mean() > enough and (best is None or gain.mean() > best[0]):
                best = float(gain.mean()), precision, delta, told
        if best is not None:
            gain_of, precision, delta, known = best
            chosen.append(ChosenGrouping(g.name, precision, gain_of))
            learnt, asked = _moved(learnt, delta, g.cell[~held]), _moved(asked, delta, g.cell[held])
    return tuple(chosen)


@dataclass(frozen=True)
class CellEffects:
    """Fitted effects: deltas (cells, A) of each grouping that was chosen."""

    deltas: tuple[tuple[str, Floats], ...]

    def applied(self, base: Floats, groupings: Sequence[Grouping]) -> Floats:
        """(m, A) probabilities of rows of the same groupings, from those of the smooth model."""
        by_name = {g.name: g for g in groupings}
        p = base
        for name, delta in self.deltas:
            p = _moved(p, delta, by_name[name].cell)
        return p


def fit_cells(
    base: Floats,
    action: NDArray[np.integer],
    groupings: Sequence[Grouping],
    chosen: Sequence[ChosenGrouping],
) -> CellEffects:
    """The effects of the chosen groupings on rows (n, A)."""
    by_name = {g.name: g for g in groupings}
    a = base.shape[1]
    cells = {c.name: _Cells(by_name[c.name].cell, by_name[c.name].cells, action, a) for c in chosen}
    deltas = {c.name: np.zeros((by_name[c.name].cells, a)) for c in chosen}
    p = base
    for _ in range(SWEEPS):
        for c in chosen:
            # the prior is on the whole effect: what was found before is pulled back too
            change = cells[c.name].step(p).shrunk(c.precision, deltas[c.name])
            deltas[c.name] += change
            p = _moved(p, change, by_name[c.name].cell)
    return CellEffects(tuple(deltas.items()))


@dataclass(frozen=True)
class _Step:
    score: Floats  # (cells, A) taken - expected
    information: Floats  # (cells, A) sum of p (1 - p)

    def shrunk(self, precision: float, known: Floats | float = 0.0) -> Floats:
        """(cells, A) one Newton step under the prior, from effects already `known`."""
        step = (self.score - precision * known) / (self.information + precision)
        step[:, 0] = 0.0
        return np.clip(step, -MAX_STEP, MAX_STEP)


class _Cells:
    """Sums over the cells of a grouping, in the order of the rows: the same bits everywhere."""

    def __init__(self, cell: Codes, cells: int, action: NDArray[np.integer], n_actions: int) -> None:
        n = len(cell)
        self._sum = csr_array((np.ones(n), (cell, np.arange(n))), shape=(cells, n))
        code = cell * n_actions + action
        self._taken = np.bincount(code, minlength=cells * n_actions).reshape(cells, n_actions)

    def step(self, p: Floats) -> _Step:
        """Of probabilities (n, A)."""
        return _Step(self._taken - self._sum @ p, self._sum @ (p * (1.0 - p)))


def _moved(p: Floats, log_odds: Floats, cell: Codes) -> Floats:
    """p exp(log_odds of the row's cell), normalised, (n, A): what is impossible stays so."""
    out: Floats = np.exp(log_odds)[cell]
    out *= p
    out /= out.sum(axis=1, keepdims=True)
    return out


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
