"""What a smooth model of delivery misses: cells of days, eligible sets and kinds of people, shrunk by level.

Money is spent by the day: a budget runs out or is ample, one channel takes a person before another can, and a
week's budget follows demand. A softmax of the state knows none of it. On top of its probabilities p

    p'(a|s) ~ p(a|s) exp(sum_g delta_g[cell_g(s), a])     over the eligible actions,

groupings g from coarse to fine (`groupings_of`), each fitted on what the others left: Newton steps of the log
odds per cell, shrunk by a normal prior of precision lambda_g,

    delta_g[c] += (H + lambda_g)^-1 (taken - expected - lambda_g delta_g[c]),   H = sum of diag(p) - p p',

0 for the first action, against which odds are counted, and swept `SWEEPS` times. (The diagonal of H alone is
half of it where `none` is rare, and its steps swing.) A grouping and its lambda stay when they predict held-
out entities better. Assumption: within a cell delivery differs from the smooth model by a factor of the odds.
Wrong where it reacts to something that neither the state nor the day tells: the placebo on the past asks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.tree import DecisionTreeClassifier

from models.numerics import row_sums

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

PRECISIONS = (1.0, 5.0, 25.0, 125.0)
"""lambda tried, in units of information: p (1 - p) summed over rows."""
SWEEPS = 3
MIN_Z = 2.0
"""A grouping stays when it raises the held-out likelihood by so many standard errors."""
MIN_HELD_ENTITIES = 20
"""With fewer held-out entities than this nothing is added to the softmax."""
MIN_GAIN = 1e-4
"""And by so many nats per choice: less changes no weight."""
MAX_MASKS = 64
"""Distinct eligible sets that are told apart; rarer ones share a cell."""
LEAVES, LEAF_ROWS, TREE_ROWS = 48, 300, 60_000
WEEK_DAYS = 7
MAX_STEP = 2.0
"""Of the log odds."""
TINY = 1e-12
CHUNK_ROWS = 1 << 16
"""Rows whose features are gathered at a time."""


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

    def __init__(self, features: NDArray[np.float32], rows: Codes, action: NDArray[np.integer]) -> None:
        """features (N, d) of the whole table; action (n,) of its rows (n,) to learn from, of which every k-th
        is used."""
        every = max(len(rows) // TREE_ROWS, 1)
        self._tree: DecisionTreeClassifier | None = None
        if len(rows) >= 2 * LEAF_ROWS and len(np.unique(action[::every])) > 1:
            self._tree = DecisionTreeClassifier(
                max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS, random_state=0
            ).fit(_finite(features[rows[::every]]), action[::every])

    def of(self, features: NDArray[np.float32], rows: Codes) -> Codes:
        """(n,) the leaf of each row (n,) of the table; 0 where there is no tree."""
        out = np.zeros(len(rows), np.int64)
        for start in range(0, len(rows) if self._tree is not None else 0, CHUNK_ROWS):
            some = slice(start, start + CHUNK_ROWS)
            out[some] = self._tree.apply(_finite(features[rows[some]]))  # type: ignore[union-attr]
        return out


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
    base: Floats,
    action: NDArray[np.integer],
    groupings: Sequence[Grouping],
    held: Bools,
    entity: NDArray[np.int64],
) -> tuple[ChosenGrouping, ...]:
    """Forward: each grouping in turn with the precision that predicts the rows `held` (n,) best, if any does.

    The choice is a yes or no from everybody: far too little for an entity (n,) to leak into its own
    probabilities. base (n, A): probabilities of a smooth model that saw none of the held entities; 0 where an
    action is not eligible.
    """
    chosen: list[ChosenGrouping] = []
    _, who = np.unique(entity[held], return_inverse=True)
    if held.all() or not held.any() or who.max() + 1 < MIN_HELD_ENTITIES:
        return ()
    learnt, asked = base[~held], base[held]
    taken = np.arange(len(asked)), action[held]
    known = np.log(np.maximum(asked[taken], TINY))
    for g in groupings:
        cells = _Cells(g.cell[~held], g.cells, action[~held], base.shape[1])
        best: tuple[float, float, Floats, Floats] | None = None
        for precision in PRECISIONS:
            delta = cells.fitted(learnt, precision)
            told = np.log(np.maximum(_moved(asked, delta, g.cell[held])[taken], TINY))
            by_entity = np.bincount(who, weights=told - known)
            gain = float(by_entity.sum()) / len(asked)
            noise = float(np.sqrt(len(by_entity)) * by_entity.std()) / len(asked)
            if gain > max(MIN_Z * noise, MIN_GAIN) and (best is None or gain > best[0]):
                best = gain, precision, delta, told
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
            change = cells[c.name].step(p, c.precision, deltas[c.name])
            deltas[c.name] += change
            p = _moved(p, change, by_name[c.name].cell)
    return CellEffects(tuple(deltas.items()))


class _Cells:
    """Sums over the cells of a grouping, in the order of the rows: the same bits everywhere."""

    def __init__(self, cell: Codes, cells: int, action: NDArray[np.integer], n_actions: int) -> None:
        n = len(cell)
        self._cell = cell
        self._sum = csr_array((np.ones(n), (cell, np.arange(n))), shape=(cells, n))
        code = cell * n_actions + action
        self._taken = np.bincount(code, minlength=cells * n_actions).reshape(cells, n_actions)

    def step(self, p: Floats, precision: float, known: Floats) -> Floats:
        """(cells, A) one Newton step under the prior, from probabilities (n, A) with effects `known`."""
        expected = self._sum @ p
        free = p.shape[1] - 1
        curvature = np.empty((len(expected), free, free))
        for k in range(free):  # column by column: no (n, A, A)
            products = self._sum @ (p[:, 1 + k :] * p[:, [1 + k]])
            curvature[:, k, k:] = curvature[:, k:, k] = -products
        diagonal = np.arange(free)
        curvature[:, diagonal, diagonal] += expected[:, 1:] + precision
        score = (self._taken - expected - precision * known)[:, 1:]
        step = np.zeros_like(expected)
        step[:, 1:] = np.linalg.solve(curvature, score[..., None])[..., 0]
        return np.clip(step, -MAX_STEP, MAX_STEP)

    def fitted(self, p: Floats, precision: float) -> Floats:
        """(cells, A) effects on their own, in two steps: the first overshoots where an action is rare."""
        first = self.step(p, precision, np.zeros_like(self._taken, dtype=np.float64))
        return first + self.step(_moved(p, first, self._cell), precision, first)


def _moved(p: Floats, log_odds: Floats, cell: Codes) -> Floats:
    """p exp(log_odds of the row's cell), normalised, (n, A): what is impossible stays so."""
    out: Floats = np.exp(log_odds)[cell]
    out *= p
    out /= row_sums(out)[:, None]
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
