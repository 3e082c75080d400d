"""The decisions in which policies can differ: those with more than one possible action."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import Journeys
from models.numerics import rows_with_several
from models.policies import ScaledDelivery

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Choices:
    """m of the n rows of journeys, gathered; in every other row all policies are alike."""

    rows: NDArray[np.int64]  # (m,) ascending
    behaviour: Floats  # (A, m) mu, action by action: loops over decisions are long, over actions short
    idle: NDArray[np.bool_]  # (m,) is none possible?
    action: NDArray[np.int16]  # (m,) logged
    usual: Floats  # (m,) mu of the logged action

    def scaled(self, delivery: ScaledDelivery, part: slice) -> tuple[Floats, Floats]:
        """What scaled delivery does in a part of them (A, c), and pi / mu of what was done (c,)."""
        pi, action = delivery.by_action(self.idle[part], self.behaviour[:, part]), self.action[part]
        return pi, pi[action, np.arange(len(action))] / self.usual[part]


def choices_of(journeys: Journeys, behaviour: Floats) -> Choices:
    """Of journeys and mu (n, A)."""
    rows = np.flatnonzero(rows_with_several(journeys.eligible))
    mu, action = behaviour[rows].T, journeys.action[rows]
    usual = mu[action, np.arange(len(rows))]
    return Choices(rows, np.ascontiguousarray(mu), journeys.eligible[rows, 0], action, usual)
