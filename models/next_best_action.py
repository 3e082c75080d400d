"""What to show whom next: for activation systems, one row per entity still present."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.agents.policy import AgentPolicy
from models.policies import Policy
from models.transition_table import Transitions


def next_best_actions(
    transitions: Transitions, policy: AgentPolicy | None, delivery: Policy, *, min_probability: float
) -> pl.DataFrame:
    """entity | action, gain:<action> in currency units against `none`, supported; sorted by entity.

    The gain is what the agent believes, at its price, and no promise: it was not re-estimated per entity.
    `supported`: today's delivery chooses the action with at least `min_probability` in such a state.
    Without an agent, or on an empty log, no row.
    """
    upcoming = transitions.next_decisions
    if policy is None or upcoming is None or len(upcoming.entity) == 0:
        schema = {"entity": pl.Int64, "action": pl.String, "supported": pl.Boolean}
        return pl.DataFrame(schema={**schema, **{f"gain:{a}": pl.Float64 for a in transitions.actions[1:]}})
    values = policy.ensemble.action_values(upcoming.features, upcoming.eligible, policy.price)  # (m, A)
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
