"""Who stands behind a cell: counted by hand."""

import numpy as np
import pytest

from models.split.small_segments import large_enough, people_reached


def test_people_are_counted_once_by_channel_and_segment() -> None:
    """Segment 0 or 1, 2 for none; user 1 saw the channel twice."""
    seen = [(1, 0, 1), (1, 0, 1), (2, 0, 1), (3, 1, 2), (4, 1, 0), (5, 2, 1)]
    entity, segment, action = np.array(seen).T
    found = people_reached(entity, action, segment, actions=3, segments=2)
    assert found.tolist() == [[2, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        ([30, 20, 10, 0], ((0,), (1,), (2,))),
        ([30, 20, 9, 0], ((0,), (1, 2))),
        ([30, 4, 5, 0], ((0, 1, 2),)),  # 9 are still too few
        ([30, 4, 6, 0], ((0,), (1, 2))),
        ([30, 20, 10, 9], ((0, 1, 2),)),
        ([30, 20, 10, 10], ((0,), (1,), (2,))),
    ],
)
def test_groups_grow_until_they_are_large_enough(
    people: list[int], expected: tuple[tuple[int, ...], ...]
) -> None:
    assert large_enough(((0,), (1,), (2,)), np.array(people), 10) == expected
