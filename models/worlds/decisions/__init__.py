"""Small worlds of other decisions than channels and budgets, one file each, with a truth that tests know."""

from models.worlds.decisions.bid_level import BID_LEVEL
from models.worlds.decisions.content import CONTENT
from models.worlds.decisions.creative import CREATIVE
from models.worlds.decisions.discount_level import DISCOUNT_LEVEL
from models.worlds.decisions.recommendation import RECOMMENDATION
from models.worlds.decisions.reorder_lead_time import REORDER_LEAD_TIME
from models.worlds.decisions.reorder_level import REORDER_LEVEL
from models.worlds.decisions.retention_offer import RETENTION_OFFER
from models.worlds.decisions.segments import SEGMENTS
from models.worlds.decisions.send_time import SEND_TIME
from models.worlds.decisions.social_posting import SOCIAL_POSTING
from models.worlds.decisions.world import DecisionWorld, Size, Tables

__all__ = ["DECISION_WORLDS", "DecisionWorld", "Size", "Tables"]

DECISION_WORLDS: tuple[DecisionWorld, ...] = (
    BID_LEVEL,
    CONTENT,
    CREATIVE,
    DISCOUNT_LEVEL,
    RECOMMENDATION,
    REORDER_LEAD_TIME,
    REORDER_LEVEL,
    RETENTION_OFFER,
    SEGMENTS,
    SEND_TIME,
    SOCIAL_POSTING,
)
"""What `allot simulate` writes besides the shops of `models.worlds.catalogue`."""
