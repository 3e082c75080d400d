"""A log too long for the memory is judged on a sample of its entities, drawn by a hash of their key.

Every stage after the table costs memory in proportion to its decisions, and precision grows with their root
alone. An entity is in the sample from night to night as long as the log does not outgrow it: samples of one
log are nested in each other. Those who teach a state encoder (`sequence_teachers`) are drawn from the other
end of the same hash, so that nobody is both.
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
    entities: pl.DataFrame,
    most: int | None,
    upper: int,
    decisions_of: Callable[[pl.DataFrame], int],
    *,
    aside: float = 0.0,
) -> EntitySample:
    """As many entities as make about `most` decisions; all of them for None.

    upper: decisions that all of them cannot exceed, so that a log far below `most` is not asked.
    decisions_of: how many some entities make; asked of a pilot. aside: the share that is never kept, those
    who are `set_aside`.
    """
    everybody = EntitySample(entities, entities.clear(), 1.0)
    if not len(entities):
        return everybody
    draw, share = uniform_of(_keys(entities), SAMPLE_SALT), 1.0 - aside
    if most is not None and upper > most:
        pilot = draw <= np.sort(draw)[: min(PILOT, len(draw))][-1]
        each = decisions_of(entities.filter(pilot)) / int(pilot.sum())
        share = min(share, most / max(each * len(entities), 1.0))
    kept = draw < share
    if share >= 1 or not kept.any():
        return everybody
    return EntitySample(entities.filter(kept), entities.filter(~kept), len(entities) / int(kept.sum()))


def set_aside(entities: pl.DataFrame, share: float, most: int) -> pl.DataFrame:
    """The rows of the entities of a share that no sample keeps, `most` at most: those with the largest draws,
    so that more of them are nested in each other."""
    draw = uniform_of(_keys(entities), SAMPLE_SALT)
    least = np.sort(draw)[-most] if most < len(draw) else 0.0
    return entities.filter(draw >= max(1.0 - share, least))


def _keys(entities: pl.DataFrame) -> NDArray[np.int64]:
    return entities["entity_key"].to_numpy().astype(np.int64)


def drawn_like(entity: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) whether entities (n,) are of the sample that `kept`, the entities of a table, were drawn into."""
    share = uniform_of(kept, SAMPLE_SALT).max(initial=0.0)
    return uniform_of(entity, SAMPLE_SALT) <= share
