"""Slates of four positions and six items whose clicks follow one of four models: every value is a finite
sum."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
POSITIONS, ITEMS = 4, 6
LOOKED_AT = np.array([0.9, 0.6, 0.4, 0.25])  # (K,)
ATTRACTS = np.array([0.5, 0.4, 0.3, 0.2, 0.15, 0.1])  # (A,)
STOPS = 0.8
"""Of what attracts a reader, the share after which they stop."""


@dataclass(frozen=True)
class SlateWorld:
    """Clicks by one model: `position`, `item-position`, `cascade` or `whole slate`."""

    model: str

    def click_rates(self, slates: NDArray[np.int64]) -> Floats:
        """(m, K) chance of a click in each position of slates (m, K)."""
        attracts = ATTRACTS[slates]
        if self.model == "position":
            return LOOKED_AT * attracts
        if self.model == "item-position":  # half of the items suit the top, half the bottom
            suits = np.where(slates % 2 == 0, LOOKED_AT, LOOKED_AT[::-1])
            return suits * attracts
        still = np.cumprod(1 - STOPS * attracts, axis=1)
        going_on = np.concatenate([np.ones((len(slates), 1)), still[:, :-1]], axis=1)
        if self.model == "cascade":
            return attracts * going_on
        others = attracts.sum(axis=1, keepdims=True) - attracts
        return attracts * going_on / (1 + 2 * others)  # compared with all the others

    def value(self, policy: Floats) -> float:
        """Clicks per slate of a policy (K, A) that fills positions independently: by every slate there is."""
        slates = np.array(list(product(range(ITEMS), repeat=POSITIONS)))  # (A^K, K)
        chance = np.prod(policy[np.arange(POSITIONS), slates], axis=1)
        return float(chance @ self.click_rates(slates).sum(axis=1))

    def draw(self, n: int, policy: Floats, seed: int) -> tuple[NDArray[np.int64], Floats]:
        """(n, K) items shown and clicks that followed."""
        rng = np.random.default_rng(seed)
        u = rng.random((n, POSITIONS, 1))
        item = np.minimum((u >= np.cumsum(policy, axis=1)[None]).sum(axis=2), ITEMS - 1)
        return item, (rng.random((n, POSITIONS)) < self.click_rates(item)).astype(np.float64)


def softmax_policy(taste: Floats) -> Floats:
    """(K, A) probabilities from (K, A) tastes."""
    weights = np.exp(taste - taste.max(axis=1, keepdims=True))
    found: Floats = weights / weights.sum(axis=1, keepdims=True)
    return found
