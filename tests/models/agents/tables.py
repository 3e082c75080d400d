"""Small transition tables written by hand for agents to learn from."""

import numpy as np
from numpy.typing import NDArray

from models.mdp import outcome_spec
from models.mdp.transition_table import CONTINUES, TERMINAL, Feature, Transitions


def table(
    *,
    actions: tuple[str, ...],
    features: NDArray,  # (n, d)
    eligible: NDArray,  # (n, A)
    action: NDArray,  # (n,)
    margin: NDArray,  # (n,) currency units
    cost: NDArray | None = None,  # (n,)
    length: int = 1,
) -> Transitions:
    """n rows as journeys of `length` daily decisions, each ending in a terminal."""
    n, a = eligible.shape
    outcomes = np.zeros((n, a + 2), np.int64)
    outcomes[:, 0] = np.round(margin * 1e6)
    outcomes[:, -1] = margin > 0
    if cost is not None:
        shown = np.flatnonzero(action)
        outcomes[shown, action[shown]] = np.round(cost[shown] * 1e6)
    step = np.arange(n) % length
    return Transitions(
        entity=np.arange(n) // length,
        day=step.astype(np.int32),
        step=step.astype(np.int32),
        action=action.astype(np.int16),
        eligible=eligible.astype(bool),
        features=features.astype(np.float32),
        outcomes=outcomes,
        elapsed_days=np.ones(n, np.float32),
        end=np.where(step == length - 1, TERMINAL, CONTINUES).astype(np.uint8),
        mature=np.ones(n, bool),
        propensity=None,
        segment=np.zeros(n, np.int16),
        actions=actions,
        segments=(),
        feature_spec=tuple(Feature(f"x{i}", "count", "a feature") for i in range(features.shape[1])),
        outcome_spec=outcome_spec(actions),
    )


def gold_rush(n: int = 12_000, length: int = 20) -> Transitions:
    """`gold` pays 10 and exists in 30 % of the states, `silver` pays 2 and always exists."""
    rng = np.random.default_rng(3)
    eligible = np.ones((n, 3), bool)
    eligible[:, 2] = rng.random(n) < 0.3
    chance = rng.random((n, 3)) * eligible
    action = chance.argmax(axis=1)
    margin = np.array([0.0, 2.0, 10.0])[action]
    return table(
        actions=("none", "silver", "gold"),
        features=eligible[:, 2:].astype(float),
        eligible=eligible,
        action=action,
        margin=margin,
        length=length,
    )


def mu_of(world: Transitions) -> np.ndarray:
    """Every eligible action alike, as `gold_rush` delivers."""
    return world.eligible / world.eligible.sum(axis=1, keepdims=True)
