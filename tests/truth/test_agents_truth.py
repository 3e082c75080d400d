"""Agents against the truth: what they earn when they are put in force in the world that wrote their log."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.agents.policy import AgentPolicy, Ensemble, QNetwork
from models.mdp.build_transitions import build_transitions
from models.settings import DecisionSettings
from models.training.experience import Experience, build_experience
from models.training.learners import ConservativeQ, double_q
from models.training.train import TrainingPlan, starting_values, train_network
from models.worlds import open_world
from models.worlds.journey import JourneyWorld
from models.worlds.truth import realise, relative_uplift
from tests.models.worlds_to_events import events_of

DAYS, ENTITIES = 40, 3_000
LEARNERS = {"dqn": double_q, "cql": ConservativeQ(0.05)}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[JourneyWorld, Experience]:
    """A world after its log, and the experience in that log."""
    folder: Path = tmp_path_factory.mktemp("marts")
    world = open_world("demo", entities=ENTITIES, days=DAYS)
    table = build_transitions(events_of(world, DAYS, folder), DecisionSettings())
    keep = np.ones(table.n_rows, bool)
    return world, build_experience(table, keep, discount_per_day=0.97, n_steps=5)


def gain(world: JourneyWorld, experience: Experience, algorithm: str) -> tuple[float, float]:
    """Realised gain in profit of a greedy network at price 1, and its standard error over futures."""
    values = starting_values(experience, discount_per_day=0.97)
    networks = []
    for seed in (1,):
        plan = TrainingPlan(
            algorithm=algorithm,
            learner=LEARNERS[algorithm],
            seed=seed,
            steps=150,
            batch_size=1024,
            hidden_units=(32, 32),
            learning_rate=1e-3,
            weight_decay=1e-4,
            max_price=4.0,
            discount_per_day=0.97,
            device="cpu",
        )
        networks.append(QNetwork(train_network(experience, plan, values=values).weights, plan.max_price))
    ensemble = Ensemble(algorithm, tuple(networks), experience.normalisation, experience.value_unit, 4.0)
    policy = AgentPolicy(ensemble, price=1.0, softness=0.0, name=algorithm)
    futures = {"days": 21, "tail_days": 7, "futures": (1, 2, 3)}
    today = realise(world, None, **futures)
    return relative_uplift(realise(world, policy.probabilities, **futures), today)


@pytest.mark.parametrize("algorithm", ["dqn", "cql"])
def test_shuffled_margins_teach_nothing_that_pays(
    lived: tuple[JourneyWorld, Experience], algorithm: str
) -> None:
    """The placebo: margins dealt out at random leave only the costs to be learned, so the agent stops
    advertising, which loses about 10 % (standard error 3 %): a false alarm in fewer than one run of 1,000."""
    world, experience = lived
    dealt = np.random.default_rng(5).permutation(experience.margin)
    shuffled, error = gain(world, replace(experience, margin=dealt), algorithm)
    assert shuffled < error
