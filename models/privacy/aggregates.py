"""Counts and sums of a log to which no entity adds more than a set amount.

Per action that does something: entities given it, decisions for it, its cost; and of all entities their
number and their margin. An entity's first `most_decisions` decisions to act count, its cost is scaled down to
`most_money`, its margin cut off at plus and minus that. So leaving one entity out moves a statistic by `l1`
at most (sum of absolute changes), and by `l2` (Euclidean): what `accounting.noise_scale` asks for. Wrong
where an entity changes which rows of others are used: the days that a log leaves out as doubtful are taken as
given.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import Transitions
from models.privacy.settings import PrivacySettings

MICROS_PER_UNIT = 1_000_000
EVERYBODY = ""
"""The cell of all entities."""


@dataclass(frozen=True)
class Statistic:
    """One statistic, exact, before noise: never to be written."""

    name: str
    money: bool
    """In micros; else a count."""
    cells: tuple[str, ...]
    """Actions, or `EVERYBODY`."""
    exact: tuple[int, ...]
    l1: float
    l2: float


def bounded_statistics(t: Transitions, settings: PrivacySettings) -> tuple[Statistic, ...]:
    """Entities, decisions, cost and margin. The names of the actions are taken to be no secret."""
    acting = tuple(t.actions[1:])
    n, most = len(acting), settings.most_decisions
    cap = round(settings.most_money * MICROS_PER_UNIT)
    start = np.flatnonzero(np.r_[True, t.entity[1:] != t.entity[:-1]]) if t.n_rows else np.zeros(0, np.int64)
    kept = _first_acts(t, start, most)
    who = np.repeat(np.arange(len(start)), np.diff(np.r_[start, t.n_rows]))  # (n_rows,) number of its entity
    action = t.action[kept].astype(np.int64) - 1
    pairs, given = np.unique(who[kept] * max(n, 1) + action, return_counts=True)
    entities = np.bincount(pairs % max(n, 1), minlength=n)
    decisions = np.bincount(pairs % max(n, 1), given, n)
    cost = np.zeros((len(start), n), np.int64)  # (C, A - 1)
    np.add.at(cost, (who[kept], action), np.maximum(t.cost_micros()[kept], 0))
    share = np.minimum(1.0, cap / np.maximum(cost.sum(axis=1), 1))
    spent = np.floor(cost * share[:, None]).sum(axis=0)
    margin = np.clip(np.add.reduceat(t.outcome("margin"), start), -cap, cap) if len(start) else np.zeros(1)
    few = min(n, most)
    return (
        Statistic(
            "entities", False, (EVERYBODY, *acting), _whole(np.r_[len(start), entities]),
            1 + few, math.sqrt(1 + few),
        ),
        Statistic("decisions", False, acting, _whole(decisions), most, most),
        Statistic("cost", True, acting, _whole(spent), cap, cap),
        Statistic("margin", True, (EVERYBODY,), _whole(np.array([margin.sum()])), cap, cap),
    )  # fmt: skip


def _first_acts(t: Transitions, start: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Rows of every entity's first `most` decisions to act."""
    acts = t.action > 0
    so_far: NDArray[np.int64] = np.cumsum(acts)
    before: NDArray[np.int64] = so_far[start] - acts[start]  # of earlier entities
    rank: NDArray[np.int64] = so_far - np.repeat(before, np.diff(np.r_[start, t.n_rows]))
    return np.flatnonzero(acts & (rank <= most))


def _whole(values: NDArray[np.generic]) -> tuple[int, ...]:
    return tuple(int(v) for v in values)
