"""Decisions whose outcomes are all known, and why the others are left out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings
from sql.events import Events


def last_reported_day(events: Events, decision: DecisionSettings) -> int:
    """The newest day whose decisions have all their outcomes reported."""
    if decision.single_step:
        through = events.last_day if events.through_day is None else events.through_day
        return through - events.delay_days - decision.horizon_days + 1
    return events.last_day - events.delay_days - decision.epoch_days + 1


def is_mature(day: NDArray[np.int64], events: Events, decision: DecisionSettings) -> NDArray[np.bool_]:
    """(n,) rows whose outcomes are all reported and whose outcomes no excluded day can have touched. Of a
    single step, an excluded day touches its own decisions."""
    reported = day <= last_reported_day(events, decision)
    if decision.single_step:
        return reported & ~np.isin(day, np.array(events.excluded_days, np.int64))
    touched = np.zeros(len(day), bool)
    for excluded in events.excluded_days:
        touched |= (day + decision.epoch_days - 1 >= excluded) & (day <= excluded + events.delay_days)
    return reported & ~touched


@dataclass(frozen=True)
class LeftOut:
    """Shares of all decisions that are not judged."""

    young: float
    """Their outcomes may not have been reported yet."""
    excluded: float
    """Old enough, and touched by a day that the study excludes."""


def left_out(t: Transitions, events: Events, decision: DecisionSettings) -> LeftOut:
    """Why decisions are not judged; both 0 without decisions."""
    if not t.n_rows:
        return LeftOut(0.0, 0.0)
    young = t.day > last_reported_day(events, decision)
    return LeftOut(float(young.mean()), float((~t.mature & ~young).mean()))
