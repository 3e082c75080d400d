"""Events by cell: numbers of entities, ranks, parts, and how many actions meet in an epoch."""

import numpy as np
import polars as pl
import pytest

from models.mdp.event_streams import EpochGrid, Stream, index_of, most_in_an_epoch, rank_within
from models.mdp.rows import GrowingRows, joined_columns, put_rows
from models.mdp.substeps import any_of


def test_entities_are_numbered_and_strangers_are_none() -> None:
    keys = np.array([-7, 2, 9])
    assert index_of(keys, np.array([-7, -7, 3, 9, 9, 2, 12])).tolist() == [0, 0, -1, 2, 2, 1, -1]
    assert index_of(keys[:0], np.array([4, 4])).tolist() == [-1, -1]
    assert index_of(keys, keys[:0]).tolist() == []


def test_ranks_begin_anew_with_every_group() -> None:
    assert rank_within(np.array([5, 5, 5, 6, 9, 9])).tolist() == [0, 1, 2, 0, 0, 1]
    assert rank_within(np.zeros(0, np.int64)).tolist() == []


def test_a_part_of_a_stream_holds_its_own_entities_events() -> None:
    stream = Stream(np.array([0, 2, 3, 3, 8]), {"n": np.arange(5), "action": np.array([1, 2, 1, 2, 2])}, 3, 3)
    assert stream.total("n").tolist() == [0, 0, 1, 5, 0, 0, 0, 0, 4]
    part = stream.of(1, 3)  # of cells 3 to 8
    assert part.total("n").tolist() == [5, 0, 0, 0, 0, 4]
    assert part.by_action("n", 2)[0].tolist() == [2, 3]
    assert stream.of(0, 0).total("n").tolist() == []


@pytest.mark.parametrize(("repeat", "most"), [(False, 3), (True, 4)])
def test_the_most_that_meet_in_an_epoch_is_counted_beyond_64_actions_too(repeat: bool, most: int) -> None:
    rows = [
        (1, 0, 0, 3),
        (1, 0, 1, 67),
        (1, 1, 0, 131),
        (1, 1, 1, 3),
        (1, 2, 0, 4),
        (2, 0, 0, 67),
        (2, 2, 0, 0),
    ]
    schema = {"entity_key": pl.Int64, "day": pl.Int32, "ordinal": pl.Int32, "action": pl.Int16}
    exposures = pl.DataFrame(rows, schema=schema, orient="row")
    assert most_in_an_epoch(exposures, EpochGrid(0, 2, 2, repeat)) == most


def test_rows_are_put_as_a_whole_and_columns_joined() -> None:
    out, places = np.zeros((4, 3), np.float32), np.array([2, 0])
    put_rows(out, places, np.arange(6, dtype=np.float32).reshape(2, 3)[:, ::-1])
    assert out.tolist() == [[5, 4, 3], [0, 0, 0], [2, 1, 0], [0, 0, 0]]
    parts = [Stream(np.arange(k), {}, k, 1) for k in (2, 0, 3)]
    assert joined_columns(parts, ["cell"])["cell"].tolist() == [0, 1, 0, 1, 2] and not parts
    grown = GrowingRows(2)
    for n in (2, 0, 3):
        grown.add(n)[:] = n
    assert grown.whole.tolist() == [[2, 2]] * 2 + [[3, 3]] * 3
    assert any_of(np.array([[False, True], [False, False]])).tolist() == [True, False]
