"""Can these logs judge anything yet? Asked of the table alone, before the nets are trained."""

import numpy as np

from models.mdp.journeys import complete_windows
from models.mdp.sample_split import Users
from models.mdp.transition_table import Transitions
from models.results import plural
from models.settings import DecisionSettings
from sql.errors import LogError

MIN_ENTITIES = 2
"""Of the choosing and of the reporting entities, each: one alone has no spread, hence no interval."""


def why_unjudgeable(
    transitions: Transitions, users: Users, decision: DecisionSettings, entity: str, min_entities: int = 1
) -> str:
    """Why no policy can be judged on these logs yet, and what to do; empty if it can.

    min_entities: no figure may be about fewer.

    A young log or a small one is no fault of the night: tomorrow there may be more. A log without any
    decision is one, and raises LogError; so does StudyError a horizon off the grid of the epochs.
    """
    if not transitions.n_rows:
        raise LogError(
            f"The logs hold no decision before the as-of date: no {entity} who could have been shown an ad. "
            "Check that the export is complete, and --as-of."
        )
    try:
        windows = complete_windows(
            transitions, decision.horizon_days, decision.tail_days, single_step=decision.single_step
        )
    except LogError as too_short:
        return str(too_short)
    inside = windows.index_of(transitions.day) >= 0
    choosing, reporting = (
        len(np.unique(transitions.entity[part & inside])) for part in (users.choose, users.report)
    )
    least = max(MIN_ENTITIES, min_entities)
    if min(choosing, reporting) >= least:
        return ""
    total = users.n_train + users.n_choose + users.n_report
    return (
        f"The logs hold {_counted(total, entity)}: {choosing} could choose a split and {reporting} could "
        f"report on it, and each needs at least {least}. Log more {plural(entity)}, or wait for more to come."
    )


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
