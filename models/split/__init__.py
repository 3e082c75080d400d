"""The budget split: chosen by a lower bound, confirmed on entities that did not choose it."""

from models.split.confirm import confirm_split, no_evidence
from models.split.delivery import DeliveryValue
from models.split.doubt import bootstrap_interval, normal_interval
from models.split.feasibility import check_bounds
from models.split.frontier import split_frontier
from models.split.optimiser import SplitChoice, choose_split
from models.split.verdict import Objections

__all__ = [
    "DeliveryValue",
    "Objections",
    "SplitChoice",
    "bootstrap_interval",
    "check_bounds",
    "choose_split",
    "confirm_split",
    "no_evidence",
    "normal_interval",
    "split_frontier",
]
