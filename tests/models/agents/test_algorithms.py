"""An algorithm of one's own takes one file: here it is, trained, saved, put in force and evaluated."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from models.agent_settings import ALGORITHM_NAMES
from models.agents.algorithms import (
    ALGORITHMS,
    AgentSettings,
    Algorithm,
    InOneGo,
    Lesson,
    SeedNetworks,
    algorithm_named,
    own,
)
from models.agents.algorithms.dqn import DQN
from models.agents.ensembles import agent_of, effects_by, train_agents
from models.agents.policy import AgentPolicy
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import fault_of_weights
from models.agents.store import load_agent, save_agent
from models.evaluation import Reporting, evaluate_policies
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.mdp import JourneyTerms, Transitions, cut_journeys, deal_folds
from models.settings import DecisionSettings, EvaluationSettings, LearningSettings
from models.training import ConservativeQ
from sql.errors import StudyError
from tests.models.agents.tables import table


class MeanSettings(LearningSettings):
    """Its own key of `[agents]`."""

    mean_doubt: float = Field(default=0.0, ge=0)
    """Currency units that an action has to earn before it is worth anything."""


@dataclass(frozen=True)
class Means:
    """An action is worth its mean margin in the log, whoever sees it."""

    margin: NDArray[np.float64]  # (A,)
    algorithm: str = "mean"

    def action_values(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], price: float
    ) -> NDArray[np.float64]:
        assert len(features) == len(eligible) and price >= 0
        return np.where(eligible, self.margin, -np.inf)


def fit_means(lesson: Lesson) -> SavedEnsemble:
    rows, world = lesson.train_rows, lesson.transitions
    doubt = own(lesson.settings, MeanSettings).mean_doubt
    margin = world.outcome("margin")[rows] / 1e6
    means = [margin[world.action[rows] == a].mean() - doubt * (a > 0) for a in range(len(world.actions))]
    return SavedEnsemble(
        algorithm="mean",
        features=world.feature_spec,
        actions=world.actions,
        normalisation=lesson.experience.normalisation,
        value_unit=1.0,
        max_price=lesson.settings.max_price,
        hidden_units=(),
        weights={0: {"margin": torch.tensor(means, dtype=torch.float64)}},
    )


MEAN = Algorithm(
    name="mean",
    noun="learner of means",
    label="Means, personalised",
    text="Shows what earned most on average.",
    learns=InOneGo(fit_means),
    acts=lambda saved: Means(saved.weights[0]["margin"].numpy()),
    kind="mean",
    fault=lambda saved: fault_of_weights(saved.weights, {"margin": (len(saved.actions),)}),
)
TIMID = replace(DQN, name="timid", noun="timid network", learns=SeedNetworks(lambda _: ConservativeQ(1.0)))
REGISTRY = (*ALGORITHMS, MEAN, TIMID)


class Agents(MeanSettings, AgentSettings):
    """What the registry makes of an algorithm that has keys of its own."""


def small_world(n: int = 2_000) -> Transitions:
    """`good` earns 2 on average, `bad` nothing; every action is equally likely."""
    rng = np.random.default_rng(4)
    action = rng.integers(0, 3, n)
    return table(
        actions=("none", "good", "bad"),
        features=rng.normal(size=(n, 2)),
        eligible=np.ones((n, 3), bool),
        action=action,
        margin=np.where(action == 1, 2.0, 0.0) * rng.integers(0, 3, n),
    )


WORLD = small_world()
MU = np.full((WORLD.n_rows, 3), 1 / 3)
SETTINGS = Agents(
    algorithms=("mean", "timid"), seeds=(1, 2), steps=5, hidden_units=(8,), batch_size=64, mean_doubt=0.5
)


def taught(settings: LearningSettings = SETTINGS, previous: Path | None = None):
    decision = DecisionSettings(single_step=True)
    return train_agents(
        WORLD, deal_folds(WORLD.entity), settings, decision, MU, previous=previous, algorithms=REGISTRY
    )


def test_new_algorithms_are_trained_saved_and_trained_on(tmp_path: Path) -> None:
    agents = taught()
    assert list(agents.ensembles) == ["mean", "timid"] and agents.notes == ()
    assert [(t.algorithm, t.seed) for t in agents.training] == [("timid", 1), ("timid", 2)] * 2
    assert [t.fold for t in agents.training] == [0, 0, 1, 1]
    for saved in agents.ensembles.values():
        save_agent(saved, tmp_path, as_of="2026-11-20", price=1.0, softness=0.1, algorithms=REGISTRY)
    loaded = agent_of(load_agent(tmp_path / "mean.json", REGISTRY), REGISTRY)
    for fold in (0, 1):
        mine, theirs = loaded.of_fold(fold), agent_of(agents.ensembles["mean"], REGISTRY).of_fold(fold)
        assert isinstance(mine, Means) and isinstance(theirs, Means)
        assert mine.margin.tolist() == theirs.margin.tolist()
    assert all(t.warm_started for t in taught(previous=tmp_path).training)
    with pytest.raises(StudyError, match="is not a policy contract"):
        load_agent(tmp_path / "mean.json")  # what the registry does not know cannot act
    with pytest.raises(StudyError, match="no algorithm is called timid; there are dqn, cql, advantage"):
        load_agent(tmp_path / "timid.json")


def test_a_new_algorithm_is_evaluated_in_force() -> None:
    """All `good` earns 2 where delivery earns 2 / 3."""
    saved = taught(SETTINGS.model_copy(update={"algorithms": ("mean",)})).ensembles["mean"]
    policy = AgentPolicy(agent_of(saved, REGISTRY), price=1.0, softness=0.5, name="mean")
    target = policy.probabilities(WORLD.features, WORLD.eligible, MU)
    journeys = cut_journeys(
        WORLD,
        np.ones(WORLD.n_rows, bool),
        JourneyTerms(horizon_days=1, tail_days=0, single_step=True, period_days=1, per="entity"),
        total_entities=WORLD.n_rows,
    )
    settings = EvaluationSettings()
    dr = DoublyRobust(journeys, MU, folds=settings.folds, ridge=settings.ridge)
    found = evaluate_policies(dr, {"mean": target}, settings, Reporting("EUR", 1, "user"), seed=1)
    margin = {e.policy: e.estimate for e in found.estimates if (e.outcome, e.estimator) == ("margin", "DRL")}
    assert margin["logged"] == pytest.approx(2 / 3, abs=0.1)
    assert margin["mean"] == pytest.approx(2.0 * target[0, 1], abs=0.15)
    assert target[0, 1] > 0.8


def test_the_first_agent_that_tells_effects_is_asked() -> None:
    """Networks and means tell none; the advantage learner does."""
    assert effects_by(taught(), REGISTRY) is None
    more = taught(SETTINGS.model_copy(update={"algorithms": ("mean", "advantage")}))
    effects = effects_by(more, REGISTRY)
    assert effects is not None
    estimate, error = effects.advantages(WORLD.features, price=0.0)
    assert estimate.mean(axis=0) == pytest.approx([2.0, 0.0], abs=0.3) and (error > 0).all()


def test_settings_of_its_own_stand_among_the_others() -> None:
    assert tuple(a.name for a in ALGORITHMS) == ALGORITHM_NAMES
    assert set(AgentSettings().algorithms) <= set(ALGORITHM_NAMES)
    assert (AgentSettings().cql_alpha, AgentSettings().pessimism) == (0.05, 0.0)
    with pytest.raises(ValidationError, match="mean_doubt"):
        AgentSettings(mean_doubt=0.5)
    with pytest.raises(TypeError, match="lack the keys of MeanSettings"):
        taught(AgentSettings(algorithms=("mean",)))


def test_every_algorithm_says_what_it_is_under_a_name_of_its_own() -> None:
    assert len({a.name for a in ALGORITHMS}) == len({a.label for a in ALGORITHMS}) == len(ALGORITHMS)
    assert all(a.text.endswith(".") for a in ALGORITHMS)
    with pytest.raises(ValueError, match="no algorithm is called sarsa; there are dqn, cql, advantage"):
        algorithm_named("sarsa")


def test_every_algorithm_acts_from_its_file_as_it_learnt(tmp_path: Path) -> None:
    """All of the registry in one small world: taught by halves, saved, loaded, and still of one mind."""
    settings = Agents(algorithms=ALGORITHM_NAMES, seeds=(1,), steps=2, hidden_units=(8,), batch_size=64)
    agents = taught(settings)
    assert set(agents.ensembles) == set(ALGORITHM_NAMES) and agents.notes == ()
    for name, saved in agents.ensembles.items():
        save_agent(saved, tmp_path, as_of="2026-11-20", price=1.0, softness=0.1)
        loaded = agent_of(load_agent(tmp_path / f"{name}.json"))
        for price in (0.0, 1.7):
            mine = agent_of(saved).action_values(WORLD.features, WORLD.eligible, price)
            theirs = loaded.action_values(WORLD.features, WORLD.eligible, price)
            assert np.array_equal(mine, theirs), name
