"""An encoder finds the order that decides, says when there is none, and is read back as it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from models.encoder import load_encoder, save_encoder, teach_encoder
from models.mdp import SequenceState, build_transitions
from models.settings import DecisionSettings, StateSettings
from models.training import SequenceLesson, SequencePlan, teach_sequence
from models.worlds.order import ORDER, OrderConfig, OrderWorld
from sql.errors import StudyError
from sql.events import Events
from tests.models.mdp.test_sequence_state import encoder
from tests.models.worlds_to_events import events_of

DECISION = DecisionSettings(max_per_epoch=1)
HALF = StateSettings(encoder="gru", teachers=0.5)
SURE = replace(ORDER, sells=0.8)
"""The world of order, in which an offer nearly always sells to those to whom it sells."""


def logged(folder: Path, config: OrderConfig, people: int = 500) -> Events:
    return events_of(OrderWorld(config, people, 1, 0), 40, folder)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Events:
    return logged(tmp_path_factory.mktemp("sure"), SURE)


def test_the_order_that_decides_is_found_and_told_to_those_who_did_not_teach(events: Events) -> None:
    """To whom an offer sells is a line in what it reads; in the counts it is not."""
    taught = teach_encoder(events, DECISION, (), HALF, seed=1)
    assert taught.encoder is not None and taught.lesson.gain is not None and taught.lesson.gain > 0.05
    assert 200 < taught.lesson.teachers < 300
    table = build_transitions(events, DECISION, encoder=taught.encoder)
    world, sells = OrderWorld(SURE, 500, 1, 0), np.zeros((40, 500), bool)
    for day in range(40):
        sells[day] = world.sells
        world.step()
    known = sells[table.day, table.entity]
    read = np.array([f.group == "order" for f in table.feature_spec])
    assert explained(table.features[:, read], known) > 0.8
    assert explained(table.features[:, ~read], known) < 0.2


def explained(features: np.ndarray, known: np.ndarray) -> float:
    """R squared of a line."""
    x = np.column_stack([np.ones(len(features)), features.astype(float)])
    left = known - x @ np.linalg.lstsq(x, known.astype(float), rcond=None)[0]
    return float(1 - left.var() / known.var())


def test_it_is_the_same_every_time_and_leaves_torchs_seed_alone() -> None:
    rng = np.random.default_rng(4)
    lesson = SequenceLesson(
        events=rng.normal(size=(60, 5)).astype(np.float32),
        offsets=np.arange(0, 61, 6),
        entity=np.repeat(np.arange(10), 4),
        seen=np.tile(np.arange(4), 10),
        action=rng.integers(0, 2, 40),
        target=rng.normal(size=(40, 3)).astype(np.float32),
        weight=np.ones(3, np.float32),
        n_actions=2,
    )
    plan = SequencePlan(units=2, seed=1, steps=20, entities_per_batch=4)
    torch.manual_seed(3)
    before = torch.get_rng_state()
    one, same = (teach_sequence(lesson, plan) for _ in range(2))
    assert one.to_input.tobytes() == same.to_input.tobytes() and one.heads.shape == (2, 3, 6)
    assert torch.equal(before, torch.get_rng_state())
    apart = one.to_hidden.reshape(3, 6, 6)[:, :2, 2:]
    assert not apart.any()  # what one start has learnt the others do not hear


def test_where_nothing_hangs_on_the_order_the_state_stays_as_it_is(tmp_path: Path) -> None:
    taught = teach_encoder(
        logged(tmp_path, replace(ORDER, sells=0.0), people=250), DECISION, (), HALF, seed=1
    )
    assert taught.encoder is None and taught.lesson.gain is not None and taught.lesson.gain < 0


def test_too_few_cannot_teach_it(tmp_path: Path) -> None:
    taught = teach_encoder(logged(tmp_path, SURE, people=30), DECISION, (), HALF, seed=1)
    assert taught.learnt is None and taught.encoder is None


def test_it_is_kept_to_the_bit(tmp_path: Path) -> None:
    mine = encoder()
    save_encoder(mine, tmp_path)
    read = load_encoder(tmp_path)
    assert read is not None and read.version == mine.version
    assert (read.actions, read.teachers, read.within_days) == (mine.actions, mine.teachers, mine.within_days)
    save_encoder(read, tmp_path / "again")
    for name in ("encoder.json", "encoder.safetensors"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()
    assert SequenceState(read, 3).features(np.arange(3)).shape == (3, mine.units + 1)
    assert load_encoder(tmp_path / "nowhere") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"schema": 1', '"schema": 9'),
        ('"weights_sha256": "', '"weights_sha256": "0'),
        ('"video"', '"video", "search"'),
        ('"teachers": 0.2', '"teachers": 2'),
        ('"actions"', '"acts"'),
        ("{", "["),
    ],
)
def test_one_that_something_happened_to_is_refused_in_a_sentence(tmp_path: Path, old: str, new: str) -> None:
    save_encoder(encoder(), tmp_path)
    contract = tmp_path / "encoder.json"
    contract.write_text(contract.read_text().replace(old, new, 1))
    with pytest.raises(StudyError, match=r"encoder\.json: the encoder is incomplete"):
        load_encoder(tmp_path)


def test_one_with_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    broken = encoder()
    broken.to_hidden[0, 0] = np.nan
    save_encoder(broken, tmp_path)
    with pytest.raises(StudyError, match="not finite"):
        load_encoder(tmp_path)
