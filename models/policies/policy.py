"""What a policy is: probabilities over the eligible actions, given state and today's delivery."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Policy(Protocol):
    """pi(a|s). Rows sum to 1, ineligible actions have probability 0."""

    @property
    def name(self) -> str: ...

    def probabilities(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: Floats
    ) -> Floats:
        """(n, A) from raw features (n, d), eligible actions (n, A) and behaviour probabilities (n, A)."""
        ...
