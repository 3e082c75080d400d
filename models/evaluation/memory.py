"""What was done before in the journey: a memory for the witness of the headline."""

import numpy as np
from numpy.typing import NDArray

from models.journeys import Journeys

Floats = NDArray[np.float64]


def journey_memory(journeys: Journeys) -> Floats:
    """(n, 3 (A - 1)) standardised: which action came last, which before it, how often each so far.

    Only decisions of the same journey count, and `none` (action 0) is the rest. Where the features hold what
    the past says about the future, none of this can matter. All zero columns stay zero.
    """
    shown = np.eye(len(journeys.actions))[journeys.action][:, 1:]  # (n, A - 1)
    before = shown.cumsum(axis=0) - shown
    so_far = before - before[np.flatnonzero(journeys.t == 0)][journeys.journey]
    memory = np.concatenate([_earlier(shown, journeys, 1), _earlier(shown, journeys, 2), so_far], axis=1)
    spread = memory.std(axis=0)
    return (memory - memory.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _earlier(shown: Floats, journeys: Journeys, steps: int) -> Floats:
    """(n, A - 1) what was shown so many decisions before; 0 where the journey was younger."""
    out = np.zeros_like(shown)
    out[steps:] = shown[:-steps]
    out[journeys.t < steps] = 0.0
    return out
