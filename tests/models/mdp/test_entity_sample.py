"""A log too long for the memory: a sample of its entities makes decisions, everybody is told the next one."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp import TableLimits, build_transitions, uniform_of
from models.mdp.entity_sample import SAMPLE_SALT, sample_entities
from models.mdp.night_memory import LIBRARIES_GB, Room
from models.mdp.usable_evidence import with_cap
from models.settings import DecisionSettings
from sql.errors import StudyError
from tests.models.mdp.test_opportunity_steps import random_marts

ENTITIES = pl.DataFrame({"entity_key": np.arange(10_000)})


def three_each(entities: pl.DataFrame) -> int:
    return 3 * len(entities)


def test_a_log_that_fits_is_taken_whole_and_not_asked() -> None:
    def never(_: pl.DataFrame) -> int:
        raise AssertionError

    found = sample_entities(ENTITIES, most=40_000, upper=40_000, decisions_of=never)
    assert found.kept.equals(ENTITIES) and found.others.is_empty() and found.stands_for == 1
    assert sample_entities(ENTITIES, 40_000, 10**9, three_each).kept.equals(ENTITIES)  # the pilot says so


def test_a_longer_one_keeps_so_many_as_fit_and_samples_are_nested() -> None:
    small, large = (sample_entities(ENTITIES, most, 10**9, three_each) for most in (3_000, 15_000))
    assert len(large.kept) == pytest.approx(5_000, abs=250)  # five standard errors of a coin per entity
    assert set(small.kept["entity_key"]) < set(large.kept["entity_key"])
    assert large.stands_for == 10_000 / len(large.kept)
    assert pl.concat([large.kept, large.others]).sort("entity_key").equals(ENTITIES)


def test_the_table_of_a_sample_is_that_of_the_whole_log_without_the_others(tmp_path: Path) -> None:
    events = random_marts(tmp_path, np.random.default_rng(3))
    whole = build_transitions(events, DecisionSettings())
    most = whole.n_rows // 2
    part = build_transitions(events, DecisionSettings(), limits=TableLimits(most=most, entities_per_chunk=7))
    kept = np.unique(part.entity)
    assert 0 < len(kept) < 40 and part.stands_for > 1
    assert (uniform_of(kept, SAMPLE_SALT) < most / whole.n_rows).all()
    mine = np.isin(whole.entity, kept)
    for name in ("entity", "day", "action", "eligible", "features", "outcomes", "end", "step"):
        assert np.array_equal(getattr(whole, name)[mine], getattr(part, name)), name
    assert whole.next_decisions is not None and part.next_decisions is not None
    for name in ("entity", "features", "eligible", "segment"):  # of everybody
        assert np.array_equal(getattr(whole.next_decisions, name), getattr(part.next_decisions, name)), name


def test_a_table_has_as_many_decisions_as_there_is_memory_for(tmp_path: Path) -> None:
    events = random_marts(tmp_path, np.random.default_rng(3))
    whole = build_transitions(events, DecisionSettings(), limits=TableLimits(memory_gb=2.0))
    assert whole.stands_for == 1
    room = Room(2.0, len(whole.feature_spec), len(whole.actions), len(whole.outcome_spec))
    half = LIBRARIES_GB + whole.n_rows / 2 * room.bytes_per_decision / 1e9
    part = build_transitions(events, DecisionSettings(), limits=TableLimits(memory_gb=half))
    asked = build_transitions(events, DecisionSettings(), limits=TableLimits(most=whole.n_rows // 2))
    assert part.stands_for == asked.stands_for > 1 and part.n_rows == asked.n_rows


def test_decisions_asked_for_that_have_no_room_are_refused_with_what_would_fit() -> None:
    room = Room(2.0, features=60, actions=6, outcomes=8)  # 2,244 bytes a decision
    assert (
        room.most(None) == 490_196
        and room.most(100_000) == 100_000
        and Room(None, 1, 1, 1).most(None) is None
    )
    room.check(540_000)  # a sample is never quite as large as it was meant to be
    with pytest.raises(StudyError, match=r"3,000,000 decisions of 60 features need about 7.6 GB .* 490,196"):
        room.check(3_000_000)


def test_the_cap_of_delivery_is_read_a_stretch_of_entities_at_a_time(tmp_path: Path) -> None:
    events = random_marts(tmp_path, np.random.default_rng(3))
    shown = pl.read_parquet(events.folder / "exposures.parquet").filter(pl.col("action") > 0)
    most = shown.group_by("entity_key", "day").agg(pl.col("action").n_unique())["action"].max()
    for size in (1, 7, 50_000):
        found = with_cap(events, DecisionSettings(), entities_at_a_time=size)
        assert found.max_per_epoch == most and found.max_per_epoch > 1
