"""What a policy is: probabilities over the eligible actions, given state and today's delivery."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from models.mdp import Features
from models.numerics import side_by_side

Floats = NDArray[np.float64]
ASKED_ROWS = 1 << 16
"""Decisions a policy is asked about at a time: bounds the memory beside the answer."""


class Policy(Protocol):
    """pi(a|s). Rows sum to 1, ineligible actions have probability 0."""

    @property
    def name(self) -> str: ...

    def probabilities(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: Floats
    ) -> Floats:
        """(n, A) from raw features (n, d), eligible actions (n, A) and behaviour probabilities (n, A)."""
        ...


def probabilities_in(
    policy: Policy,
    features: Features | None,
    eligible: NDArray[np.bool_],
    behaviour: Floats,
    run: Callable[[Callable[[slice], None], Iterable[slice]], Any] = side_by_side,
) -> Floats:
    """(n, A) of a policy, stretch by stretch, as `run` has them done. features (n, d) raw, None for a policy
    that does not look at the state; eligible, behaviour (n, A)."""
    found = np.empty(behaviour.shape)
    nothing = np.zeros((0, 0), np.float32)

    def ask(part: slice) -> None:
        seen = nothing if features is None else features[part]
        found[part] = policy.probabilities(seen, eligible[part], behaviour[part])

    run(ask, (slice(start, start + ASKED_ROWS) for start in range(0, len(behaviour), ASKED_ROWS)))
    return found
