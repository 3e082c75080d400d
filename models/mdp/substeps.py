"""Decisions in the order in which they were taken: what the transition table is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.mdp.event_streams import Stream
from models.mdp.logged_propensities import distributions
from models.mdp.rows import joined_columns


@dataclass(frozen=True)
class Substeps:
    """m decisions, each of one cell: one entity's epoch. K channels, A = 1 + K actions."""

    cell: NDArray[np.int64]  # (m,) as of a `Stream`
    rank: NDArray[np.float32]  # (m,) decisions earlier in the epoch
    action: NDArray[np.int16]  # (m,)
    eligible: NDArray[np.bool_]  # (m, A)
    cost_micros: NDArray[np.int64]  # (m,)
    clicks: NDArray[np.int64]  # (m,)
    propensity: NDArray[np.float64]  # (m,) NaN where not logged
    delivery: NDArray[np.float64] | None  # (m, A) NaN where not logged
    shown: NDArray[np.float32]  # (m, K) 1 where decided for earlier in the epoch
    standing: NDArray[np.uint8] | None = None  # (m, K) of every channel in the epoch; None: one choice

    def in_order(self, cells: int) -> "Substeps":
        """By cell, of so many, and rank."""
        rows = np.bincount(self.cell, minlength=cells)
        place = (np.cumsum(rows) - rows)[self.cell] + self.rank.astype(np.int64)
        order = np.empty_like(place)
        order[place] = np.arange(len(place))
        columns: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        given = {name: column.take(order, axis=0) for name, column in columns.items() if column is not None}
        return Substeps(**columns | given)


def join_steps(parts: list[Substeps], cells: Sequence[int]) -> dict[str, Any]:
    """The columns of decisions in order as one, cells of each part; None where there are none. `parts` is
    emptied. What was shown earlier in an epoch is left out: it is state, which is told by then."""
    rows, alike = [len(part.cell) for part in parts], parts[0]
    names = [f.name for f in fields(Substeps) if f.name not in ("rank", "shown")]
    given = joined_columns(parts, [name for name in names if getattr(alike, name) is not None])
    before = np.cumsum(cells) - cells
    given["cell"] = given["cell"] + np.repeat(before, rows)
    return dict.fromkeys(names) | given


def no_steps(k: int) -> Substeps:
    """No decision at all, K channels."""
    none = np.zeros(0, np.int64)
    return Substeps(
        cell=none,
        rank=none.astype(np.float32),
        action=none.astype(np.int16),
        eligible=np.zeros((0, 1 + k), bool),
        cost_micros=none,
        clicks=none,
        propensity=np.zeros(0),
        delivery=None,
        shown=np.zeros((0, k), np.float32),
    )


@dataclass(frozen=True)
class Turn:
    """How the decisions of an epoch follow each other."""

    cap: int
    """Decisions after which nothing more is possible."""
    idle: bool = True
    """Doing nothing is possible, and is what was decided where nothing is logged."""
    repeat: bool = False
    """An action stays possible after it was taken."""


def choices_in_turn(
    decides: NDArray[np.bool_],
    possible: NDArray[np.bool_],
    shown: Stream,
    turn: Turn,
    told: NDArray[np.float64] | None,
) -> Substeps:
    """Every exposure, in order, is a choice among what was still possible; `none` ends the epoch, where it is
    possible.

    The reading of a log whose delivery shows one ad per epoch, or does not tell what it could have shown.
    decides (cells,), possible (cells, K); told (cells, K): logged probabilities of an epoch's one choice, if
    it is one.
    """
    cells, k = possible.shape
    remaining = np.empty((cells, 1 + k), bool)
    remaining[:, 0], remaining[:, 1:] = turn.idle, possible
    before = np.zeros((cells, k), np.float32)  # exposures so far
    rank, times = shown.values["rank"], shown.values["n"]
    columns = [shown.values[c] for c in ("cost_micros", "clicks", "propensity")]
    decided = decides[shown.cell]  # before entry an exposure is history
    rows = []
    for r in range(int(rank.max(initial=-1)) + 1):
        now = np.flatnonzero((rank == r) & decided)
        who, what = shown.cell[now], shown.values["action"][now]
        mask, earlier = remaining.take(who, axis=0), before.take(who, axis=0)
        rows.append((who, what, mask, *(column[now] for column in columns), earlier))
        remaining[who, what] &= turn.repeat
        before[who, what - 1] += times[now]
    m = np.bincount(shown.cell, minlength=cells)
    left = (m == 0) | (any_of(remaining[:, 1:]) & (m < turn.cap))
    none = np.flatnonzero(decides & left & turn.idle)
    mask, zeros = remaining.take(none, axis=0), np.zeros(len(none), np.int64)
    propensity = np.where(any_of(mask[:, 1:]), np.nan, 1.0)
    rows.append((none, zeros, mask, zeros, zeros, propensity, before.take(none, axis=0)))
    who, what, eligible, cost, clicks, propensity, earlier = map(np.concatenate, zip(*rows, strict=True))
    ranks = np.concatenate([np.full(len(r[0]), i) for i, r in enumerate(rows[:-1])] + [m[none]])
    delivery = None
    if told is not None:
        delivery = np.where((ranks == 0)[:, None], distributions(told[who], eligible[:, 1:]), np.nan)
        logged = delivery[np.arange(len(who)), what]
        propensity = np.where(np.isnan(propensity) & (logged > 0), logged, propensity)
    return Substeps(
        cell=who,
        rank=ranks.astype(np.float32),
        action=what.astype(np.int16),
        eligible=eligible,
        cost_micros=cost,
        clicks=clicks,
        propensity=propensity,
        delivery=delivery,
        shown=earlier,
    ).in_order(cells)


def any_of(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(m,) whether any of a row's few flags (m, K) is set: `any` along rows takes five times as long."""
    return reduce(np.logical_or, flags.T, np.zeros(len(flags), bool))
