"""The advantage learner: what an ad causes, at any price, with doubt; known effects in, coefficients out."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.agents.advantage import AdvantageModel, advantage_of, saved_advantage
from models.agents.advantage_fit import INTERCEPT, RECENT, REST, WHO, feature_groups, fit_advantage
from models.agents.policy import AgentPolicy
from models.agents.saved_ensemble import SavedAgent
from models.agents.store import load_agent, read_contract, save_agent
from models.mdp.state import history_features
from models.mdp.transition_table import Feature, Transitions
from sql.errors import LogError, StudyError
from tests.models.agents.tables import table

OPEN = np.ones((1, 3), bool)


def two_channels(n: int = 40_000, length: int = 4, *, seed: int = 3) -> tuple[Transitions, NDArray]:
    """`good` earns 1 + x and costs 0.5, `vain` earns nothing; delivery shows `vain` to those with a large x,
    who buy for 3 x more anyway."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 2))
    weights = np.exp(np.column_stack([np.zeros(n), np.zeros(n), x[:, 0]]))
    mu = weights / weights.sum(axis=1, keepdims=True)
    action = (rng.random(n)[:, None] > np.cumsum(mu, axis=1)[:, :-1]).sum(axis=1)
    margin = 3 * x[:, 0] + (action == 1) * (1 + x[:, 0]) + rng.normal(size=n)
    world = table(
        actions=("none", "good", "vain"),
        features=x,
        eligible=np.ones((n, 3), bool),
        action=action,
        margin=margin,
        cost=np.full(n, 0.5),
        length=length,
    )
    return world, mu


def learned(world: Transitions, mu: NDArray, pessimism: float = 0.0) -> AdvantageModel:
    keep = np.ones(world.n_rows, bool)
    return fit_advantage(world, keep, mu, discount_per_day=0.9, n_steps=1, pessimism=pessimism)


def states(x: list[float]) -> NDArray[np.float32]:
    return np.array([[value, 0.0] for value in x], np.float32)


def test_it_finds_what_an_ad_causes_and_not_who_it_reaches() -> None:
    """Plainly compared, those who saw `vain` earn about 2 more. Each of four estimates within 0.15: more than
    five standard errors."""
    world, mu = two_channels()
    plain = world.outcome("margin")[world.action == 2].mean() - world.outcome("margin").mean()
    assert plain / 1e6 > 1
    values = learned(world, mu).action_values(states([0.0, 1.0]), np.ones((2, 3), bool), price=0.0)
    assert values == pytest.approx(np.array([[0, 1, 0], [0, 2, 0]]), abs=0.15)


def test_one_fit_answers_every_price() -> None:
    """`good` earns 1 in the middle and costs 0.5: worth it at price 1, not at price 3."""
    world, mu = two_channels()
    model = learned(world, mu)
    gains = [model.action_values(states([0.0]), OPEN, price)[0, 1] for price in (0.0, 1.0, 3.0)]
    assert gains == pytest.approx([1.0, 0.5, -0.5], abs=0.15)


def test_nothing_is_said_of_an_action_that_is_not_possible() -> None:
    world, mu = two_channels(4_000)
    only_vain = np.array([[True, False, True]])
    values = learned(world, mu, pessimism=1.0).action_values(states([3.0]), only_vain, price=0.0)[0]
    assert values[0] == 0 and values[1] == -np.inf and values[2] < 0.3
    policy = AgentPolicy(learned(world, mu), price=0.0, softness=0.5, name="advantage")
    chosen = policy.probabilities(states([3.0]), only_vain, np.array([[0.5, 0.0, 0.5]]))
    assert chosen[0, 1] == 0 and chosen.sum() == pytest.approx(1)


def test_the_standard_error_is_that_of_a_new_log() -> None:
    """Over 60 logs the spread of the estimate is within a third of the stated error: of 60 draws a standard
    deviation lies outside that with probability below 0.001."""
    found = []
    for seed in range(60):
        world, mu = two_channels(2_000, seed=seed)
        estimate, error = learned(world, mu).advantages(states([0.5]), price=1.0)
        found.append((estimate[0, 0], error[0, 0]))
    estimates, errors = np.array(found).T
    assert estimates.std(ddof=1) == pytest.approx(errors.mean(), rel=1 / 3)


