"""A log too long for the memory is judged on a sample of its entities, drawn by a hash of their key.

Every stage after the table costs memory in proportion to its decisions, and precision grows with their root
alone. An entity is in the sample from night to night as long as the log does not outgrow it: samples of one
log are nested in each other.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.sample_split import uniform_of

SAMPLE_SALT = 0x5EED_0E01
PILOT = 2_000
"""So many entities tell how many decisions one makes."""


@dataclass(frozen=True)
class EntitySample:
    """Entities (rows of the mart `entities`, ascending) whose decisions are in the table, and the others."""

    kept: pl.DataFrame
    others: pl.DataFrame
    stands_for: float
    """Entities of the log per entity kept; 1 where all are."""


def sample_entities(
    entities: pl.DataFrame, most: int | None, upper: int, decisions_of: Callable[[pl.DataFrame], int]
) -> EntitySample:
    """As many entities as make about `most` decisions; all of them for None.

    upper: decisions that all of them cannot exceed, so that a log far below `most` is not asked.
    decisions_of: how many some entities make; asked of a pilot.
    """
    everybody = EntitySample(entities, entities.clear(), 1.0)
    if most is None or upper <= most or not len(entities):
        return everybody
    draw = uniform_of(entities["entity_key"].to_numpy().astype(np.int64), SAMPLE_SALT)
    pilot = draw <= np.sort(draw)[: min(PILOT, len(draw))][-1]
    each = decisions_of(entities.filter(pilot)) / int(pilot.sum())
    share = most / max(each * len(entities), 1.0)
    kept = draw < share
    if share >= 1 or not kept.any():
        return everybody
    return EntitySample(entities.filter(kept), entities.filter(~kept), len(entities) / int(kept.sum()))


def drawn_like(entity: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) whether entities (n,) are of the sample that `kept`, the entities of a table, were drawn into."""
    share = uniform_of(kept, SAMPLE_SALT).max(initial=0.0)
    return uniform_of(entity, SAMPLE_SALT) <= share
