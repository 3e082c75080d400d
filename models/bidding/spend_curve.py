"""What bids of so many times the worth spend: learnt from prices of the past.

With a budget B over n auctions the best bids in second-price auctions are linear in the worth v,

    bid_i = v_i / price of money,   the price of money such that   n E[ p 1(p <= bid) ] = B,

since winning i is right where v_i - price of money x p_i > 0 (the dual of the budget; Chen et al. 2011). So
one number is learnt: spend per auction by the multiplier 1 / price of money, which of past auctions is the
sum of those prices p_i with p_i / v_i at most the multiplier. Assumption: worths and prices of tomorrow are
drawn like those of the past, up to a factor of the spend, which pacing corrects; worths are right up to a
constant. Wrong where the predicted worth is not proportional to what wins bring, as a click rate that is
too steep: calibrate it first.
"""

from dataclasses import dataclass

import numpy as np

from models.bidding.auctions import Auctions, Floats


@dataclass(frozen=True)
class SpendCurve:
    """Expected spend per auction of bids that are a multiple of the worth."""

    multiplier: Floats  # (m,) ascending
    spend: Floats  # (m,) per auction, ascending

    def multiplier_of(self, spend: float) -> float:
        """The largest multiplier that spends no more than this per auction; 0 where the cheapest is more."""
        within = int(np.searchsorted(self.spend, spend, side="right"))
        return float(self.multiplier[within - 1]) if within else 0.0

    def spend_of(self, multiplier: float) -> float:
        """Expected spend per auction."""
        below = int(np.searchsorted(self.multiplier, multiplier, side="right"))
        return float(self.spend[below - 1]) if below else 0.0


def learn_spend(past: Auctions) -> SpendCurve:
    """The curve of past auctions whose prices are known. ValueError where none is worth anything."""
    worth_something = past.worth > 0
    if not worth_something.any():
        raise ValueError("no auction of the past is worth anything, so that there is nothing to bid for")
    needed = past.price[worth_something] / past.worth[worth_something]
    order = np.argsort(needed, kind="stable")
    return SpendCurve(needed[order], past.price[worth_something][order].cumsum() / past.n)
