"""Logged slates as arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sql.errors import LogError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SlateLog:
    """n slates of K positions, each filled with one of A items; and a policy that is asked about."""

    item: NDArray[np.int64]  # (n, K) what was shown in each position
    reward: Floats  # (n, K) what followed in each position: clicks, or margin in currency units
    behaviour: Floats  # (n, K, A) logged probability of each item in each position
    target: Floats  # (n, K, A) the same of the policy that is asked about
    sequential: Floats | None = None
    """(n, K) target over behaviour of the item in each position, given those above it. None: positions are
    filled independently, each by its own probabilities."""

    def __post_init__(self) -> None:
        n, k = self.item.shape
        if self.reward.shape != (n, k) or self.behaviour.shape != self.target.shape:
            raise LogError("Give items and rewards per slate and position, policies per item too.")
        if self.behaviour.shape[:2] != (n, k):
            raise LogError("Policies need probabilities for as many slates and positions as the log has.")
        if (self.shown(self.behaviour) <= 0).any():
            raise LogError("The logged probability of what was shown must lie above 0.")

    @property
    def n(self) -> int:
        return len(self.item)

    def shown(self, probabilities: Floats) -> Floats:
        """(n, K) of the items shown, from (n, K, A)."""
        return np.take_along_axis(probabilities, self.item[:, :, None], axis=2)[:, :, 0]

    @property
    def ratios(self) -> Floats:
        """(n, K) target over behaviour of what was shown in each position, whatever stands in the others."""
        return self.shown(self.target) / self.shown(self.behaviour)
