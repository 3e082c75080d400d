"""A shop in which ads sell more, and where it is asked also make a purchase worth more."""

import numpy as np

from models.mdp import Transitions
from tests.models.agents.tables import table

DAYS = 3
"""So long an ad works."""


def shop(seed: int, bigger: float = 0.0, people: int = 500, days: int = 8) -> tuple[Transitions, np.ndarray]:
    """People shown ads by lot, who buy more after them; a purchase is worth exp(bigger) times as much for
    each ad of the first kind in the last three days."""
    rng, n = np.random.default_rng(seed), people * days
    action = rng.integers(0, 3, n)
    shown = (action > 0).astype(float).reshape(people, days)
    first = (action == 1).astype(float).reshape(people, days)

    def recent(x: np.ndarray) -> np.ndarray:
        return sum(np.pad(x, ((0, 0), (lag, 0)))[:, :days] for lag in range(DAYS))

    bought = rng.random((people, days)) < 0.1 + 0.05 * recent(shown)
    margin = np.exp(0.6 * rng.standard_normal((people, days)) + bigger * recent(first)) * 20
    log = table(
        actions=("none", "search", "social"),
        features=rng.standard_normal((n, 4)),  # nothing of what was shown
        eligible=np.ones((n, 3)),
        action=action,
        margin=np.where(bought, margin, 0.0).ravel(),
        length=days,
    )
    return log, np.full((n, 3), 1 / 3)
