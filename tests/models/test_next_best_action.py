"""What to show next, in a log that met its channels one at a time."""

from pathlib import Path

import numpy as np

from models.agents.policy import AgentPolicy
from models.next_best_action import next_best_actions
from models.rules import UniformEligible
from models.settings import DecisionSettings
from models.transitions import build_transitions
from tests.models.test_opportunity_steps import random_marts


class OfItsOpportunity:
    """Believes that a channel earns its number, where it is the only one that can be shown; else nonsense."""

    def __init__(self, columns: list[int]) -> None:
        self.columns = columns

    def action_values(self, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:  # noqa: ARG002
        alone = (features[:, self.columns].sum(axis=1) == 1) & (eligible.sum(axis=1) == 2)
        values = np.where(alone[:, None], np.arange(eligible.shape[1]), 1e6) + 7.0
        return np.where(eligible, values, -np.inf)


def test_channels_are_valued_one_at_a_time_as_the_log_met_them(tmp_path: Path) -> None:
    t = build_transitions(random_marts(tmp_path, np.random.default_rng(5)), DecisionSettings())
    names = [f.name for f in t.feature_spec]
    believes = OfItsOpportunity([names.index(f"eligible_{c}") for c in t.actions[1:]])
    policy = AgentPolicy(believes, price=1.0, softness=0.1, name="dqn")
    found = next_best_actions(t, policy, UniformEligible(), min_probability=0.3)
    assert t.next_decisions is not None
    possible = t.next_decisions.eligible
    assert possible.all(axis=1).any() and not possible[:, 1:].any(axis=1).all()
    best = np.where(possible[:, 2], "video", np.where(possible[:, 1], "mail", "none"))
    assert found["action"].to_list() == best.tolist()
    for k, channel in enumerate(t.actions[1:], start=1):
        expected = [float(k) if p else None for p in possible[:, k]]
        assert found[f"gain:{channel}"].to_list() == expected
    assert found["supported"].all()  # half of each opportunity
    rarer = next_best_actions(t, policy, UniformEligible(), min_probability=0.6)
    assert rarer["supported"].to_list() == (~possible[:, 1:].any(axis=1)).tolist()
