"""Second-price auctions that are over, and what other bids would have brought: an exact replay.

A bid wins where it reaches the price, the highest bid of the others, and pays that price: what one's own
bid was changes neither price nor what a win brings. So a log of prices says exactly what any bids would
have won, as far as the prices are known: of a log that was won by bids, up to these. Wrong where others
answer one's bids, and in first-price auctions.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Auctions:
    """n auctions in their order."""

    worth: Floats  # (n,) what a win is expected to bring, in any unit: a predicted click rate
    price: Floats  # (n,) in the budget's unit
    gained: Floats  # (n,) what a win brought

    def __post_init__(self) -> None:
        if not len(self.worth) == len(self.price) == len(self.gained):
            raise ValueError("worth, price and gained tell of the same auctions, one number each")
        if (self.price < 0).any() or (self.worth < 0).any():
            raise ValueError("neither a price nor what a win is expected to bring is below 0")

    @property
    def n(self) -> int:
        return len(self.price)

    def between(self, first: int, stop: int) -> "Auctions":
        """Those of the positions [first, stop)."""
        return Auctions(self.worth[first:stop], self.price[first:stop], self.gained[first:stop])


@dataclass(frozen=True)
class Replay:
    """What bids would have brought."""

    spent: Floats  # (ticks,)
    gained: Floats  # (ticks,)
    multiplier: Floats  # (ticks,) bids as multiples of the worth; NaN of bids that are none

    def share_spent(self, by: float) -> float:
        """Of all that was spent, what was gone once this share of the ticks was over."""
        first = round(by * len(self.spent))
        return float(self.spent[:first].sum() / max(float(self.spent.sum()), np.finfo(np.float64).tiny))


def replay(auctions: Auctions, bids: Floats, budget: float) -> Replay:
    """Bids (n,), in one tick: an auction that is more than what is left of the budget is let go."""
    won = np.flatnonzero(bids >= auctions.price)
    price, gain = auctions.price[won], auctions.gained[won]
    paid = price.cumsum()
    whole = int(np.searchsorted(paid, budget, side="right"))  # all of these can be paid
    spent, gained = float(paid[whole - 1]) if whole else 0.0, float(gain[:whole].sum())
    cheapest = float(price[whole:].min(initial=np.inf))
    for k in range(whole, len(won)):
        if spent + cheapest > budget:
            break
        if spent + price[k] <= budget:
            spent += float(price[k])
            gained += float(gain[k])
    return Replay(np.array([spent]), np.array([gained]), np.array([np.nan]))
