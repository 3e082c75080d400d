"""Outcomes that are fitted, and those that follow from them."""

import numpy as np
from numpy.typing import NDArray

from models.mdp import COST, GOAL, MARGIN, MARGIN_AS_LOGGED, PROFIT, Journeys, derived_outcomes

Floats = NDArray[np.float64]


def base_outcomes(journeys: Journeys) -> tuple[slice, Floats]:
    """Columns that are fitted, and the map (b, o) from them to all outcomes: cost and profit follow from the
    others, so that profit = goal - cost holds in every estimate."""
    names = journeys.outcome_names
    if names[-2:] == (COST, PROFIT):
        logged = names[: -3 if names[-3:-2] == (GOAL,) else -2]
        return slice(0, len(logged)), derived_outcomes(logged, journeys.goal_weights)
    return slice(0, len(names)), np.eye(len(names))


def as_logged(found: Floats, names: tuple[str, ...], outcome_map: Floats) -> Floats | None:
    """Contributions (C, o) with the margin as logged in the place of the one expected, and so in what follows
    from it; None where margin is as logged anyway."""
    if MARGIN_AS_LOGGED not in names:
        return None
    margin, logged = names.index(MARGIN), names.index(MARGIN_AS_LOGGED)
    more: Floats = (found[:, [logged]] - found[:, [margin]]) * outcome_map[margin]
    return found + more
