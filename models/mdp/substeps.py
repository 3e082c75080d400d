"""Decisions of one epoch, in the order in which they were taken: what the transition table is made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp.event_streams import Stream
from models.mdp.logged_propensities import distributions


@dataclass(frozen=True)
class Substeps:
    """Decisions of one epoch; m rows, not yet in order. K channels, A = 1 + K actions."""

    entity: NDArray[np.int64]  # (m,) index into the chunk
    rank: NDArray[np.float32]  # (m,) decisions earlier in the epoch
    action: NDArray[np.int16]  # (m,)
    eligible: NDArray[np.bool_]  # (m, A)
    cost_micros: NDArray[np.int64]  # (m,)
    clicks: NDArray[np.int64]  # (m,)
    propensity: NDArray[np.float64]  # (m,) NaN where not logged
    delivery: NDArray[np.float64] | None  # (m, A) NaN where not logged
    shown: NDArray[np.float32]  # (m, K) 1 where decided for earlier in the epoch
    standing: NDArray[np.uint8] | None = None  # (m, K) of every channel in the epoch; None: one choice


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
    epoch: int,
    turn: Turn,
    told: NDArray[np.float64] | None,
) -> Substeps:
    """Every exposure, in order, is a choice among what was still possible; `none` ends the epoch, where it is
    possible.

    The reading of a log whose delivery shows one ad per epoch, or does not tell what it could have shown.
    decides (n,), possible (n, K); told (n, K): logged probabilities of the epoch's one choice, if it is one.
    """
    remaining = possible.copy()  # (n, K)
    before = np.zeros(possible.shape, np.float32)  # (n, K) exposures so far
    entity, action = shown.entities_at(epoch), shown.at(epoch, "action")
    rank, times = shown.at(epoch, "rank"), shown.at(epoch, "n")
    rows = []
    for r in range(int(rank.max()) + 1 if len(rank) else 0):
        now = np.flatnonzero((rank == r) & decides[entity])  # before entry an exposure is history
        who, what = entity[now], action[now]
        logged = (shown.at(epoch, c)[now] for c in ("cost_micros", "clicks", "propensity"))
        rows.append((who, what, remaining[who], *logged, before[who]))
        remaining[who, what - 1] &= turn.repeat
        before[who, what - 1] += times[now]
    m = np.bincount(entity, minlength=len(decides))
    left = (m == 0) | (remaining.any(1) & (m < turn.cap))
    none = np.flatnonzero(decides & left & turn.idle)
    propensity = np.where(remaining[none].any(1), np.nan, 1.0)
    zeros = np.zeros(len(none), np.int64)
    rows.append((none, zeros, remaining[none], zeros, zeros, propensity, before[none]))
    who, what, mask, cost, clicks, propensity, earlier = (np.concatenate(c) for c in zip(*rows, strict=True))
    ranks = np.concatenate([np.full(len(r[0]), i) for i, r in enumerate(rows[:-1])] + [m[none]])
    eligible = np.concatenate([np.full((len(who), 1), turn.idle), mask], axis=1)
    delivery = None
    if told is not None:
        delivery = np.where((ranks == 0)[:, None], distributions(told[who], mask), np.nan)
        logged = delivery[np.arange(len(who)), what]
        propensity = np.where(np.isnan(propensity) & (logged > 0), logged, propensity)
    return Substeps(
        entity=who,
        rank=ranks.astype(np.float32),
        action=what.astype(np.int16),
        eligible=eligible,
        cost_micros=cost,
        clicks=clicks,
        propensity=propensity,
        delivery=delivery,
        shown=earlier,
    )
