"""The users by what they do: everybody chooses and judges the split; some choose an agent, and
others report on it.

Each cohort is gathered once, in a line of `flows/nightly.py`, and passed on.
"""

import numpy as np

from flows.night import Night
from flows.stages.judging import Judge, judge
from models.behaviour import Behaviour
from models.mdp import Transitions, Users


def gather_choosers(night: Night, transitions: Transitions, users: Users, behaviour: Behaviour) -> Judge:
    """The users that choose: the agents' price, and the personalised plan."""
    return judge(night, transitions, users.choose, behaviour)


def gather_everybody(night: Night, transitions: Transitions, behaviour: Behaviour) -> Judge:
    """All users choose the split and judge it: a bound that holds for every plan at once pays for that."""
    return judge(night, transitions, np.ones(transitions.n_rows, dtype=bool), behaviour)


def gather_reporting(night: Night, transitions: Transitions, users: Users, behaviour: Behaviour) -> Judge:
    """The users that report: they chose nothing, and every figure of the report is theirs."""
    return judge(night, transitions, users.report, behaviour)


def gather_shown(
    night: Night, transitions: Transitions, users: Users, behaviour: Behaviour, reporting: Judge
) -> Judge:
    """The reporting users as the tables show them: in means per entity where the study asks for these."""
    if night.study.evaluation.per == "period":
        return reporting
    return judge(night, transitions, users.report, behaviour, per="entity")
