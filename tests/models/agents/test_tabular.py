"""The tabular learner: dynamic programming where every state is a cell; many states it clumps."""

from dataclasses import replace

import numpy as np
import pytest

from models.agents.algorithms import AgentSettings
from models.agents.algorithms.algorithm import Lesson
from models.agents.algorithms.tabular import Tabular, fault, fit, tabular_of
from models.mdp.transition_table import CONTINUES, Transitions
from models.settings import DecisionSettings
from models.training.experience import build_experience
from tests.models.agents.tables import gold_rush, mu_of, table

DISCOUNT = 0.9
EXACT = AgentSettings(tabular_prior=0.0, n_steps=1)


def lesson(world: Transitions, mu: np.ndarray, settings: AgentSettings = EXACT) -> Lesson:
    everyone = np.ones(world.n_rows, bool)
    experience = build_experience(world, everyone, discount_per_day=DISCOUNT, n_steps=settings.n_steps)
    decision = DecisionSettings(discount_per_day=DISCOUNT)
    return Lesson(world, everyone, mu, experience, settings, decision)


def taught(world: Transitions, mu: np.ndarray, settings: AgentSettings = EXACT) -> Tabular:
    return tabular_of(fit(lesson(world, mu, settings)))


def chain(seed: int = 1, entities: int = 400, days: int = 25) -> Transitions:
    """Five states; `push` costs 0.5, pays nothing and moves a state up; `none` pays what the state is worth
    and mostly falls back to the first."""
    rng = np.random.default_rng(seed)
    state, rows = np.zeros(entities, np.int64), []
    for _ in range(days):
        action = rng.integers(0, 2, entities)
        luck = rng.random(entities)
        pays = np.where(action == 0, np.array([0, 1, 3, 8, 20])[state], 0)
        rows.append((state, action, pays))
        up = np.where(luck < 0.8, np.minimum(state + 1, 4), state)
        state = np.where(action == 1, up, np.where(luck < 0.7, 0, state))
    states, actions, pays = (np.stack(column, axis=1).ravel() for column in zip(*rows, strict=True))
    world = table(
        actions=("none", "push"),
        features=states[:, None].astype(float),
        eligible=np.ones((len(states), 2), bool),
        action=actions,
        margin=pays.astype(float),
        cost=np.full(len(states), 0.5),
        length=days,
    )
    return world


def dynamic_programming(world: Transitions, price: float) -> np.ndarray:
    """(5, 2) by value iteration over the log's own frequencies, written down on its own."""
    s, a = world.features[:, 0].astype(int), world.action
    goal = (world.outcomes[:, 0] - price * world.outcomes[:, 1]) / 1e6
    goes_on = world.end == CONTINUES
    after = np.append(s[1:], 0)
    q = np.zeros((5, 2))
    for _ in range(2_000):
        target = goal + DISCOUNT * goes_on * q.max(axis=1)[after]
        q = np.array([[target[(s == i) & (a == k)].mean() for k in range(2)] for i in range(5)])
    return q


@pytest.mark.parametrize("price", [0.0, 1.0, 3.7])
def test_where_every_state_is_a_cell_it_is_dynamic_programming(price: float) -> None:
    world = chain()
    agent = taught(world, mu_of(world))
    states = np.arange(5, dtype=np.float32)[:, None]
    found = agent.action_values(states, np.ones((5, 2), bool), price)
    assert found == pytest.approx(dynamic_programming(world, price), rel=1e-6)  # float32 money
    assert found.argmax(axis=1).tolist() == [1, 1, 1, 1, 0]  # it climbs for four days and takes the 20


def test_delivery_that_prefers_rich_states_in_a_cell_is_no_effect() -> None:
    """Two kinds of people in one cell: `ad` does nothing, and is shown to those who buy anyway."""
    rng = np.random.default_rng(2)
    n = 40_000
    rich = rng.random(n) < 0.5
    mu = np.column_stack([np.where(rich, 0.2, 0.8), np.where(rich, 0.8, 0.2)])
    action = (rng.random(n) < mu[:, 1]).astype(int)
    world = table(
        actions=("none", "ad"),
        features=np.zeros((n, 1)),  # the cell cannot tell them apart
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=np.where(rich, 10.0, 0.0),
    )
    agent = taught(world, mu)
    none, ad = agent.action_values(np.zeros((1, 1), np.float32), np.ones((1, 2), bool), 1.0)[0]
    assert ad - none == pytest.approx(0.0, abs=0.3)  # 4 standard errors; counted plainly it would be 6


def test_masks_rule_the_maximum_over_what_comes_next() -> None:
    """A state pays 0.3 x 10 + 0.7 x 2 = 4.4 a day where one of 20 is the last: 4.4 / (1 - 0.9 x 0.95) = 30.3;
    the first day of 20 is worth nearly that. Without masks it would be 69."""
    world = gold_rush()
    agent = taught(world, mu_of(world))
    rows = np.flatnonzero(world.step == 0)
    found = agent.action_values(world.features[rows], world.eligible[rows], price=0.0)
    assert found.max(axis=1).mean() == pytest.approx(4.4 / (1 - 0.9 * 0.95), rel=0.05)
    assert (found[~world.eligible[rows]] == -np.inf).all()


def test_an_action_never_seen_is_not_the_best() -> None:
    world = chain()
    few = np.where(world.features[:, 0] == 4, 0, world.action)  # at the top nobody pushed
    agent = taught(replace(world, action=few), mu_of(world))
    none, push = agent.action_values(np.full((1, 1), 4, np.float32), np.ones((1, 2), bool), 1.0)[0]
    assert push <= none and np.isfinite(push)


def test_many_states_are_clumped_by_what_drives_the_effect() -> None:
    """Ten features, one of which decides whether the ad brings 2 or costs 1 more than it brings."""
    rng = np.random.default_rng(3)
    n = 60_000
    x = rng.normal(size=(n, 10))
    action = rng.integers(0, 2, n)
    effect = np.where(x[:, 3] > 0, 2.0, -1.0)
    world = table(
        actions=("none", "ad"),
        features=x,
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=3.0 + effect * action + rng.normal(size=n),
    )
    agent = taught(world, mu_of(world), AgentSettings(n_steps=1, tabular_cells=8))
    assert len(agent.cells.leaves) == 8 and agent.cells.feature[0] == 3
    values = agent.action_values(x[:5_000].astype(np.float32), np.ones((5_000, 2), bool), price=0.0)
    right = (values[:, 1] > values[:, 0]) == (effect[:5_000] > 0)
    assert right.mean() > 0.98


def test_a_damaged_table_cannot_act() -> None:
    world = chain(entities=40)
    saved = fit(lesson(world, mu_of(world)))
    assert fault(saved) == "" and isinstance(tabular_of(saved), Tabular)
    saved.weights[0]["low"][0] = 0.0
    assert fault(saved) == "a question of its tree leads nowhere"
    saved = fit(lesson(world, mu_of(world)))
    saved.weights[0]["follows"] *= 3
    assert fault(saved) == "what follows a decision is no share"
