"""The budget split: chosen by what it promises (`search`), confirmed on entities that did not choose it."""

from models.split.choice import SplitChoice
from models.split.confirm import confirm_split, no_evidence
from models.split.delivery import DeliveryValue, Supports
from models.split.doubt import bootstrap_interval, normal_interval
from models.split.feasibility import check_bounds
from models.split.frontier import split_frontier
from models.split.optimiser import choose_split
from models.split.rare_none import rarity
from models.split.segments import Segments, segments_of
from models.split.steadiness import EarlierNight, read_earlier
from models.split.step_limit import passing
from models.split.verdict import DISPUTED, UNSEEN, Objections

__all__ = [
    "DISPUTED",
    "UNSEEN",
    "DeliveryValue",
    "EarlierNight",
    "Objections",
    "Segments",
    "SplitChoice",
    "Supports",
    "bootstrap_interval",
    "check_bounds",
    "choose_split",
    "confirm_split",
    "no_evidence",
    "normal_interval",
    "passing",
    "rarity",
    "read_earlier",
    "segments_of",
    "split_frontier",
]
