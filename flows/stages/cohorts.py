"""Who judges: everybody, gathered once in a line of `flows/nightly.py` and passed on. And a sample to search
by."""

import numpy as np

from flows.night import Night
from flows.stages.judging import Judge, judge
from models.behaviour import Behaviour
from models.mdp import Transitions, uniform_of

SAMPLE_SALT = 0x5EED_0A0D
SAMPLED_SHARE, SAMPLED_AT_LEAST = 0.25, 5_000
"""Of the users, by whom agents are searched through: so many, and no fewer where there are as many."""


def gather_everybody(night: Night, transitions: Transitions, behaviour: Behaviour) -> Judge:
    """All users: nobody judges an agent that has seen them, and nothing else learnt from anybody."""
    return judge(night, transitions, np.ones(transitions.n_rows, np.bool_), behaviour)


def gather_shown(night: Night, transitions: Transitions, behaviour: Behaviour, everybody: Judge) -> Judge:
    """The same as the tables show them: in means per entity where the study asks for these."""
    if night.study.evaluation.per == "period":
        return everybody
    return judge(night, transitions, np.ones(transitions.n_rows, np.bool_), behaviour, per="entity")


def gather_sample(everybody: Judge, behaviour: Behaviour) -> tuple[Judge, float]:
    """Some of the users, drawn by a hash of their key, and their share of all; all where these are few."""
    transitions = everybody.transitions
    n = len(np.unique(transitions.entity))
    share = max(SAMPLED_SHARE, SAMPLED_AT_LEAST / max(n, 1))
    if share >= 1:
        return everybody, 1.0
    rows = uniform_of(transitions.entity, SAMPLE_SALT) < share
    return judge(everybody.night, transitions, rows, behaviour), share
