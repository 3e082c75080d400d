"""Nobody judges an agent that has seen them: not tonight, and not by way of last night's networks."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.agents.algorithms import AgentSettings
from models.agents.ensembles import Agents, agent_of, effects_by, train_agents
from models.agents.folds import FoldedEffects, FoldedValues
from models.agents.frontier import MixturePolicy
from models.agents.policy import AgentPolicy
from models.agents.store import save_agent
from models.mdp.sample_split import deal_folds
from models.mdp.transition_table import Transitions
from models.policies.policy import of_fold, probabilities_in
from models.policies.rules import Logged
from models.settings import DecisionSettings
from tests.models.agents.tables import table


@dataclass(frozen=True)
class Fixed:
    """An ad is worth so much, whoever sees it."""

    worth: float
    algorithm: str = "fixed"

    def action_values(self, features, eligible, price):
        return np.where(eligible, [0.0, self.worth - price], -np.inf) + 0.0 * features[:, :1]

    def advantages(self, features, price):
        return self.estimates(features, price), np.full((len(features), 1), 3.0)

    def estimates(self, features, price):
        return np.full((len(features), 1), self.worth - price)


def world(n: int = 4_000, pays: tuple[float, float] = (1.0, 1.0)) -> Transitions:
    """An ad pays 1 in either fold, or what is said."""
    rng = np.random.default_rng(2)
    action = rng.integers(0, 2, n)
    made = table(
        actions=("none", "ad"),
        features=rng.normal(size=(n, 2)),
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=np.where(action == 1, 1.0, 0.0),
        cost=0.2 * action,
        length=4,
    )
    fold = deal_folds(made.entity).of_row
    outcomes = made.outcomes.copy()
    outcomes[:, 0] = np.round(outcomes[:, 0] * np.array(pays)[fold])
    return replace(made, outcomes=outcomes)


SETTINGS = AgentSettings(
    algorithms=("dqn", "advantage"), seeds=(1, 2), steps=8, hidden_units=(8,), batch_size=64
)


def taught(log: Transitions, previous: Path | None = None) -> Agents:
    mu = np.full((log.n_rows, 2), 0.5)
    decision = DecisionSettings()
    return train_agents(log, deal_folds(log.entity), SETTINGS, decision, mu, previous=previous)


def test_judged_are_the_folds_own_and_in_force_is_their_mean() -> None:
    policy = AgentPolicy(FoldedValues((Fixed(2.0), Fixed(4.0))), 1.0, 1.0, "fixed")
    features, eligible, mu = np.zeros((4, 1), np.float32), np.ones((4, 2), bool), np.full((4, 2), 0.5)
    fold = np.array([1, 0, 0, 1])

    def shown(worth: float) -> float:
        return float(1 / (1 + np.exp(-(worth - 1.0))))

    judged = probabilities_in(policy, features, eligible, mu, fold)
    assert judged[:, 1].tolist() == pytest.approx([shown(4), shown(2), shown(2), shown(4)])
    assert probabilities_in(policy, features, eligible, mu)[:, 1].tolist() == pytest.approx([shown(3)] * 4)
    mixed = MixturePolicy(policy, Logged(), 0.5, "half as today")
    told = probabilities_in(mixed, features, eligible, mu, fold)[:, 1]
    assert told.tolist() == pytest.approx([(0.5 + p) / 2 for p in judged[:, 1]])
    assert of_fold(Logged(), 1) == Logged()
    estimate, error = FoldedEffects((Fixed(2.0), Fixed(4.0))).advantages(features, 0.0)
    assert estimate[:, 0].tolist() == [3.0] * 4 and error[0, 0] == pytest.approx(3 / np.sqrt(2))


def test_a_fold_teaches_nothing_of_what_it_judges() -> None:
    """Whatever happens to the entities of the first fold, what they judge stays bit for bit."""
    one, other = taught(world()), taught(world(pays=(50.0, 1.0)))
    for name in ("dqn", "advantage"):
        same, changed = zip(one.ensembles[name].folds, other.ensembles[name].folds, strict=True)
        for seed in same[0].weights:
            for tensor in same[0].weights[seed]:
                assert torch.equal(same[0].weights[seed][tensor], same[1].weights[seed][tensor])
        different = [
            not torch.equal(changed[0].weights[seed][tensor], changed[1].weights[seed][tensor])
            for seed in changed[0].weights
            for tensor in changed[0].weights[seed]
        ]
        assert any(different)


def test_the_next_night_goes_on_from_its_own_folds_networks(tmp_path: Path) -> None:
    """Trained on from a night whose first fold was another: what that one judges stays bit for bit."""
    for name, pays in (("one", (1.0, 1.0)), ("other", (50.0, 1.0))):
        saved = taught(world(pays=pays)).ensembles["dqn"]
        save_agent(saved, tmp_path / name, as_of="2026-11-20", price=1.0, softness=0.1)
    first, second = (taught(world(), tmp_path / name) for name in ("one", "other"))
    assert all(t.warm_started for t in (*first.training, *second.training))
    same, changed = zip(first.ensembles["dqn"].folds, second.ensembles["dqn"].folds, strict=True)
    for seed in (1, 2):
        for tensor in same[0].weights[seed]:
            assert torch.equal(same[0].weights[seed][tensor], same[1].weights[seed][tensor])
        assert not torch.equal(
            changed[0].weights[seed]["advantage.weight"], changed[1].weights[seed]["advantage.weight"]
        )


def test_folds_cost_no_step() -> None:
    """Eight steps a seed are four for its network of either fold."""
    trained = taught(world()).training
    assert [(t.fold, t.seed, t.steps) for t in trained] == [(0, 1, 4), (0, 2, 4), (1, 1, 4), (1, 2, 4)]


def test_effects_are_those_of_both_folds() -> None:
    agents = taught(world())
    effects, values = effects_by(agents), agent_of(agents.ensembles["advantage"])
    assert effects is not None
    features, eligible = np.zeros((1, 2), np.float32), np.ones((1, 2), bool)
    told, _ = effects.advantages(features, 1.0)
    assert np.array_equal(effects.estimates(features, 1.0), told)
    assert values.action_values(features, eligible, 1.0)[0, 1] == pytest.approx(told[0, 0])
