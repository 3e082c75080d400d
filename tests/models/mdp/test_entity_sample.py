"""A log too long for the memory: a sample of its entities makes decisions, everybody is told the next one."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from models.mdp import build_transitions, uniform_of
from models.mdp.entity_sample import SAMPLE_SALT, sample_entities
from models.settings import DecisionSettings
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
    part = build_transitions(events, DecisionSettings(), most=most, entities_per_chunk=7)
    kept = np.unique(part.entity)
    assert 0 < len(kept) < 40 and part.stands_for > 1
    assert (uniform_of(kept, SAMPLE_SALT) < most / whole.n_rows).all()
    mine = np.isin(whole.entity, kept)
    for name in ("entity", "day", "action", "eligible", "features", "outcomes", "end", "step"):
        assert np.array_equal(getattr(whole, name)[mine], getattr(part, name)), name
    assert whole.next_decisions is not None and part.next_decisions is not None
    for name in ("entity", "features", "eligible", "segment"):  # of everybody
        assert np.array_equal(getattr(whole.next_decisions, name), getattr(part.next_decisions, name)), name
