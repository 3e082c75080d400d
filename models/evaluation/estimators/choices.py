"""The decisions in which policies can differ: those with more than one possible action."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import Journeys
from models.numerics import rows_with_several

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """m of the n rows of journeys, gathered; in every other row all policies are alike."""

    rows: NDArray[np.int64]  # (m,) ascending
    behaviour: Floats  # (m, A) mu
    eligible: NDArray[np.bool_]  # (m, A)
    action: NDArray[np.int16]  # (m,) logged


def choices_of(journeys: Journeys, behaviour: Floats) -> Choices:
    """Of journeys and mu (n, A)."""
    rows = np.flatnonzero(rows_with_several(journeys.eligible))
    return Choices(rows, behaviour[rows], journeys.eligible[rows], journeys.action[rows])
