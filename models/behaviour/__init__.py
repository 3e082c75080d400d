"""Today's delivery, mu(a|s): as logged or estimated, when it changed its rules, and how well it is known."""

from models.behaviour.behaviour import SMALL_PROBABILITY, Behaviour, fit_behaviour_policy, overlap_table
from models.behaviour.logged_in_full import logged_in_full
from models.behaviour.sample_ratio import FALSE_ALARM, SampleRatio

__all__ = [
    "FALSE_ALARM",
    "SMALL_PROBABILITY",
    "Behaviour",
    "SampleRatio",
    "fit_behaviour_policy",
    "logged_in_full",
    "overlap_table",
]
