"""What is exported acts as the night's agent does, for every algorithm of the registry."""

import json
import sys
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from models.agent_settings import ALGORITHM_NAMES
from models.agents.advantage import AdvantageModel
from models.agents.algorithms import AgentSettings
from models.agents.algorithms.causal import CausalTree
from models.agents.ensembles import agent_of, train_agents
from models.agents.folds import FoldedValues
from models.agents.onnx_file import policy_onnx
from models.agents.policy import AgentPolicy
from models.agents.trees import one_leaf_per_state
from models.mdp import Transitions, deal_folds
from models.settings import DecisionSettings
from sql.errors import StudyError
from tests.models.agents.outside import answers, session_of
from tests.models.agents.tables import table

ERROR = 1e-5
"""Of values, as a share of their spread; of probabilities as they are. docs/onnx.md promises it."""
PRICE, SOFTNESS = 1.3, 0.2
DAYS = DecisionSettings(horizon_days=2, tail_days=1)


def small_world(n: int = 2_000) -> Transitions:
    """Three ads that are not always possible, and features of very different sizes, one of which is fixed."""
    rng = np.random.default_rng(11)
    eligible = rng.random((n, 4)) < 0.7
    eligible[np.arange(n), rng.integers(0, 4, n)] = True
    features = rng.normal(size=(n, 6)) * [1, 1, 100, 0.01, 1, 0] + [0, 0, 5_000, 0, 0, 1e6]
    action = np.where(eligible, rng.random((n, 4)), -1).argmax(axis=1)
    margin = (1.0 + features[:, 0] * (action == 1) + features[:, 1] * (action == 2)).clip(0)
    return table(
        actions=("none", "a", "b", "c"),
        features=features,
        eligible=eligible,
        action=action,
        margin=margin,
        cost=0.2 * (action > 0),
        length=4,  # days
    )


WORLD = small_world()
MU = WORLD.eligible / WORLD.eligible.sum(axis=1, keepdims=True)


@pytest.fixture(scope="module")
def agents() -> dict[str, FoldedValues]:
    """All of the registry, of two seeds each where there are seeds."""
    settings = AgentSettings(
        algorithms=ALGORITHM_NAMES, seeds=(1, 2), steps=20, hidden_units=(16, 8), batch_size=64
    )
    taught = train_agents(WORLD, deal_folds(WORLD.entity), settings, DAYS, MU)
    assert taught.notes == ()
    return {name: agent_of(saved) for name, saved in taught.ensembles.items()}


def exported(policy: AgentPolicy, **said: str) -> bytes:
    return policy_onnx(policy, WORLD.feature_spec, WORLD.actions, said)


