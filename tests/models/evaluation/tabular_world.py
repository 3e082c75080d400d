"""The tests' three-state world; `models.worlds.tabular` has the class, its truth and its journeys."""

import numpy as np

from models.worlds.tabular import TabularWorld, masked, states_of

__all__ = ["TabularWorld", "masked", "states_of", "tabular_world"]


def tabular_world(horizon: int = 5, *, buy: float = 0.3, certain: bool = False) -> TabularWorld:
    """Three states. Social is not possible in state 0, search not in state 2. `certain`: nothing is random
    but the start and the actions."""
    rng = np.random.default_rng(1)
    eligible = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 1]], bool)
    move = rng.dirichlet(np.ones(3), size=(3, 3))
    leave = rng.uniform(0.05, 0.3, size=(3, 3))
    if certain:
        move = np.eye(3)[rng.integers(0, 3, size=(3, 3))]
        leave = np.zeros((3, 3))
    mean = np.zeros((3, 3, 3))
    mean[:, :, 0] = rng.uniform(0.2, 2.0, size=(3, 3))
    mean[:, 1, 1], mean[:, 2, 2] = 0.5, 0.3
    enter = np.arange(1.0, horizon + 1)
    return TabularWorld(
        eligible=eligible,
        move=move,
        leave=leave,
        mean=mean,
        buy=1.0 if certain else buy,
        start=np.array([0.4, 0.4, 0.2]),
        enter=enter / enter.sum(),
    )
