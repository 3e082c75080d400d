"""What to show whom next: for activation systems, one row per entity still present."""

from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.agents.frontier import MixturePolicy
from models.agents.policy import AgentPolicy
from models.policies import Policy
from models.transition_table import NextDecisions, Transitions

Floats = NDArray[np.float64]
Evaluate = Callable[[NDArray[np.float32], NDArray[np.bool_]], Floats]
"""From features (m, d) and eligible actions (m, A) to a figure for every action (m, A)."""


def next_best_actions(
    transitions: Transitions,
    policy: AgentPolicy | MixturePolicy | None,
    delivery: Policy,
    *,
    min_probability: float,
) -> pl.DataFrame:
    """entity | action, gain:<action> in currency units against `none`, supported; sorted by entity.

    The gain is what the agent believes, at its price, and no promise: it was not re-estimated per entity.
    `supported`: today's delivery chooses the action with at least `min_probability` in such a state.
    A mixture of two agents deals each entity to one of them for good, and the gain is as that one sees it.
    Without a policy, or on an empty log, no row.
    """
    upcoming = transitions.next_decisions
    if policy is None or upcoming is None or len(upcoming.entity) == 0:
        schema = {"entity": pl.Int64, "action": pl.String, "supported": pl.Boolean}
        return pl.DataFrame(schema={**schema, **{f"gain:{a}": pl.Float64 for a in transitions.actions[1:]}})
    none = np.full(upcoming.eligible.shape, np.nan)

    def usual(features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> Floats:
        return delivery.probabilities(features, eligible, none)

    def believed(features: NDArray[np.float32], eligible: NDArray[np.bool_]) -> Floats:
        values = _values(upcoming.entity, features, eligible, policy)
        return values - values[:, :1]

    if transitions.eligible[:, 1:].sum(axis=1).max(initial=0) > 1:
        gains = believed(upcoming.features, upcoming.eligible)
        chance = usual(upcoming.features, upcoming.eligible)
    else:
        gains = _one_at_a_time(transitions, upcoming, believed, fill=-np.inf)
        gains[:, 0] = 0.0
        chance = _one_at_a_time(transitions, upcoming, usual, fill=0.0)
        chance[:, 0] = (1.0 - chance[:, 1:]).prod(axis=1)
    best = gains.argmax(axis=1)
    rounded: Floats = np.round(gains, 6)
    return pl.DataFrame(
        {
            "entity": upcoming.entity,
            "action": np.array(transitions.actions)[best],
            "supported": chance[np.arange(len(best)), best] >= min_probability,
            **{
                f"gain:{name}": pl.Series(
                    [g if e else None for g, e in zip(rounded[:, k], upcoming.eligible[:, k], strict=True)],
                    dtype=pl.Float64,
                )
                for k, name in enumerate(transitions.actions)
                if k > 0
            },
        }
    ).sort("entity")


def _one_at_a_time(
    transitions: Transitions, upcoming: NextDecisions, evaluate: Evaluate, *, fill: float
) -> Floats:
    """(m, A) every channel as the only one that can be shown, which is how the log met them all; `fill` where
    it is not eligible, and for none."""
    spec = {f.name: i for i, f in enumerate(transitions.feature_spec)}
    columns = [spec.get(f"eligible_{channel}") for channel in transitions.actions[1:]]
    said = [c for c in columns if c is not None]
    found = np.full(upcoming.eligible.shape, fill)
    for k, column in enumerate(columns, start=1):
        mine = upcoming.eligible[:, k]
        alone = np.zeros_like(upcoming.eligible)
        alone[:, 0], alone[:, k] = True, mine
        features = upcoming.features.copy()
        features[:, said] = 0.0
        if column is not None:
            features[:, column] = mine
        found[mine, k] = evaluate(features, alone)[mine, k]
    return found


def _values(
    entity: NDArray[np.int64],
    features: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    policy: AgentPolicy | MixturePolicy,
) -> Floats:
    """(m, A) what the agent that an entity follows believes of every action. TypeError for rules, which
    believe nothing."""
    if isinstance(policy, AgentPolicy):
        return policy.ensemble.action_values(features, eligible, policy.price)
    values = np.empty(eligible.shape)
    second = policy.takes_second(entity)
    for agent, rows in ((policy.first, ~second), (policy.second, second)):
        if rows.any():
            if not isinstance(agent, AgentPolicy):
                raise TypeError(f"{agent.name} has no action values")
            values[rows] = agent.ensemble.action_values(features[rows], eligible[rows], agent.price)
    return values
