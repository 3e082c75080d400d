"""The causal tree: effects until the next decision, doubly robust, with errors that hold."""

from dataclasses import replace

import numpy as np
import pytest

from models.agents.algorithms import AgentSettings
from models.agents.algorithms.algorithm import Lesson
from models.agents.algorithms.causal import CausalTree, causal_of, fault, fit
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings
from models.training.experience import build_experience
from tests.models.agents.tables import table

EVERYWHERE = np.ones((2, 3), bool)
HIGH_LOW = np.array([[0.0, 1.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0]], np.float32)


def taught(world: Transitions, mu: np.ndarray, **keys: int) -> CausalTree:
    everyone = np.ones(world.n_rows, bool)
    settings = AgentSettings(n_steps=1, **keys)
    experience = build_experience(world, everyone, discount_per_day=1.0, n_steps=1)
    return causal_of(fit(Lesson(world, everyone, mu, experience, settings, DecisionSettings())))


def confounded(seed: int, n: int = 12_000) -> tuple[Transitions, np.ndarray]:
    """`mail` brings 2 where x1 > 0 and costs 1; `call` brings 1 to everybody and costs 3. Delivery prefers
    those with a high x0, who buy for 5 x0 whatever happens."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    tilt = 1 / (1 + np.exp(-x[:, 0]))
    mu = np.column_stack([1 - 0.8 * tilt, 0.5 * tilt, 0.3 * tilt])
    action = (rng.random(n)[:, None] > mu.cumsum(axis=1)[:, :2]).sum(axis=1)
    brings = np.column_stack([np.zeros(n), np.where(x[:, 1] > 0, 2.0, 0.0), np.ones(n)])
    margin = 5 * x[:, 0] + brings[np.arange(n), action] + rng.normal(size=n)
    return table(
        actions=("none", "mail", "call"),
        features=x,
        eligible=np.ones((n, 3), bool),
        action=action,
        margin=margin,
        cost=np.array([0.0, 1.0, 3.0])[action],
    ), mu


def test_it_finds_who_gains_and_not_who_buys_anyway() -> None:
    world, mu = confounded(seed=1)
    agent = taught(world, mu)
    assert agent.tree.feature[0] == 1  # the one that decides what mail brings
    assert agent.action_values(HIGH_LOW, EVERYWHERE, price=0.0) == pytest.approx(
        np.array([[0.0, 2.0, 1.0], [0.0, 0.0, 1.0]]), abs=0.35
    )
    at_a_price = agent.action_values(HIGH_LOW, EVERYWHERE, price=1.0)
    assert at_a_price.argmax(axis=1).tolist() == [1, 0]
    impossible = agent.action_values(HIGH_LOW, np.array([[True, False, True]] * 2), price=1.0)
    assert (impossible[:, 1] == -np.inf).all()


@pytest.mark.parametrize("spoilt", ["mu", "outcomes"])
def test_one_of_the_two_nuisances_is_enough(spoilt: str) -> None:
    """With a flat mu the regression carries it; with outcomes no line can follow, mu does."""
    world, mu = confounded(seed=2)
    if spoilt == "mu":
        mu = np.tile([0.6, 0.25, 0.15], (world.n_rows, 1))
    else:
        outcomes = world.outcomes.copy()
        outcomes[:, 0] += (3e6 * np.abs(world.features[:, 0])).astype(np.int64)
        world = replace(world, outcomes=outcomes)
    found = taught(world, mu, causal_leaves=1).action_values(HIGH_LOW[:1], EVERYWHERE[:1], price=0.0)[0]
    assert found == pytest.approx([0.0, 1.0, 1.0], abs=0.35)


def test_its_errors_are_those_of_a_redrawn_log() -> None:
    """20 logs; the standard deviation of an estimate lies between 0.6 and 1.5 of the error told: false alarm
    about 1 in 500 a side (chi square of 19 degrees)."""
    means, errors = [], []
    for seed in range(20):
        agent = taught(*confounded(seed=100 + seed, n=3_000), causal_leaves=1)
        mean, error = agent.advantages(HIGH_LOW[:1], price=0.5)
        means.append(mean[0])
        errors.append(error[0])
    ratio = np.std(means, axis=0, ddof=1) / np.mean(errors, axis=0)
    assert ((ratio > 0.6) & (ratio < 1.5)).all(), ratio


def test_where_nobody_differs_it_asks_nothing() -> None:
    """Held-out entities choose the size: on noise alone at most a question or two in one of five logs."""
    asked = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        n = 4_000
        world = table(
            actions=("none", "ad"),
            features=rng.normal(size=(n, 5)),
            eligible=np.ones((n, 2), bool),
            action=rng.integers(0, 2, n),
            margin=rng.exponential(size=n),
        )
        agent = taught(world, np.full((n, 2), 0.5))
        asked.append(len(agent.tree.leaves) - 1)
    assert np.median(asked) == 0


def test_a_damaged_tree_cannot_act() -> None:
    world, mu = confounded(seed=3, n=2_000)
    everyone = np.ones(world.n_rows, bool)
    experience = build_experience(world, everyone, discount_per_day=1.0, n_steps=1)
    saved = fit(Lesson(world, everyone, mu, experience, AgentSettings(n_steps=1), DecisionSettings()))
    assert fault(saved) == ""
    saved.weights[0]["feature"][0] = 99.0
    assert "asks about a feature that is not there" in fault(saved)
