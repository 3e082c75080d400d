"""Small worlds of other decisions than channels and budgets, one file each, with a truth that tests know."""

from models.worlds.decisions.bid_level import BID_LEVEL
from models.worlds.decisions.discount_level import DISCOUNT_LEVEL
from models.worlds.decisions.reorder_level import REORDER_LEVEL
from models.worlds.decisions.retention_offer import RETENTION_OFFER
from models.worlds.decisions.send_time import SEND_TIME
from models.worlds.decisions.world import DecisionWorld, Size, Tables

__all__ = ["DECISION_WORLDS", "DecisionWorld", "Size", "Tables"]

DECISION_WORLDS: tuple[DecisionWorld, ...] = (
    BID_LEVEL,
    DISCOUNT_LEVEL,
    REORDER_LEVEL,
    RETENTION_OFFER,
    SEND_TIME,
)
"""What `allot simulate` writes besides the shops of `models.worlds.catalogue`."""
