"""The tail after a window, in which outcomes still count and nothing is decided any more.

A row for each stretch of days, with the state it begins in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp.sites import ALONE, Sites
from models.mdp.transition_table import Transitions
from models.mdp.windows import Windows, tail_borders

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tails:
    """m stretches of the tails of J journeys, sorted by (journey, day). None is without a row."""

    journey: NDArray[np.int64]  # (m,) 0..J-1
    row: NDArray[np.int64]  # (m,) row of the transition table at which it begins
    begins: NDArray[np.int64]  # (m,) days after the horizon
    outcomes: NDArray[np.int64]  # (m, o) of all its rows
    stands_for: Floats  # (m,) as the journeys'


def tails_after(
    transitions: Transitions,
    last: NDArray[np.int64],
    window: NDArray[np.int64],
    windows: Windows,
    tail_days: int,
    sites: Sites = ALONE,
) -> Tails:
    """Outcomes of each entity's rows that begin within `tail_days` after its window ended, and the first of
    those that are not known, for its state.

    last (J,): row of the journey's last decision; window (J,): its window. sites: where other journeys are.
    """
    end, borders = windows.end[window], tail_borders(tail_days)
    known = np.ones((len(windows.end), len(borders) - 1), bool) if windows.known is None else windows.known
    stands_for = np.ones(known.shape[1])  # (S,)
    if not known.all():  # all journeys, for each that is in a window of which the stretch is known
        of_window = np.bincount(window, minlength=len(windows.end)).astype(np.float64)
        counts = sites.total("journeys of stretches", np.append(of_window @ known, of_window.sum()))
        stands_for = counts[-1] / np.maximum(counts[:-1], 1.0)
    day0 = int(transitions.day.min())
    span = int(transitions.day.max()) - day0 + 1
    number = np.cumsum(
        np.diff(transitions.entity, prepend=transitions.entity[:1]) != 0
    )  # (n,) 0.. per entity
    key = number * span + (transitions.day - day0)  # ascending: rows are sorted by (entity, step)
    until = np.minimum(end[:, None] + borders - day0, span)
    at = np.searchsorted(key, number[last][:, None] * span + until)  # (J, S + 1)
    there, seen = at[:, 1:] > at[:, :-1], known[window]
    journey, stretch = np.nonzero(there & (seen | ((there & ~seen).cumsum(axis=1) == 1)))
    start, stop = at[journey, stretch], at[journey, stretch + 1]
    sums = np.empty((len(journey), transitions.outcomes.shape[1]), np.int64)
    running = np.zeros(transitions.n_rows + 1, np.int64)
    for k in range(sums.shape[1]):
        np.cumsum(transitions.outcomes[:, k], out=running[1:])  # integers: differences are exact
        sums[:, k] = running[stop] - running[start]
    each = stands_for[stretch] * seen[journey, stretch]
    return Tails(journey, start, borders[stretch], sums, each)
