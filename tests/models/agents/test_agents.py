"""DQN and CQL: masks, rare large margins, prices, the steps asked for."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from models.agents.algorithms import AgentSettings
from models.agents.algorithms.networks import network_shapes
from models.agents.ensembles import train_agents
from models.agents.policy import Ensemble, QNetwork
from models.mdp.sample_split import deal_folds
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings
from models.training.experience import Experience, build_experience
from models.training.learners import BatchConstrainedQ, ConservativeQ, Learner, QuantileQ, double_q
from models.training.masked_q import (
    MaskedDuelingQ,
    SquaredErrorForwarder,
    advantage_head,
    priced_advantages,
    priced_values,
)
from models.training.replay import PricedReplay
from models.training.train import TrainedNetwork, TrainingPlan, starting_values, train_network
from tests.models.agents.tables import gold_rush, mu_of, table

PLAN = TrainingPlan(
    algorithm="dqn",
    learner=double_q,
    seed=1,
    steps=300,
    batch_size=512,
    hidden_units=(32,),
    learning_rate=3e-3,
    weight_decay=0.0,
    max_price=2.0,
    discount_per_day=0.9,
    device="cpu",
)


def trained(experience: Experience, plan: TrainingPlan, **start: dict) -> TrainedNetwork:
    values = starting_values(experience, discount_per_day=plan.discount_per_day)
    return train_network(experience, plan, values=values, **start)


def ensemble(transitions: Transitions, plan: TrainingPlan = PLAN, n_steps: int = 1) -> Ensemble:
    keep = np.ones(transitions.n_rows, bool)
    experience = build_experience(transitions, keep, discount_per_day=plan.discount_per_day, n_steps=n_steps)
    network = QNetwork(trained(experience, plan).weights, plan.max_price)
    return Ensemble(
        plan.algorithm, (network,), experience.normalisation, experience.value_unit, plan.max_price
    )


def levels(agent: Ensemble, features: np.ndarray, eligible: np.ndarray, price: float) -> np.ndarray:
    """(n, A) Q in currency units by the formula of training, of which a policy asks the differences alone."""
    share = np.full((len(features), 1), price / agent.max_price)
    seen = np.hstack([agent.normalisation(features), eligible, share])
    x, (network,) = torch.from_numpy(seen.astype(np.float32)), agent.networks
    with torch.no_grad():
        return priced_values(network, network.encoder(x), x).numpy() * agent.value_unit


def test_conservatism_asks_no_pass_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its values are those of the error's pass: three passes an update, and the losses of four."""
    transitions, passes = gold_rush(), []
    keep = np.ones(transitions.n_rows, bool)
    experience = build_experience(transitions, keep, discount_per_day=PLAN.discount_per_day, n_steps=1)
    plan, forward = replace(PLAN, learner=ConservativeQ(0.5), steps=20), MaskedDuelingQ.forward

    def counted(self: MaskedDuelingQ, x: torch.Tensor) -> object:
        passes.append(len(x))
        return forward(self, x)

    monkeypatch.setattr(MaskedDuelingQ, "forward", counted)
    shared, n_shared = trained(experience, plan), len(passes)
    monkeypatch.setattr(SquaredErrorForwarder, "compute_expected_q", lambda self, x: self._q_func(x).q_value)
    apart = trained(experience, plan)
    assert (n_shared, len(passes) - n_shared) == (3 * plan.steps, 4 * plan.steps)
    assert shared.final_loss == pytest.approx(apart.final_loss, rel=1e-5)
    for name, weights in apart.weights.items():
        torch.testing.assert_close(shared.weights[name], weights, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("learner", [double_q, ConservativeQ(0.01), BatchConstrainedQ(0.1)])
def test_an_action_that_was_impossible_is_neither_taken_nor_valued(learner: Learner) -> None:
    """A state pays 0.3 x 10 + 0.7 x 2 = 4.4 on average and one in 20 is the last, so its value is
    4.4 / (1 - 0.9 x 0.95) = 30.3; without masks it would be 10 / (1 - 0.9 x 0.95) = 69."""
    world = gold_rush()
    plan = replace(PLAN, learner=learner, steps=900)
    agent = ensemble(world, plan)
    rows = np.flatnonzero(world.step == 0)
    advantages = agent.action_values(world.features[rows], world.eligible[rows], price=1.0)
    best = advantages.argmax(axis=1)
    assert set(best[world.eligible[rows, 2]]) == {2}
    assert set(best[~world.eligible[rows, 2]]) == {1}
    q = levels(agent, world.features[rows], world.eligible[rows], price=1.0)
    assert q.max(axis=1).mean() == pytest.approx(4.4 / (1 - 0.9 * 0.95), rel=0.15)


def test_quantiles_spread_as_returns_do_and_impossible_actions_stay_impossible() -> None:
    """`ad` pays 2 or 0, each half the time, and ends it; a third action is never possible."""
    rng = np.random.default_rng(6)
    n = 2_000
    action, eligible = rng.integers(0, 2, n), np.tile([True, True, False], (n, 1))
    world = table(
        actions=("none", "ad", "never"),
        features=rng.normal(size=(n, 1)),
        eligible=eligible,
        action=action,
        margin=np.where((action == 1) & (rng.random(n) < 0.5), 2.0, 0.0),
    )
    experience = build_experience(world, np.ones(n, bool), discount_per_day=0.9, n_steps=1)
    plan = replace(PLAN, learner=QuantileQ(8), batch_size=256, learning_rate=1e-2)
    weights = trained(experience, plan).weights
    network = QNetwork(weights, 2.0)
    with torch.no_grad():
        hidden = network.encoder(torch.from_numpy(experience.observations))
        spread = (hidden @ weights["spread.weight"].T + weights["spread.bias"]).view(-1, 3, 8).mean(dim=0)
    none, ad = ((one.max() - one.min()) * experience.value_unit for one in spread[:2])
    assert ad > 0.5 > 2 * none  # of a coin between 0 and 2, and of nothing
    agent = Ensemble("qr_dqn", (network,), experience.normalisation, experience.value_unit, 2.0)
    found = agent.action_values(world.features, eligible, price=0.0)
    assert found[:, 1].mean() == pytest.approx(1.0, abs=0.2)
    assert (found[:, 2] == -np.inf).all()


@pytest.mark.parametrize("learner", [double_q, ConservativeQ(0.001), BatchConstrainedQ(0.1)])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_rare_large_margin_beats_a_sure_small_one(learner: Learner, seed: int) -> None:
    """50 with probability 0.02 (mean 1) against a sure 0.5: a Huber loss would value the first at 0.03."""
    rng = np.random.default_rng(5)
    n = 20_000
    action = rng.integers(0, 3, n)
    rare = np.where(np.arange(n) % 50 == 0, 50.0, 0.0)  # exactly 2 % of rows, spread over all actions
    rare = rng.permutation(rare)
    margin = np.where(action == 2, rare, np.where(action == 1, 0.5, 0.0))
    world = table(
        actions=("none", "sure", "rare"),
        features=rng.normal(size=(n, 2)),
        eligible=np.ones((n, 3), bool),
        action=action,
        margin=margin,
    )
    plan = replace(PLAN, learner=learner, seed=seed, batch_size=4096, learning_rate=1e-3)
    agent = ensemble(world, plan)
    q = levels(agent, np.zeros((1, 2), np.float32), np.ones((1, 3), bool), price=0.0)[0]
    mean_rare = margin[action == 2].mean()
    assert q.argmax() == 2
    assert q[2] == pytest.approx(mean_rare, abs=0.25)
    assert q[1] == pytest.approx(0.5, abs=0.25)


def test_one_network_answers_every_price() -> None:
    """An ad that brings 1.0 and costs 0.6 is shown at price 1 and not at price 2."""
    rng = np.random.default_rng(7)
    n = 8_000
    action = rng.integers(0, 2, n)
    world = table(
        actions=("none", "ad"),
        features=rng.normal(size=(n, 1)),
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=np.where(action == 1, 1.0, 0.0),
        cost=np.full(n, 0.6),
    )
    agent = ensemble(world)
    x, e = np.zeros((1, 1), np.float32), np.ones((1, 2), bool)
    gains = [float(np.diff(agent.action_values(x, e, price)[0])[0]) for price in (0.0, 1.0, 2.0)]
    assert gains == pytest.approx([1.0, 0.4, -0.2], abs=0.1)


@pytest.mark.parametrize("steps", [1, 7, 53])
def test_the_steps_asked_for_are_the_steps_done(steps: int) -> None:
    world = gold_rush(400)
    experience = build_experience(world, np.ones(400, bool), discount_per_day=0.9, n_steps=1)
    assert trained(experience, replace(PLAN, steps=steps)).steps_done == steps


def test_the_policy_network_is_the_trained_network() -> None:
    world = gold_rush(400)
    experience = build_experience(world, np.ones(400, bool), discount_per_day=0.9, n_steps=1)
    first, again = (trained(experience, replace(PLAN, steps=20)) for _ in range(2))
    assert all(torch.equal(first.weights[name], again.weights[name]) for name in first.weights)
    longer = trained(experience, replace(PLAN, steps=1, learning_rate=1e-12), start=first.weights)
    assert longer.warm_started
    x, networks = torch.from_numpy(experience.observations[:50]), (first.weights, longer.weights)
    before, after = (priced_values(net, net.encoder(x), x) for net in (QNetwork(w, 2.0) for w in networks))
    assert torch.allclose(before, after, atol=1e-5)


@torch.no_grad()
def test_at_one_price_a_network_needs_no_more_than_a_layer_for_its_advantages() -> None:
    generator = torch.Generator().manual_seed(1)
    shapes = network_shapes(2, 3, (4,))
    network = QNetwork({name: torch.rand(shape, generator=generator) for name, shape in shapes.items()}, 2.0)
    hidden, price = torch.rand(10, 4, generator=generator), torch.full((10, 1), 1.3)
    expected = priced_advantages(network, hidden, price)
    weights, biases = advantage_head(network, 1.3)
    assert not expected[:, 0].any()  # `none`
    torch.testing.assert_close(hidden @ weights.T + biases, expected[:, 1:])


def test_batches_hold_the_logged_rows_at_their_drawn_price() -> None:
    world = gold_rush(200)
    experience = build_experience(world, np.ones(200, bool), discount_per_day=0.9, n_steps=1)
    batch = PricedReplay(experience, max_price=2.0, seed=1).sample_transition_batch(64)
    price = 2.0 * np.asarray(batch.observations)[:, -1]
    assert (np.asarray(batch.next_observations)[:, -1] * 2.0 == price).all()
    assert price.min() >= 0 and price.max() <= 2.0
    assert np.isin(batch.rewards, experience.margin).all()  # no costs in this world


def test_a_timeout_teaches_nothing_about_what_came_after() -> None:
    world = gold_rush(40)
    cut = replace(world, end=np.where(world.end == 1, 2, world.end).astype(np.uint8))
    keep = np.ones(40, bool)
    whole = build_experience(world, keep, discount_per_day=0.9, n_steps=3)
    timed_out = build_experience(cut, keep, discount_per_day=0.9, n_steps=3)
    assert len(whole.action) == 40 and whole.terminal.sum() == 2 * 3
    assert len(timed_out.action) == 40 - 2 * 3 and timed_out.terminal.sum() == 0


def test_n_step_returns_by_hand() -> None:
    world = table(
        actions=("none", "ad"),
        features=np.zeros((3, 1)),
        eligible=np.ones((3, 2), bool),
        action=np.array([1, 0, 1]),
        margin=np.array([1.0, 2.0, 4.0]),
        length=3,
    )
    e = build_experience(world, np.ones(3, bool), discount_per_day=0.5, n_steps=2)
    assert (e.margin * e.value_unit).tolist() == pytest.approx([1 + 0.5 * 2, 2 + 0.5 * 4, 4])
    assert e.interval_days.tolist() == [2, 2, 1]
    assert e.next_row[0] == 2 and e.terminal.tolist() == [0, 1, 1]


def test_no_agent_without_margin() -> None:
    world = gold_rush(100)
    empty = replace(world, outcomes=np.zeros_like(world.outcomes))
    agents = train_agents(
        empty, deal_folds(empty.entity), AgentSettings(steps=1), DecisionSettings(), mu_of(empty)
    )
    assert agents.ensembles == {} and "no agent was trained" in agents.notes[0]