def assert_acts_alike(policy: AgentPolicy) -> None:
    """In the file and in the night, on rows that they have not met: other delivery, other sets of actions."""
    rng = np.random.default_rng(5)
    eligible = WORLD.eligible[rng.permutation(len(WORLD.eligible))]
    delivery = rng.random(eligible.shape) * eligible
    delivery[: len(delivery) // 4, 1] = 0.0  # delivery need not take all that is possible
    delivery[delivery.sum(axis=1) == 0] = eligible[delivery.sum(axis=1) == 0]
    delivery /= delivery.sum(axis=1, keepdims=True)
    value, probability = answers(exported(policy), WORLD.features, eligible, delivery)
    expected = policy.ensemble.action_values(WORLD.features, eligible, policy.price)
    assert np.array_equal(np.isfinite(value), eligible)
    spread = expected[eligible].std()
    assert spread > 0
    assert np.abs(value[eligible] - expected[eligible]).max() <= ERROR * spread
    best = np.sort(expected, axis=1)
    clear = best[:, -1] - best[:, -2] > 2 * ERROR * spread  # ties apart
    assert np.array_equal(value.argmax(axis=1)[clear], expected.argmax(axis=1)[clear])
    usual = policy.probabilities(WORLD.features, eligible, delivery)
    assert np.abs(probability - usual)[clear].max() <= ERROR


@pytest.mark.parametrize("name", ALGORITHM_NAMES)
def test_the_file_acts_as_the_night_does(agents: dict[str, FoldedValues], name: str) -> None:
    assert_acts_alike(AgentPolicy(agents[name], PRICE, SOFTNESS, name))


def test_a_policy_without_softness_takes_the_best(agents: dict[str, FoldedValues]) -> None:
    assert_acts_alike(AgentPolicy(agents["dqn"], PRICE, 0.0, "dqn"))


def test_doubt_is_taken_off(agents: dict[str, FoldedValues]) -> None:
    models = [
        replace(part, pessimism=0.7) for part in agents["advantage"].folds if isinstance(part, AdvantageModel)
    ]
    assert len(models) == 2
    assert_acts_alike(AgentPolicy(FoldedValues(tuple(models)), PRICE, SOFTNESS, "advantage"))


def test_deep_trees_are_walked_to_their_end() -> None:
    """One leaf per state: the longest way there is, and values to the last bit."""
    states = np.sort(np.random.default_rng(2).normal(size=(60, 1)).astype(np.float32), axis=0)
    tree = one_leaf_per_state(np.repeat(states, 2, axis=0), np.repeat(np.arange(60), 2))
    worth = np.random.default_rng(3).normal(size=(len(tree.low), 4))
    model = CausalTree(tree, worth, np.zeros_like(worth), np.zeros((3, *worth.shape)))
    policy = AgentPolicy(FoldedValues((model,)), PRICE, SOFTNESS, "causal")
    possible = np.ones((60, 4), bool)
    data = policy_onnx(policy, WORLD.feature_spec[:1], WORLD.actions, {})
    value, _ = answers(data, states, possible, possible / 4)
    assert tree.depth >= 6
    assert np.array_equal(value, model.action_values(states, possible, PRICE))


def test_a_missing_feature_is_zero(agents: dict[str, FoldedValues]) -> None:
    data = exported(AgentPolicy(agents["advantage"], PRICE, SOFTNESS, "advantage"))
    missing, zero = (
        np.where(np.arange(6) == 2, fill, WORLD.features).astype(np.float32) for fill in (np.nan, 0)
    )
    found, expected = (answers(data, features, WORLD.eligible, MU)[0] for features in (missing, zero))
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("rows", [0, 1])
def test_any_number_of_rows_can_be_asked(agents: dict[str, FoldedValues], rows: int) -> None:
    data = exported(AgentPolicy(agents["tabular"], PRICE, SOFTNESS, "tabular"))
    for found in answers(data, WORLD.features[:rows], WORLD.eligible[:rows], MU[:rows]):
        assert found.shape == (rows, 4)


def test_the_file_says_what_it_is(agents: dict[str, FoldedValues]) -> None:
    policy = AgentPolicy(agents["cql"], PRICE, SOFTNESS, "cql")
    data = exported(policy, study="shop")
    session = session_of(data)
    said = session.get_modelmeta().custom_metadata_map
    assert (said["study"], said["algorithm"]) == ("shop", "cql")
    assert (float(said["price"]), float(said["softness"])) == (PRICE, SOFTNESS)
    assert json.loads(said["actions"]) == list(WORLD.actions)
    assert [f["name"] for f in json.loads(said["features"])] == [f.name for f in WORLD.feature_spec]
    given = [(i.name, i.type, i.shape) for i in session.get_inputs()]
    assert given == [
        ("features", "tensor(float)", ["rows", 6]),
        ("eligible", "tensor(bool)", ["rows", 4]),
        ("delivery", "tensor(double)", ["rows", 4]),
    ]
    assert data == exported(policy, study="shop")


@dataclass(frozen=True)
class Unwritten:
    """Knows what actions are worth, and cannot be written down."""

    algorithm: str = "unwritten"

    def action_values(
        self, features: NDArray[np.float32], eligible: NDArray[np.bool_], price: float
    ) -> NDArray[np.float64]:
        assert len(features) == len(eligible) and price >= 0
        return np.where(eligible, 0.0, -np.inf)


def test_what_cannot_be_written_says_so() -> None:
    policy = AgentPolicy(FoldedValues((Unwritten(),)), PRICE, SOFTNESS, "unwritten")
    with pytest.raises(StudyError, match="no way yet to write an agent of unwritten as ONNX"):
        exported(policy)


def test_without_the_package_it_says_how_to_get_it(
    agents: dict[str, FoldedValues], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(StudyError, match=r"needs the package onnx.*pip install"):
        exported(AgentPolicy(agents["dqn"], PRICE, SOFTNESS, "dqn"))
