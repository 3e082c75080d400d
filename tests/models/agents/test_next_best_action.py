"""What to show next: the chances of the plan that was evaluated, and one draw from them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.agents.frontier import MixturePolicy
from models.agents.next_best_action import next_best_actions
from models.agents.policy import AgentPolicy
from models.mdp.build_transitions import build_transitions
from models.mdp.transition_table import NextDecisions, Transitions
from models.policies.rules import UniformEligible
from models.settings import DecisionSettings
from tests.models.agents.tables import table
from tests.models.mdp.test_opportunity_steps import random_marts


class OfItsOpportunity:
    """Believes that a channel earns its number, where it is the only one that can be shown; else nonsense."""

    def __init__(self, columns: list[int]) -> None:
        self.columns = columns

    def action_values(self, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:  # noqa: ARG002
        alone = (features[:, self.columns].sum(axis=1) == 1) & (eligible.sum(axis=1) == 2)
        values = np.where(alone[:, None], np.arange(eligible.shape[1]), 1e6) + 7.0
        return np.where(eligible, values, -np.inf)


def only(policy: AgentPolicy) -> MixturePolicy:
    return MixturePolicy(policy, policy, 0.0, "one agent")


def test_channels_are_decided_one_at_a_time_as_the_log_met_them(tmp_path: Path) -> None:
    """Each is shown with e^gain / (1 + e^gain) where it alone can be; video, the better one, comes first."""
    t = build_transitions(random_marts(tmp_path, np.random.default_rng(5)), DecisionSettings())
    names = [f.name for f in t.feature_spec]
    believes = OfItsOpportunity([names.index(f"eligible_{c}") for c in t.actions[1:]])
    policy = AgentPolicy(believes, price=1.0, softness=1.0, name="dqn")
    found = next_best_actions(t, only(policy), UniformEligible(), min_probability=0.2, budget=9.0)
    assert t.next_decisions is not None
    possible = t.next_decisions.eligible
    assert possible.all(axis=1).any() and not possible[:, 1:].any(axis=1).all()
    mail, video = (np.where(possible[:, k], 1 / (1 + np.exp(-k)), 0.0) for k in (1, 2))
    np.testing.assert_allclose(found["probability:video"], video, atol=1e-6)
    np.testing.assert_allclose(found["probability:mail"], mail * (1 - video), atol=1e-6)
    np.testing.assert_allclose(found["probability:none"], (1 - mail) * (1 - video), atol=3e-6)
    for k, channel in enumerate(t.actions[1:], start=1):
        expected = [float(k) if p else None for p in possible[:, k]]
        assert found[f"gain:{channel}"].to_list() == expected
    assert found["supported"].all()  # half of each opportunity, a quarter of neither
    rarer = next_best_actions(t, only(policy), UniformEligible(), min_probability=0.6, budget=9.0)
    alone = possible[:, 1:].any(axis=1)
    assert not rarer.filter(pl.Series(alone))["supported"].any()


class Fond:
    """Believes that video earns 3 and mail 1, whoever sees it."""

    def action_values(self, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:  # noqa: ARG002
        return np.where(eligible, [0.0, 1.0, 3.0], -np.inf)


def crowd(n: int = 2000) -> Transitions:
    """Everybody can be shown everything; an ad costs 1."""
    made = table(
        actions=("none", "mail", "video"),
        features=np.zeros((n, 1)),
        eligible=np.ones((n, 3)),
        action=np.arange(n) % 3,
        margin=np.zeros(n),
        cost=np.ones(n),
    )
    upcoming = NextDecisions(made.entity, made.features, made.eligible, np.zeros(n, np.int16))
    return replace(made, next_decisions=upcoming)


def fond(budget: float, softness: float = 0.5) -> pl.DataFrame:
    policy = AgentPolicy(Fond(), price=1.0, softness=softness, name="fond")
    return next_best_actions(crowd(), only(policy), UniformEligible(), min_probability=0.01, budget=budget)


def test_the_file_meets_the_budget_in_expectation() -> None:
    """Today two in three see an ad, for 1 each. The agent would show one to nearly everybody."""
    for budget, spent in ((0.5, 2000 / 3), (1.0, 4000 / 3), (9.0, 2000.0)):
        found = fond(budget)
        expected = float((found["probability:mail"] + found["probability:video"]).sum())
        assert expected == pytest.approx(spent, rel=0.01)
        shown = int((found["action"] != "none").sum())
        assert abs(shown - expected) < 5 * np.sqrt(2000 * 0.25)  # five standard errors: once in 2 million
    mix = found["probability:video"][0] / found["probability:mail"][0]
    assert fond(0.5)["probability:video"][0] / fond(0.5)["probability:mail"][0] == pytest.approx(
        mix, rel=1e-3
    )


def test_nobodys_action_changes_without_a_change_of_the_chances() -> None:
    """The agent grows a little bolder: as many people change as chances moved, and no more."""
    before, after = fond(9.0, 0.5), fond(9.0, 0.45)
    assert before.equals(fond(9.0, 0.5))
    moved = float((after["probability:video"] - before["probability:video"]).abs()[0])
    changed = float((before["action"] != after["action"]).mean())
    assert 0 < changed <= 2 * moved + 5 * np.sqrt(2 * moved / 2000)


def test_a_channel_that_has_ended_is_not_offered() -> None:
    """Video was last shown on day 20 of 40, and mail to the end."""
    made = crowd(300)
    day = np.linspace(0, 40, 300).astype(np.int32)
    ended = replace(made, day=day, action=np.where(day > 20, 1, made.action).astype(np.int16))
    policy = AgentPolicy(Fond(), price=1.0, softness=0.5, name="fond")
    for days, offered in ((7, False), (30, True), (None, True)):
        found = next_best_actions(
            ended, only(policy), UniformEligible(), min_probability=0.01, budget=9.0, lately_days=days
        )
        assert ((found["probability:video"] > 0).all(), (found["action"] == "video").any()) == (offered,) * 2
        assert found["gain:video"].null_count() == (0 if offered else 300)
        assert (found["probability:mail"] > 0).all()


def test_where_something_is_always_chosen_nobody_is_left_with_nothing() -> None:
    """Chances add up to 1 without doing nothing, whatever the budget; a gain is against today's delivery."""
    eligible = np.tile([False, True, True], (2000, 1))
    made = replace(crowd(), eligible=eligible, action=(1 + np.arange(2000) % 2).astype(np.int16))
    assert made.next_decisions is not None
    made = replace(made, next_decisions=replace(made.next_decisions, eligible=eligible))
    policy = AgentPolicy(Fond(), price=1.0, softness=0.7, name="fond")
    found = next_best_actions(made, only(policy), UniformEligible(), min_probability=0.01, budget=0.5)
    assert set(found["action"]) == {"mail", "video"} and not (found["probability:none"] != 0).any()
    total = found["probability:mail"] + found["probability:video"]
    np.testing.assert_allclose(total, 1.0, atol=1e-12)
    # half mail, which earns 1, and half video, which earns 3: 2 is what today brings
    assert (found["gain:mail"][0], found["gain:video"][0]) == (-1.0, 1.0)
