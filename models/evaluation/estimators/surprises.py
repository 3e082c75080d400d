"""Surprises: what was done in a journey beyond what was to be expected of delivery.

    e_u = 1[a_u = k] - mu(k|s_u),    R_t = sum over u < t of e_u 2^(-(days from u to t) / half-life)

A surprise has no other cause than chance: whatever the state forgets (an intent, a mood) cannot have brought
it about, and whatever follows it, it has caused. Weights that know the surprises of the last days carry them
past a state that forgets, where weights of the state alone credit them with what delivery had looked for. The
idea is that of structural nested models (Robins 1994): effects of past actions by their residuals.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.mdp import Journeys

Floats = NDArray[np.float64]


def surprises(journeys: Journeys, behaviour: Floats, half_lives_days: Sequence[float]) -> list[Floats]:
    """For each half-life (n, A - 1), standardised: R_t of every action but the first, before the decision at
    hand.

    behaviour (n, A): mu. Only decisions of the same journey count. A half-life of infinity counts all of them
    alike. In a tail nothing fades any more: by then all rows of a regression are as far from the decisions.
    Without a calendar a step counts as a day. Zero columns stay zero.
    """
    taken = np.eye(len(journeys.actions))[journeys.action]
    surprise = (taken - behaviour)[:, 1:] * journeys.is_decision[:, None]
    elapsed = _days_since_the_row_before(journeys)
    kept = [0.5 ** (elapsed / half_life) for half_life in half_lives_days]  # each (n,)
    order = np.argsort(journeys.t, kind="stable")
    borders = np.r_[0, np.cumsum(np.bincount(journeys.t))]
    found = [np.zeros_like(surprise) for _ in kept]
    for t in range(1, len(borders) - 1):
        rows = order[borders[t] : borders[t + 1]]
        before = surprise[rows - 1]
        for out, factor in zip(found, kept, strict=True):
            out[rows] = factor[rows, None] * (out[rows - 1] + before)
    for out in found:
        spread = out.std(axis=0)
        out -= out.mean(axis=0)
        out /= np.where(spread > 0, spread, 1.0)
    return found


def _days_since_the_row_before(journeys: Journeys) -> Floats:
    """(n,) 0 within a day, at a journey's first row, and in its tail."""
    elapsed = np.ones(len(journeys.t))
    if journeys.days_left is not None:
        elapsed[1:] = journeys.days_left[:-1] - journeys.days_left[1:]
    elapsed[(journeys.t == 0) | ~journeys.is_decision] = 0.0
    return elapsed
