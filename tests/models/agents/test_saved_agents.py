"""What a night leaves of its agents: the same policy, the next night's start, a spoilt file's sentence."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from models.agents.algorithms import AgentSettings
from models.agents.ensembles import agent_of, train_agents
from models.agents.folds import FoldedValues
from models.agents.policy import AgentPolicy
from models.agents.store import load_agent, load_transitions, save_agent, save_transitions
from models.mdp.sample_split import deal_folds
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings
from sql.errors import StudyError
from tests.models.agents.tables import gold_rush, mu_of


def saved(folder: Path) -> tuple[Path, Transitions, FoldedValues]:
    world = gold_rush(800)
    settings = AgentSettings(algorithms=("dqn",), seeds=(1, 2), steps=10, hidden_units=(8,), batch_size=64)
    agents = train_agents(world, deal_folds(world.entity), settings, DecisionSettings(), mu_of(world))
    save_agent(agents.ensembles["dqn"], folder, as_of="2026-11-20", price=1.0, softness=0.05)
    return folder / "dqn.json", world, agent_of(agents.ensembles["dqn"])


def test_a_saved_policy_is_the_policy(tmp_path: Path) -> None:
    path, world, original = saved(tmp_path)
    loaded = AgentPolicy(agent_of(load_agent(path)), 1.0, 0.05, "dqn")
    now = AgentPolicy(original, 1.0, 0.05, "dqn")
    behaviour = world.eligible / world.eligible.sum(axis=1, keepdims=True)
    first = now.probabilities(world.features, world.eligible, behaviour)
    assert np.array_equal(first, loaded.probabilities(world.features, world.eligible, behaviour))
    assert np.allclose(first.sum(axis=1), 1) and (first[~world.eligible] == 0).all()
    assert {p.suffix for p in tmp_path.iterdir()} == {".json", ".safetensors"}


def test_the_next_night_goes_on_from_the_last(tmp_path: Path) -> None:
    path, world, _ = saved(tmp_path)
    settings = AgentSettings(algorithms=("dqn",), seeds=(1, 2), steps=10, hidden_units=(8,), batch_size=64)
    folds = deal_folds(world.entity)
    agents = train_agents(world, folds, settings, DecisionSettings(), mu_of(world), previous=path.parent)
    assert all(t.warm_started for t in agents.training) and agents.notes == ()
    wider = settings.model_copy(update={"hidden_units": (16,)})
    agents = train_agents(world, folds, wider, DecisionSettings(), mu_of(world), previous=path.parent)
    assert not any(t.warm_started for t in agents.training)
    assert agents.notes == ("dqn was trained afresh: the network's size or the highest price changed",)


def test_numbers_that_another_network_made_of_the_log_are_other_features(tmp_path: Path) -> None:
    path, world, _ = saved(tmp_path)
    mine = load_agent(path)
    read = tuple(replace(f, version="a1b2") for f in world.feature_spec)
    assert mine.mismatch(world.feature_spec, world.actions) == ""
    assert mine.mismatch(read, world.actions) == "another network reads the order of events"
    columns = json.loads(path.read_text())["features"]
    changed(path, features=[{**column, "version": "a1b2"} for column in columns])
    assert load_agent(path).mismatch(read, world.actions) == ""


def changed(path: Path, **entries: object) -> None:
    """The contract with other entries."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **entries}))


def changed_fold(path: Path, **entries: object) -> None:
    """The contract with other entries of its second fold."""
    first, second = json.loads(path.read_text())["folds"]
    changed(path, folds=[first, {**second, **entries}])


def with_tensor(path: Path, name: str, value: float) -> None:
    """One tensor filled with a value, and the contract signed for it."""
    tensors = safetensors.torch.load_file(path.with_suffix(".safetensors"))
    data = safetensors.torch.save({**tensors, name: torch.full_like(tensors[name], value)})
    path.with_suffix(".safetensors").write_bytes(data)
    changed(path, weights_sha256=hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda p: p.write_text("not json"), "cannot be read as a policy contract"),
        (lambda p: p.write_text('{"kind": "tree"}'), "is not a policy contract of schema 2"),
        (
            lambda p: p.with_suffix(".safetensors").write_bytes(b"x"),
            "is not the file this contract",
        ),
        (lambda p: p.with_suffix(".safetensors").unlink(), "the policy is incomplete"),
        (
            lambda p: p.write_text(json.dumps({**json.loads(p.read_text()), "features": [{}]})),
            "the policy is incomplete",
        ),
        (lambda p: p.write_text("[" * 100_000), "cannot be read as a policy contract .it nests too deeply"),
        (lambda p: p.write_text('{"schema": NaN}'), "holds a number that is not finite"),
        (lambda p: changed(p, actions=["none", 7, "b"]), "a name is no text"),
        (lambda p: changed(p, actions=["none", "a", "b", "c"]), r"has the shape \(.*\), not \("),
        (lambda p: changed(p, hidden_units=[]), "it has no hidden layer"),
        (lambda p: changed_fold(p, value_unit=0), "its value unit or its highest price is not above 0"),
        (lambda p: changed_fold(p, value_unit=10**400), "the policy is incomplete"),
        (lambda p: changed_fold(p, seeds=[]), "it holds no seed"),
        (lambda p: changed_fold(p, mean=[0.0, 1.0, 2.0]), "features need as many means"),
        (lambda p: changed(p, folds=[]), "it has 0 folds"),
        (
            lambda p: with_tensor(p, "fold1.seed2.action_cost", float("nan")),
            "action_cost of seed 2 holds a number",
        ),
    ],
)
def test_a_spoilt_policy_file_is_one_sentence(tmp_path: Path, spoil, sentence: str) -> None:
    path, _, _ = saved(tmp_path)
    spoil(path)
    with pytest.raises(StudyError, match=sentence):
        load_agent(path)


def test_a_saved_transition_table_is_the_table(tmp_path: Path) -> None:
    world = gold_rush(400)
    save_transitions(world, tmp_path)
    loaded = load_transitions(tmp_path)
    for name in ("entity", "day", "step", "action", "eligible", "features", "outcomes", "end", "mature"):
        assert np.array_equal(getattr(world, name), getattr(loaded, name)), name
    assert (loaded.actions, loaded.feature_spec) == (world.actions, world.feature_spec)