def test_doubt_grows_where_the_log_is_thin_and_is_taken_off() -> None:
    world, mu = two_channels(8_000)
    model = learned(world, mu, pessimism=2.0)
    estimate, error = model.advantages(states([0.0, 3.0]), price=1.0)
    assert (error[1] > error[0]).all()
    values = model.action_values(states([0.0, 3.0]), np.ones((2, 3), bool), price=1.0)
    assert values[:, 1:] == pytest.approx(estimate - 2 * error)


def test_on_shuffled_margins_it_believes_in_nothing() -> None:
    """The ridges are chosen on held-out entities, so noise is shrunk away: at most a fifth of the 2 that is
    really there. The largest of 20 other shuffles was 0.21, so a false alarm has a rate below 15 %."""
    world, mu = two_channels(8_000)
    dealt = np.random.default_rng(7).permutation(world.n_rows)
    outcomes = world.outcomes.copy()
    outcomes[:, 0] = outcomes[dealt, 0]
    placebo = learned(replace(world, outcomes=outcomes), mu)
    values = placebo.action_values(states([-1.0, 0.0, 1.0]), np.ones((3, 3), bool), price=0.0)
    assert np.abs(values).max() < 0.4


def test_the_bits_do_not_depend_on_the_order_of_calls() -> None:
    world, mu = two_channels(2_000)
    first, again = learned(world, mu), learned(world, mu)
    assert np.array_equal(first.margin, again.margin)
    assert np.array_equal(first.covariance, again.covariance)


def test_a_saved_advantage_learner_is_the_learner(tmp_path: Path) -> None:
    world, mu = two_channels(2_000)
    model, other = learned(world, mu, pessimism=1.0), learned(world, mu)
    folds = [saved_advantage(m, world.feature_spec, world.actions, max_price=4.0) for m in (other, model)]
    save_agent(SavedAgent(tuple(folds)), tmp_path, as_of="2026-11-20", price=1.0, softness=0.05)
    path = tmp_path / "advantage.json"
    assert read_contract(path)["kind"] == "advantage"
    loaded = advantage_of(load_agent(path).folds[1])
    mine = model.action_values(world.features, world.eligible, 1.5)
    assert np.array_equal(mine, loaded.action_values(world.features, world.eligible, 1.5))


def test_a_saved_learner_of_another_shape_is_refused() -> None:
    world, mu = two_channels(2_000)
    saved = saved_advantage(learned(world, mu), world.feature_spec, world.actions, max_price=4.0)
    with pytest.raises(StudyError, match="need \\(2, 2\\)"):
        advantage_of(replace(saved, features=saved.features[:1]))
    with pytest.raises(StudyError, match="holds no margin"):
        advantage_of(replace(saved, weights={}))


def test_coefficients_are_shrunk_by_the_group_that_their_feature_names() -> None:
    spec = (
        *history_features(("none", "video"), (7,), 1),
        Feature("age", "as logged", "user feature age", "who"),
    )
    found = dict(zip([f.name for f in spec], feature_groups(spec), strict=False))
    recent = {
        "shown_stock_video",
        "opportunity_short_video",
        "visit_stock",
        "purchase_recency",
        "eligible_video",
    }
    assert {name for name, group in found.items() if group == RECENT} == recent
    assert found["age"] == WHO and found["tenure"] == found["opportunity_long_video"] == REST
    assert feature_groups(spec)[-1] == INTERCEPT


def test_without_a_choice_there_is_nothing_to_learn() -> None:
    world, _ = two_channels(400)
    alone = np.zeros_like(world.eligible)
    alone[np.arange(400), world.action] = True
    with pytest.raises(LogError, match="two or more eligible actions"):
        learned(replace(world, eligible=alone), alone.astype(float))
