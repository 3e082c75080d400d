"""Journeys: the stretches of an entity's decisions over which a policy is put in force and judged."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Journeys:
    """Decisions of n rows in J journeys, one horizon each; sorted by (entity, journey, t).

    The estimand: a policy is in force for the horizon, then today's delivery returns; outcomes are
    counted over the horizon and a tail after it. The tail's outcomes stand in the journey's last row.
    """

    rows: NDArray[np.int64]  # (n,) row of the transition table
    journey: NDArray[np.int64]  # (n,) 0..J-1, ascending
    t: NDArray[np.int32]  # (n,) 0.. within the journey
    cluster: NDArray[np.int64]  # (n,) 0..C-1: the entity, the unit of resampling
    action: NDArray[np.int16]  # (n,)
    eligible: NDArray[np.bool_]  # (n, A)
    features: NDArray[np.float64]  # (n, d) standardised, without intercept
    outcomes: NDArray[np.float64]  # (n, o) currency units or counts, tail included in the last row
    n_clusters: int
    n_journeys: int
    cluster_key: NDArray[np.int64]  # (C,) the entity of each cluster
    scale: float
    """Total over all entities per budget period = scale x (sum over clusters of their journeys' values)."""
    outcome_names: tuple[str, ...]
    outcome_units: tuple[str, ...]
    actions: tuple[str, ...]
