"""Slots: which rows share one regression of Q, ordered so that a row's next row lies in a later slot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import Journeys
from models.numerics import stable_order

MOST_A_DAY = 1 << 20
"""More decisions than anybody has on one day: tells a day's slots from those of the next."""


@dataclass(frozen=True)
class Slots:
    """Rows in the order of the regressions: by (slot, fold, action). U slots, F folds, A actions."""

    order: NDArray[np.int64]  # (n,) row at each position
    following: NDArray[np.int64]  # (n,) position of a row's next row; n where the journey ends
    first_step: NDArray[np.bool_]  # (n,) by position: no row of the journey comes before
    segments: NDArray[np.int64]  # (U, F, A + 1) positions at which an action's rows begin and the fold's end
    n_slots: int

    def of_fold(self, slot: int, fold: int) -> slice:
        """Positions of one fold's rows in a slot."""
        return slice(int(self.segments[slot, fold, 0]), int(self.segments[slot, fold, -1]))

    def of_action(self, slot: int, fold: int, action: int) -> slice:
        """Positions of one fold's rows in a slot where an action was logged."""
        return slice(int(self.segments[slot, fold, action]), int(self.segments[slot, fold, action + 1]))


def slot_rows(journeys: Journeys, fold: NDArray[np.integer], folds: int) -> Slots:
    """Slot = (days left in the window, how many decisions came before on that day).

    Days left, not t, because an entity that enters three days before the end has three days of reward ahead,
    whatever its t. Without a calendar the slot is t. fold (n,): 0..folds-1 of each row's cluster.
    """
    n, n_actions = len(journeys.action), len(journeys.actions)
    if journeys.days_left is None:
        code = journeys.t.astype(np.int64)
    else:
        days_left = journeys.days_left.astype(np.int64)
        new_day = np.r_[True, (np.diff(days_left) != 0) | (np.diff(journeys.journey) != 0)]
        began = np.maximum.accumulate(np.where(new_day, np.arange(n), 0))
        ordinal = np.arange(n) - began  # decisions earlier on the same day
        code = ordinal - days_left * MOST_A_DAY
    distinct = journeys.sites.union("slots", code)
    n_slots, slot = len(distinct), np.searchsorted(distinct, code)
    cell = (slot * folds + fold) * n_actions + journeys.action
    order = stable_order(cell)
    position = np.empty(n, np.int64)
    position[order] = np.arange(n)
    next_row = np.append(position[1:], n)
    next_row[np.append(np.diff(journeys.journey) != 0, True)] = n
    counts = np.bincount(cell, minlength=n_slots * folds * n_actions)
    ends = np.cumsum(counts).reshape(n_slots, folds, n_actions)
    segments = np.concatenate([ends[:, :, :1] - counts.reshape(ends.shape)[:, :, :1], ends], axis=2)
    return Slots(order, next_row[order], journeys.t[order] == 0, segments, n_slots)
