"""The budget split: chosen by what it promises (`search`), confirmed by a bound that pays for it."""

from models.split.choice import CHANNEL_TIERS, SplitChoice
from models.split.confirm import confirm_split, delivered, no_evidence
from models.split.delivery import DeliveryValue, Supports, profit_of, spend_of
from models.split.doubt import Doubt, IntervalMethod, bootstrap_interval, normal_interval
from models.split.feasibility import check_bounds, unknown_channel
from models.split.frontier import SHARES, split_frontier
from models.split.local_model import shifted
from models.split.marginal import fieller, marginal_iroas, prepare_slopes
from models.split.optimiser import choose_split
from models.split.projection import by_cell, every_cell, projection, value_left
from models.split.rare_none import rarity
from models.split.segment_slopes import segment_slopes
from models.split.segments import Segments, segments_of
from models.split.steadiness import EarlierNight
from models.split.step_limit import passing
from models.split.terms import Budgets, Known, LoggedFacts, Terms
from models.split.told import told_beside
from models.split.verdict import Objections, Standing

__all__ = [
    "CHANNEL_TIERS",
    "SHARES",
    "Budgets",
    "DeliveryValue",
    "Doubt",
    "EarlierNight",
    "IntervalMethod",
    "Known",
    "LoggedFacts",
    "Objections",
    "Segments",
    "SplitChoice",
    "Standing",
    "Supports",
    "Terms",
    "bootstrap_interval",
    "by_cell",
    "check_bounds",
    "choose_split",
    "confirm_split",
    "delivered",
    "every_cell",
    "fieller",
    "marginal_iroas",
    "no_evidence",
    "normal_interval",
    "passing",
    "prepare_slopes",
    "profit_of",
    "projection",
    "rarity",
    "segment_slopes",
    "segments_of",
    "shifted",
    "spend_of",
    "split_frontier",
    "told_beside",
    "unknown_channel",
    "value_left",
]
