# ruff: noqa: E402  (what must be said before d3rlpy is imported)
"""Training of networks by d3rlpy: masked, price-conditioned. Needs torch, d3rlpy and numpy alone.

So that it runs on a bare GPU machine. Importing this package before d3rlpy keeps d3rlpy's noise away: the old
gym's banner on stderr, structlog's lines on stdout.
"""

import contextlib
import logging
import warnings

warnings.filterwarnings("ignore", module=r"gym(\..*)?")
with contextlib.suppress(ImportError):
    import gym_notices.notices

    gym_notices.notices.notices.clear()

import structlog

structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))

from models.training.experience import (
    Experience,
    Normalisation,
    Returns,
    build_experience,
    build_returns,
    mean_action_costs,
    solved_values,
    value_moments,
)
from models.training.learners import BatchConstrainedQ, ConservativeQ, Learner, QuantileQ, double_q
from models.training.masked_q import advantage_head
from models.training.sequence import STARTS, SequenceLesson, SequencePlan, TaughtSequence, teach_sequence
from models.training.train import (
    Job,
    TrainedNetwork,
    TrainingPlan,
    pick_device,
    starting_values,
    train_networks,
)

__all__ = [
    "STARTS",
    "BatchConstrainedQ",
    "ConservativeQ",
    "Experience",
    "Job",
    "Learner",
    "Normalisation",
    "QuantileQ",
    "Returns",
    "SequenceLesson",
    "SequencePlan",
    "TaughtSequence",
    "TrainedNetwork",
    "TrainingPlan",
    "advantage_head",
    "build_experience",
    "build_returns",
    "double_q",
    "mean_action_costs",
    "pick_device",
    "solved_values",
    "starting_values",
    "teach_sequence",
    "train_networks",
    "value_moments",
]
