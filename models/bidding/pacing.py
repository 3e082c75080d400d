"""Spending a budget evenly: the price of money is solved anew every tick for what is left.

At tick t of T, with B_t left and n_t auctions still to come, bids are k_t times the worth with

    f_t spend(k_t) n_t = B_t,      f_t = (a + spent so far) / (a + expected so far),    a = `prior` ticks'
    budget,

spend(k) the learnt curve and f_t how far it was off until now, shrunk to 1. What one tick spends too much the
later ones share (receding horizon; Lee, Jalali & Dasdan 2013). No bid passes `most_bid`, nor `most` times
the worth: what a win is worth in money, so that a budget which is not needed is not spent; the price of
money is then 0.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from models.bidding.auctions import Auctions, Replay, replay
from models.bidding.spend_curve import SpendCurve


@dataclass(frozen=True)
class PacedBudget:
    """A budget over a number of auctions."""

    total: float
    ticks: int = 48
    """How often bids are set anew: half-hours of a day."""
    most: float = np.inf
    """Money that a unit of the worth brings: bids are never more."""
    most_bid: float = np.inf
    """No bid is larger."""
    prior: float = 10.0
    """Ticks of budget that the learnt curve counts as, against what is seen: fewer believe today sooner."""

    def __post_init__(self) -> None:
        if not self.total > 0 or self.ticks < 1 or not self.prior > 0:
            raise ValueError("a budget, its ticks and the weight of the past lie above 0")


def pace(auctions: Auctions, curve: SpendCurve, budget: PacedBudget) -> Replay:
    """Bids for all auctions, with nothing known of them but their worth and how many are to come."""
    edges = np.linspace(0, auctions.n, budget.ticks + 1).astype(int)
    spent, gained, multipliers = np.zeros(budget.ticks), np.zeros(budget.ticks), np.zeros(budget.ticks)
    prior, expected = budget.prior * budget.total / budget.ticks, 0.0
    for tick, (first, stop) in enumerate(pairwise(edges.tolist())):
        left = budget.total - float(spent.sum())
        off = (prior + float(spent.sum())) / (prior + expected)
        wanted = left / max(auctions.n - first, 1) / off
        multiplier = min(curve.multiplier_of(wanted), budget.most)
        now = auctions.between(first, stop)
        done = replay(now, np.minimum(multiplier * now.worth, budget.most_bid), left)
        spent[tick], gained[tick], multipliers[tick] = done.spent[0], done.gained[0], multiplier
        expected += curve.spend_of(multiplier) * (stop - first)
    return Replay(spent, gained, multipliers)
