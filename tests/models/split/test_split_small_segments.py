"""Who stands behind a cell: counted by hand."""

import numpy as np
import pytest

from models.split.small_segments import large_enough, people_reached


def test_people_are_counted_once_and_on_the_side_that_has_fewer() -> None:
    """Users 1 to 3 are judged here, 4 to 6 elsewhere; segment 0 or 1, 2 for none; day 9 is not judged."""
    seen = [(1, 0, 0, 1), (1, 0, 1, 1), (2, 0, 0, 1), (3, 1, 0, 2), (4, 0, 1, 1), (5, 1, 1, 2), (6, 2, 9, 1)]
    entity, segment, day, action = np.array(seen).T
    found = people_reached(entity, day, action, segment, judged=np.array([0, 1, 2, 3]), actions=3, segments=2)
    assert found.tolist() == [[1, 0, 0], [0, 1, 0]]


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
