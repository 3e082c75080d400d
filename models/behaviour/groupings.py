"""Which rows share a cell: days, weeks, situations, kinds of people and their products, coarse to fine.

A situation is what delivery could choose from: the eligible set, and where every opportunity is a decision of
its own, how each channel stands in the epoch (`Transitions.standing`). A cap on the ads of a day makes
channels rivals for its places although one is decided on at a time, in an order that the times of the ads
need not tell; and what else is possible that day betrays an intent as much as what is possible now.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeRegressor

from models.mdp import IMPOSSIBLE, SHOWN

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Standings = NDArray[np.uint8]
Part = tuple[str, tuple[Codes | Bools | Standings | None, ...]]
"""A grouping's name, and the codes (n,) that tell its cells apart."""

MAX_MASKS, MAX_SITUATIONS = 64, 1024
"""Distinct eligible sets, or standings of all channels, that are told apart; rarer ones share a cell."""
LEAVES, LEAF_ROWS, TREE_ROWS = 48, 300, 60_000
KIND, KIND_TIMES = "kind of person", "kind x "
SET_AND_DAY = "eligible set x day"
GRADES = (0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9)
"""Borders between grades: how likely the smooth model calls the first action,"""
FINE_GRADES = (0.02, 0.05, *GRADES, 0.95, 0.98)
"""and any other."""
COUNTS = "number of ads shown and possible"
"""On the same day."""
WEEK_DAYS = 7
MAX_CODE = 1 << 60
"""Codes are multiplied no further than 64 bits hold."""
LEAST_TABLE = 1 << 16
"""Codes below this, or below the number of rows, are counted in a table."""
CHUNK_ROWS = 1 << 16
"""Rows whose features are gathered at a time."""


@dataclass(frozen=True)
class Grouping:
    """Which cell each of n rows belongs to."""

    name: str
    cell: Codes  # (n,) 0..cells-1
    cells: int


class Kinds:
    """Kinds of people: the leaves of a tree on what a smooth model of delivery misses, grown on a sample of
    rows. (Of a tree on what delivery did, the leaves go to what the smooth model knows already.)"""

    def __init__(self, features: NDArray[np.float32], rows: Codes, missed: Floats) -> None:
        """features (N, d) of the whole table; missed (n, A): 1 for what was done less the probability of each
        action, in its rows (n,) to learn from."""
        self._tree: DecisionTreeRegressor | None = None
        if len(rows) >= 2 * LEAF_ROWS and missed.any():
            self._tree = DecisionTreeRegressor(
                max_leaf_nodes=LEAVES, min_samples_leaf=LEAF_ROWS, random_state=0
            ).fit(finite(features[rows]), missed)

    def of(self, features: NDArray[np.float32], rows: Codes) -> Codes:
        """(n,) the leaf of each row (n,) of the table; 0 where there is no tree."""
        out = np.zeros(len(rows), np.int64)
        for start in range(0, len(rows) if self._tree is not None else 0, CHUNK_ROWS):
            some = slice(start, start + CHUNK_ROWS)
            out[some] = self._tree.apply(finite(features[rows[some]]))  # type: ignore[union-attr]
        return out


@dataclass(frozen=True)
class Coordinates:
    """What tells apart the cells of n rows with a choice, but for the kinds of people."""

    day: Codes  # (n,) 0.. since the first
    mask: Codes  # (n,) number of the eligible set
    eligible: Bools  # (n, A)
    rivals: tuple[int, ...]
    """Actions that are possible on some rows and not on all."""
    actions: tuple[str, ...]
    standing: Standings | None  # (n, A - 1)
    situation: Codes | None  # (n,) number of eligible set and standing; None: no standing

    @classmethod
    def of(
        cls,
        eligible: Bools,
        day: NDArray[np.integer],
        actions: tuple[str, ...],
        standing: Standings | None = None,
    ) -> "Coordinates":
        """Of all rows (n,) with a choice, so that a part of them has the same cells."""
        first = int(day.min()) if len(day) else 0
        mask = _frequent(_numbers(eligible, 2), MAX_MASKS)
        situation = None if standing is None else _frequent(situations(eligible, standing), MAX_SITUATIONS)
        counts = eligible.sum(axis=0)
        rivals = tuple(k for k in range(eligible.shape[1]) if 0 < counts[k] < len(eligible))
        return cls(day.astype(np.int64) - first, mask, eligible, rivals, actions, standing, situation)

    def at(self, rows: Codes) -> "Coordinates":
        """Of some of the rows (m,)."""
        return replace(
            self,
            day=self.day[rows],
            mask=self.mask[rows],
            eligible=self.eligible[rows],
            standing=None if self.standing is None else self.standing[rows],
            situation=None if self.situation is None else self.situation[rows],
        )


