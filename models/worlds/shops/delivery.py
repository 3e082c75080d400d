"""Platforms that spend a budget: each takes its turn of the day among those it can still reach."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Auction:
    """One day's terms for n customers and K channels."""

    eligible: Bools  # (n, K)
    weight: Floats  # (n, K) 1 everywhere: a lottery
    budget: Floats  # (K,) currency units, today's delivery
    price: Floats  # (K,) mean cost of an exposure
    order: NDArray[np.int64]  # (K,)
    max_per_day: int
    max_probability: float


@dataclass(frozen=True)
class Delivered:
    """What a day's auctions showed."""

    shown: Bools  # (n, K)
    chance: Floats  # (n, K) probability of it, before any of the day's coins
    room: Floats  # (K,) how many each channel could still reach at its turn


def deliver(day: Auction, coins: Floats, multipliers: Floats | None = None) -> Delivered:
    """Independent coins (n, K) against q_k(i) = min(p_max, m_k(i) x budget_k w_k(i) / (price_k sum of w)),

    the sum over the eligible who still have capacity, so that the budget is spent in expectation unless the
    inventory runs out. multipliers (K,) or (n, K): today's probabilities times m, which is the budget times
    m; None is today's. Who is taken by an earlier channel is beyond a later one's reach where the cap is 1:
    the later budget then goes to the others.
    """
    n, k = day.eligible.shape
    m = np.ones(k) if multipliers is None else np.asarray(multipliers, np.float64)
    shown, chance, room = np.zeros((n, k), bool), np.zeros((n, k)), np.zeros(k)
    count = np.zeros(n, np.int8)
    taken = np.zeros((day.max_per_day + 1, n))  # probability of so many exposures so far
    taken[0] = 1.0
    for c in day.order:
        mine = day.eligible[:, c]
        free = mine & (count < day.max_per_day)
        weight = day.weight[:, c]
        total = float(weight[free].sum())
        room[c] = np.count_nonzero(free)
        rate = day.budget[c] / (day.price[c] * total) if total > 0 else 0.0
        q = np.minimum(rate * weight, day.max_probability)
        q = np.where(mine, np.minimum(q * m[..., c], day.max_probability), 0.0)
        shown[:, c] = free & (coins[:, c] < q)
        count += shown[:, c]
        chance[:, c] = (1 - taken[-1]) * q
        moved = taken[:-1] * q
        taken[:-1] -= moved
        taken[1:] += moved
    return Delivered(shown, chance, room)
