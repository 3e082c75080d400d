"""Who judges: everybody, gathered once in a line of `flows/nightly.py` and passed on. And a sample to search
by."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from flows.night import Night
from flows.stages.judging import Judge, judge
from models.behaviour import Behaviour
from models.mdp import Transitions, uniform_of

SAMPLE_SALT = 0x5EED_0A0D
SAMPLED_SHARE, SHOWN_SHARE, SAMPLED_AT_LEAST = 0.25, 0.4, 5_000
"""Of the users: by whom agents are searched through, and by whom the tables compare policies; no fewer than
so many, where there are as many."""


def gather_everybody(night: Night, transitions: Transitions, behaviour: Behaviour) -> Judge:
    """All users: nobody judges an agent that has seen them, and nothing else learnt from anybody."""
    return judge(night, transitions, np.ones(transitions.n_rows, np.bool_), behaviour)


def gather_shown(night: Night, transitions: Transitions, behaviour: Behaviour, everybody: Judge) -> Judge:
    """By whom the tables compare every policy: users drawn by a hash of their key where there are many, since
    a dozen policies by everybody would take longer than all else; by everybody where each decides once. In
    means per entity where the study asks for these."""
    rows, _ = _sampled(transitions, 1.0 if night.study.decision.single_step else SHOWN_SHARE)
    per = night.study.evaluation.per
    if per == "period" and rows.all():
        return everybody
    return replace(judge(night, transitions, rows, behaviour, per=per), sampled=not rows.all())


def gather_sample(everybody: Judge, behaviour: Behaviour) -> tuple[Judge, float]:
    """Some of the users, drawn by a hash of their key, and their share of all; all where these are few."""
    transitions = everybody.transitions
    rows, share = _sampled(transitions, SAMPLED_SHARE)
    return (everybody, 1.0) if share == 1 else (judge(everybody.night, transitions, rows, behaviour), share)


def _sampled(transitions: Transitions, share: float) -> tuple[NDArray[np.bool_], float]:
    """Rows (n,) of a share of the users, and no fewer of them than SAMPLED_AT_LEAST; and that share."""
    n = len(np.unique(transitions.entity))
    share = min(max(share, SAMPLED_AT_LEAST / max(n, 1)), 1.0)
    return uniform_of(transitions.entity, SAMPLE_SALT) < share, share