def groupings_of(
    where: Coordinates, kind: Codes | None, base: Floats, names: Collection[str] | None = None
) -> Iterator[Grouping]:
    """Of rows (n,) with a choice, from coarse to fine: kinds of people, situations, weeks, days, and their
    products. That another action k is possible changes the odds of one that takes its turn before k by a
    factor of the day, 1 / (1 - p_k), whatever else is possible: hence a grouping for each k. That a day's
    budget is half as large halves everybody's chance, which is no factor of the odds: hence the grades of the
    first action. Nor is it one that an ample budget reaches nearly all whom a channel likes: hence each other
    action's own grades, by what else is possible and by week.

    kind (n,): None where no grouping of `names` asks for it. base (n, A): probabilities of the smooth model.
    names: those wanted; None: all.
    """
    day, mask, week = where.day, where.mask, where.day // WEEK_DAYS
    parts: tuple[Part, ...] = (
        (KIND, (kind,)),
        ("eligible set", (mask,)),
        ("week", (week,)),
        ("day", (day,)),
        (f"{KIND_TIMES}eligible set", (kind, mask)),
        ("eligible set x week", (mask, week)),
        (f"{KIND_TIMES}week", (kind, week)),
        *((f"{where.actions[k]} possible x day", (day, where.eligible[:, k])) for k in where.rivals),
        (SET_AND_DAY, (mask, day)),
        ("grade x day", (mask, np.searchsorted(GRADES, base[:, 0]), day)),
        *_of_grades(where, base),
        *_of_situations(where, kind),
    )
    for name, codes in parts:
        if names is None or name in names:
            yield _grouping(name, *(c for c in codes if c is not None))


def _of_grades(where: Coordinates, base: Floats) -> Iterator[Part]:
    """How likely the smooth model calls each action but the first."""
    for k, name in enumerate(where.actions[1:], start=1):
        grade = np.searchsorted(FINE_GRADES, base[:, k])
        yield f"grade of {name} x eligible set", (where.mask, grade)
        yield f"grade of {name} x week", (where.eligible[:, k], grade, where.day // WEEK_DAYS)


def _of_situations(where: Coordinates, kind: Codes | None) -> Iterator[Part]:
    """Where each opportunity is decided on its own: how many rivals for the day's places there are and how
    many were shown, and how each of them stands. After the days: most of what a channel's odds vary by."""
    day, mask, standing, situation = where.day, where.mask, where.standing, where.situation
    if standing is None:
        return
    counts = mask, (standing == SHOWN).sum(axis=1), (standing != IMPOSSIBLE).sum(axis=1)
    yield COUNTS, counts
    yield "situation", (situation,)
    yield f"{KIND_TIMES}situation", (kind, situation)
    yield "situation x week", (situation, day // WEEK_DAYS)
    yield f"{COUNTS} x day", (*counts, day)
    for k, name in enumerate(where.actions[1:]):
        yield f"standing of {name} x day", (mask, standing[:, k], day)


def ask_for_kinds(names: Collection[str]) -> bool:
    """Whether any of these groupings does."""
    return any(name == KIND or name.startswith(KIND_TIMES) for name in names)


def _grouping(name: str, *codes: Codes | Bools | Standings) -> Grouping:
    """Cells in the order of their codes (n,)."""
    code = codes[0].astype(np.int64)
    for finer in codes[1:]:
        code = code * (int(finer.max(initial=0)) + 1) + finer
    cell, counts = _numbered(code)
    return Grouping(name, cell, len(counts))


def _numbers(columns: NDArray, levels: int) -> Codes:
    """(n,) a number for each row (n, k) of 0 to levels - 1."""
    code, beyond = np.zeros(len(columns), np.int64), 1
    for k in range(columns.shape[1]):  # column by column: no (n, k) of integers
        if beyond > MAX_CODE:  # of many columns only the rows that are there are numbered
            code = _numbered(code)[0]
            beyond = int(code.max(initial=0)) + 1
        code += columns[:, k].astype(np.int64) * beyond
        beyond *= levels
    return code


def situations(eligible: Bools, standing: Standings) -> Codes:
    """(n,) a number for each eligible set (n, A) with a standing (n, A - 1)."""
    sets = _numbered(_numbers(eligible, 2))[0]
    return _numbered(_numbers(standing, 1 + SHOWN))[0] * (int(sets.max(initial=0)) + 1) + sets


def _numbered(codes: Codes) -> tuple[Codes, Codes]:
    """(n,) 0.. in the order of the codes (n,), none of which is below 0, and how many rows each has."""
    if int(codes.max(initial=0)) >= max(len(codes), LEAST_TABLE):
        _, where, counts = np.unique(codes, return_inverse=True, return_counts=True)
        return where.reshape(-1).astype(np.int64), counts
    counts = np.bincount(codes)  # a table of all codes takes no sort
    place = np.cumsum(counts > 0) - 1
    return place[codes], counts[counts > 0]


def _frequent(codes: Codes, most: int) -> Codes:
    """0.. for the most frequent codes in the order of their values; the rest share the last one."""
    where, counts = _numbered(codes)
    if len(counts) <= most:
        return where
    kept = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
    place = np.full(len(counts), most - 1, np.int64)
    place[kept] = np.arange(len(kept))
    return place[where]


def finite(features: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, d) with 0 for what is missing or endless."""
    return np.nan_to_num(features, nan=0.0, posinf=0.0, neginf=0.0)
