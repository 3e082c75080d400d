"""How many people stand behind a cell, channel x segment, and cells put together until they are enough."""

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Groups = tuple[tuple[int, ...], ...]
"""Segments by group, ascending."""


def people_reached(
    entity: Codes,
    day: NDArray[np.integer],
    action: NDArray[np.integer],
    segment: Codes,
    *,
    judged: Codes,
    actions: int,
    segments: int,
) -> Codes:
    """(A - 1, S + 1) entities that saw a channel, by segment (n,) of each row, S for none.

    judged: rows that speak of some entities. Of these or of all others, whichever are fewer, on the same
    days: what some choose is told by the others.
    """
    within = np.isin(day, np.unique(day[judged]))
    mine = np.isin(entity, np.unique(entity[judged]))
    found = []
    for k in range(1, actions):
        saw = within & (action == k)
        counts = []
        for part in (mine, ~mine) if not mine.all() else (mine,):
            _, first = np.unique(entity[saw & part], return_index=True)
            counts.append(np.bincount(segment[saw & part][first], minlength=segments + 1))
        found.append(np.min(counts, axis=0))
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
