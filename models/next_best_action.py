"""What to show whom next: for activation systems, one row per entity still present."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.agents.frontier import MixturePolicy
from models.agents.policy import AgentPolicy
from models.policies import Policy
from models.transition_table import NextDecisions, Transitions


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
    values = _values(upcoming, policy)
    best = values.argmax(axis=1)
    none = np.full(upcoming.eligible.shape, np.nan)
    usual = delivery.probabilities(upcoming.features, upcoming.eligible, none)
    gains: NDArray[np.float64] = np.round(values - values[:, :1], 6)
    return pl.DataFrame(
        {
            "entity": upcoming.entity,
            "action": np.array(transitions.actions)[best],
            "supported": usual[np.arange(len(best)), best] >= min_probability,
            **{
                f"gain:{name}": pl.Series(
                    [g if e else None for g, e in zip(gains[:, k], upcoming.eligible[:, k], strict=True)],
                    dtype=pl.Float64,
                )
                for k, name in enumerate(transitions.actions)
                if k > 0
            },
        }
    ).sort("entity")


def _values(upcoming: NextDecisions, policy: AgentPolicy | MixturePolicy) -> NDArray[np.float64]:
    """(m, A) what the agent that an entity follows believes of every action. TypeError for rules, which
    believe nothing."""
    if isinstance(policy, AgentPolicy):
        return policy.ensemble.action_values(upcoming.features, upcoming.eligible, policy.price)
    values = np.empty(upcoming.eligible.shape)
    second = policy.takes_second(upcoming.entity)
    for agent, rows in ((policy.first, ~second), (policy.second, second)):
        if rows.any():
            if not isinstance(agent, AgentPolicy):
                raise TypeError(f"{agent.name} has no action values")
            values[rows] = agent.ensemble.action_values(
                upcoming.features[rows], upcoming.eligible[rows], agent.price
            )
    return values
