"""How many people stand behind a cell, channel x segment, and cells put together until they are enough."""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Groups = tuple[tuple[int, ...], ...]
"""Segments by group, ascending."""


def people_reached(
    entity: Codes, action: NDArray[np.integer], segment: Codes, *, actions: int, segments: int
) -> Codes:
    """(A - 1, S + 1) entities that were shown a channel in some decisions (n,), by segment, S for none."""
    found = []
    for k in range(1, actions):
        saw = action == k
        _, first = np.unique(entity[saw], return_index=True)
        found.append(np.bincount(segment[saw][first], minlength=segments + 1))
    return np.stack(found)


def large_enough(parts: Groups, people: Codes, least: int) -> Groups:
    """Groups of segments that reach `least` people (S + 1,) each: the smallest joins the next smallest.

    All are one where those of no segment are some but fewer: the whole less the groups would be about them.
    """
    if 0 < people[-1] < least:
        return (tuple(sorted(s for part in parts for s in part)),)
    groups = [(int(people[list(part)].sum()), part) for part in parts]
    while len(groups) > 1 and min(groups)[0] < least:
        (n, part), (more, other), *rest = sorted(groups)
        groups = [(n + more, tuple(sorted((*part, *other)))), *rest]
    return tuple(sorted(part for _, part in groups))
