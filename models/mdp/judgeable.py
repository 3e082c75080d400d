"""Can these logs judge anything yet? Asked of the table alone, before the nets are trained."""

import numpy as np

from models.mdp.journeys import complete_windows
from models.mdp.sample_split import AGENT_FOLDS, Folds
from models.mdp.transition_table import Transitions
from models.results import Obstacle, OneArm, TooFewEntities, TooShort
from models.settings import DecisionSettings
from sql.errors import LogError

MIN_ENTITIES = 2
"""Of each fold: one alone has no spread, hence no interval."""


def why_unjudgeable(
    transitions: Transitions, folds: Folds, decision: DecisionSettings, entity: str, min_entities: int = 1
) -> Obstacle | None:
    """Why no policy can be judged on these logs yet; None if it can.

    min_entities: no figure may be about fewer.

    A young log or a small one is no fault of the night: tomorrow there may be more. A log without any
    decision is one, and raises LogError; so does StudyError a horizon off the grid of the epochs.
    """
    if not transitions.n_rows:
        raise LogError(
            f"The logs hold no decision before the as-of date: no {entity} who could have been shown an ad. "
            "Check that the export is complete, and --as-of."
        )
    given = np.unique(transitions.action)
    if decision.single_step and len(given) == 1:
        return OneArm(transitions.actions[given[0]])
    try:
        windows = complete_windows(
            transitions, decision.horizon_days, decision.tail_days, single_step=decision.single_step
        )
    except LogError as too_short:
        return TooShort(str(too_short))
    inside = windows.index_of(transitions.day) >= 0
    fewest = min(
        len(np.unique(transitions.entity[(folds.of_row == fold) & inside])) for fold in range(AGENT_FOLDS)
    )
    least = max(MIN_ENTITIES, min_entities)
    return None if fewest >= least else TooFewEntities(folds.entities, fewest, least)
