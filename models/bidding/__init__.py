"""How much to bid? Second-price auctions under a budget: replayed as they were, bid for by worth, paced by
the tick.

Read in this order: `auctions`, `spend_curve`, `pacing`.
"""

from models.bidding.auctions import Auctions, Replay, replay
from models.bidding.pacing import PacedBudget, pace
from models.bidding.spend_curve import SpendCurve, learn_spend

__all__ = ["Auctions", "PacedBudget", "Replay", "SpendCurve", "learn_spend", "pace", "replay"]
