"""Networks trained side by side are those trained one after the other, bit by bit."""

import os
from dataclasses import replace

import numpy as np
import pytest
import torch

from models.training.experience import build_experience
from models.training.learners import ConservativeQ, double_q
from models.training.train import Job, TrainingPlan, starting_values, train_network, train_networks
from tests.models.agents.tables import table

PLAN = TrainingPlan(
    algorithm="dqn",
    learner=double_q,
    seed=1,
    steps=20,
    batch_size=256,
    hidden_units=(16,),
    learning_rate=3e-3,
    weight_decay=0.0,
    max_price=2.0,
    discount_per_day=0.9,
    device="cpu",
)


def test_as_many_at_a_time_as_there_are_processors_changes_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    n = 2_000
    action = rng.integers(0, 2, n)
    world = table(
        actions=("none", "ad"),
        features=rng.normal(size=(n, 3)),
        eligible=np.ones((n, 2), bool),
        action=action,
        margin=2.0 * action * (rng.random(n) < 0.3),
        cost=0.2 * action,
        length=10,
    )
    experience = build_experience(world, np.ones(n, bool), discount_per_day=0.9, n_steps=1)
    values = starting_values(experience, discount_per_day=0.9)
    learners = {"dqn": double_q, "cql": ConservativeQ(0.01)}
    plans = [
        replace(PLAN, algorithm=name, learner=learner, seed=seed)
        for name, learner in learners.items()
        for seed in (1, 2)
    ]
    alone = [train_network(experience, plan, values=values) for plan in plans]
    monkeypatch.setattr(os, "cpu_count", lambda: 4 * torch.get_num_threads())
    steps: list[str] = []
    together = train_networks(
        [Job(experience, plan, values) for plan in plans], lambda what, *_: steps.append(what)
    )
    assert [network.plan for network in together] == plans
    assert sorted(steps) == ["cql seed 1", "cql seed 2", "dqn seed 1", "dqn seed 2"]
    for one, other in zip(alone, together, strict=True):
        assert one.final_loss == other.final_loss
        assert all(torch.equal(one.weights[k], other.weights[k]) for k in one.weights)
    assert not torch.equal(  # another seed is another network
        together[0].weights["advantage.weight"], together[1].weights["advantage.weight"]
    )
    assert train_networks([]) == []
