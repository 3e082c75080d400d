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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from models.behaviour.groupings import Grouping
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
MAX_STEP = 2.0
"""Of the log odds."""
TINY = 1e-12


@dataclass(frozen=True)
class ChosenGrouping:
    """A grouping that predicts held-out entities better than those before it alone."""

    name: str
    precision: float
    gain: float
    """Log likelihood per held-out choice, in nats, over those before it."""


def choose_groupings(
    base: Floats,
    action: NDArray[np.integer],
    groupings: Iterable[Grouping],
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
        sums = cells.sums(learnt)
        best: tuple[float, float, Floats, Floats] | None = None
        for precision in PRECISIONS:
            delta = cells.fitted(learnt, sums, precision)
            told = np.log(np.maximum(_moved(asked, delta, g.cell[held])[taken], TINY))
            gain = is_better(told - known, who)
            if gain and (best is None or gain > best[0]):
                best = gain, precision, delta, told
        if best is not None:
            gain_of, precision, delta, known = best
            chosen.append(ChosenGrouping(g.name, precision, gain_of))
            learnt, asked = _moved(learnt, delta, g.cell[~held]), _moved(asked, delta, g.cell[held])
    return tuple(chosen)


def is_better(gains: Floats, entity: NDArray[np.int64]) -> float:
    """Mean gain in log likelihood of rows (n,), where it is beyond the noise of their entities; else 0."""
    _, who = np.unique(entity, return_inverse=True)
    by_entity = np.bincount(who, weights=gains)
    gain = float(by_entity.sum()) / len(gains)
    noise = float(np.sqrt(len(by_entity)) * by_entity.std()) / len(gains)
    return gain if gain > max(MIN_Z * noise, MIN_GAIN) else 0.0


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
            change = cells[c.name].step(cells[c.name].sums(p), c.precision, deltas[c.name])
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

    def sums(self, p: Floats) -> "_Sums":
        """Of probabilities (n, A), which every prior shares."""
        expected = self._sum @ p
        free = p.shape[1] - 1
        curvature = np.empty((len(expected), free, free))
        for k in range(free):  # column by column: no (n, A, A)
            products = self._sum @ (p[:, 1 + k :] * p[:, [1 + k]])
            curvature[:, k, k:] = curvature[:, k:, k] = -products
        return _Sums(expected, curvature)

    def step(self, sums: "_Sums", precision: float, known: Floats) -> Floats:
        """(cells, A) one Newton step under the prior, from probabilities with effects `known`."""
        curvature = sums.curvature.copy()
        diagonal = np.arange(curvature.shape[1])
        curvature[:, diagonal, diagonal] += sums.expected[:, 1:] + precision
        score = (self._taken - sums.expected - precision * known)[:, 1:]
        step = np.zeros_like(sums.expected)
        step[:, 1:] = np.linalg.solve(curvature, score[..., None])[..., 0]
        return np.clip(step, -MAX_STEP, MAX_STEP)

    def fitted(self, p: Floats, sums: "_Sums", precision: float) -> Floats:
        """(cells, A) effects on their own, in two steps: the first overshoots where an action is rare. sums:
        those of p (n, A)."""
        first = self.step(sums, precision, np.zeros_like(self._taken, dtype=np.float64))
        return first + self.step(self.sums(_moved(p, first, self._cell)), precision, first)


@dataclass(frozen=True)
class _Sums:
    """By cell: what is expected (cells, A), and minus the sums of p p' but for the first action."""

    expected: Floats
    curvature: Floats


def _moved(p: Floats, log_odds: Floats, cell: Codes) -> Floats:
    """p exp(log_odds of the row's cell), normalised, (n, A): what is impossible stays so."""
    out: Floats = np.exp(log_odds)[cell]
    out *= p
    out /= row_sums(out)[:, None]
    return out
