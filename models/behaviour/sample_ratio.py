"""Does a log do what its logged probabilities say? The sample-ratio test of experiments, cell by cell.

Where the log tells delivery's whole distribution, of an action k over the decisions of a cell

    S = sum of (1[a = k] - mu(k))    has mean 0 and, decisions in turn, variance  sum of mu(k) (1 - mu(k));

where it tells the probability of what was done alone,

    S = sum of (1[a = k] / mu(a) - 1)    has a mean of at most 0: 0 where k was possible on every decision.

Controls that were dropped, arms swapped, a probability that means something else: S leaves 0. Cells are the
whole log, each day and each segment (Fabijan et al. 2019, Diagnosing sample ratio mismatch).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import Transitions
from models.policies import Floats
from sql.errors import LogError

FALSE_ALARM = 1e-4
"""Chance that a sound log is refused, over all its cells together; less in truth."""
MATERIAL = 0.02
"""How far a logged probability may be off by rounding, as a share of it."""
MIN_OWN_SHARE = 0.01
"""Decisions that tell the probability of what was done alone are judged from this share of the choices on."""

Codes = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class SampleRatio:
    """The cell in which what was done is farthest from the logged probabilities."""

    action: str
    where: str
    """Empty: the whole log; else ` on 2026-03-01` or ` in segment students`."""
    decisions: int
    expected: float
    """Decisions for the action, by the logged probabilities."""
    observed: float
    """What was done; where the log tells no more than the probability of what was done, how many decisions
    those for the action stand for, which should be at most all of them."""
    strength: float
    """Difference over what chance may explain: above 1 the log contradicts itself."""
    cells: int
    """Comparisons made."""


def sample_ratio(t: Transitions, probabilities: Floats, whole: Bools, own: Bools) -> SampleRatio | None:
    """The worst cell of decisions whose whole distribution is logged, or the logged action's probability
    alone; None without any. probabilities (n, A); whole, own (n,): decisions of either kind.

    A cell is refused by Bernstein's inequality at FALSE_ALARM / cells, two-sided:

        |S| > sqrt(2 V c) + M c / 3 + MATERIAL * expected,    c = log(2 cells / FALSE_ALARM),

    V the model's variance or that of sums by entity, whichever is larger, and M the largest sum of an entity:
    a test that draws an arm once and logs it daily is sound as well. Wrong where an entity's segment was
    given to it because of what was shown.
    """
    choices = int((t.eligible.sum(axis=1) >= 2).sum())
    parts = [(np.flatnonzero(whole), False)]
    if own.sum() >= MIN_OWN_SHARE * choices:
        parts.append((np.flatnonzero(own), True))
    parts = [(rows, alone) for rows, alone in parts if len(rows)]
    groupings = [[*_cells(t, rows)] for rows, _ in parts]
    cells = len(t.actions) * sum(len(names) for found in groupings for names, _ in found)
    worst: SampleRatio | None = None
    for (rows, alone), found in zip(parts, groupings, strict=True):
        for k in range(len(t.actions)):
            mine = t.eligible[rows, k]
            taken = t.action[rows] == k
            if not mine.any() or (alone and not taken.any()):  # never done: nothing tells it was possible
                continue
            p = probabilities[rows, t.action[rows] if alone else k]
            for names, cell in found:
                one = _worst(t.entity[rows], cell, len(names), mine, taken, p, alone, cells)
                if worst is None or one.strength > worst.strength:
                    where, share = names[one.cell], (one.expected, one.observed)
                    worst = SampleRatio(t.actions[k], where, one.decisions, *share, one.strength, cells)
    return worst


def refuse_contradiction(found: SampleRatio | None, column: str) -> None:
    """LogError where what was done cannot come from the logged probabilities."""
    if found is None or found.strength <= 1:
        return
    raise LogError(
        f"{column}: `{found.action}` was to be chosen in about {found.expected:,.0f} of {found.decisions:,} "
        f"decisions{found.where}, by the logged probabilities, and the log speaks for {found.observed:,.0f}: "
        f"chance alone does that in fewer than 1 of {1 / FALSE_ALARM:,.0f} logs. Are rows missing, such as "
        "those of people who were shown nothing, or is this another probability than that of what was done? "
        "Complete the log, or leave the column out."
    )


@dataclass(frozen=True)
class _Cell:
    cell: int
    decisions: int
    expected: float
    observed: float
    strength: float


def _cells(t: Transitions, rows: Codes) -> list[tuple[list[str], Codes]]:
    """(names, cell of each row) of the whole log, its days, and its segments where it has any."""
    days, day = np.unique(t.day[rows], return_inverse=True)
    found = [
        ([""], np.zeros(len(rows), np.int64)),
        ([f" on {np.datetime64(int(d), 'D')}" for d in days], day.astype(np.int64)),
    ]
    if len(t.segments) > 1:
        found.append(([f" in segment {s}" for s in t.segments], t.segment[rows].astype(np.int64)))
    return found


def _worst(
    entity: Codes, cell: Codes, n: int, mine: Bools, taken: Bools, p: Floats, alone: bool, cells: int
) -> _Cell:
    """The cell of one grouping (m,) that says most against one action's probabilities p (m,)."""
    if alone:
        inverse = np.where(taken, 1.0 / p, 0.0)
        expected, observed, variance = mine.astype(float), inverse, np.maximum(inverse**2 - inverse, 0.0)
    else:
        expected, observed, variance = p * mine, (taken & mine).astype(float), p * (1 - p) * mine
    score = np.where(mine, observed - expected, 0.0)
    count, should, did, total, model = (
        np.bincount(cell, x, n) for x in (mine.astype(float), expected, observed, score, variance)
    )
    # rows are sorted by entity and time, so those of one entity and cell are neighbours
    new = np.r_[True, (entity[1:] != entity[:-1]) | (cell[1:] != cell[:-1])]
    of_entity = np.bincount(np.cumsum(new) - 1, score)
    clustered = np.bincount(cell[new], of_entity**2, n)
    largest = np.zeros(n)
    np.maximum.at(largest, cell[new], np.abs(of_entity))
    c = np.log(2 * cells / FALSE_ALARM)
    spread = np.sqrt(2 * np.maximum(model, clustered) * c) + np.maximum(largest, 1.0) * c / 3
    excess = total if alone else np.abs(total)
    strength = np.maximum(excess, 0.0) / (spread + MATERIAL * should)
    at = int(np.argmax(strength))
    return _Cell(at, int(count[at]), float(should[at]), float(did[at]), float(strength[at]))
