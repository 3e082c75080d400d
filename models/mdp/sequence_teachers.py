"""What entities that were set aside for it have to teach a state encoder: their events and their decisions.

They judge nothing and teach nothing else. An encoder that had learnt from the outcomes of those who judge
would hand their own luck back to them as state: Q would fit it, the residuals would vanish, and intervals
with them.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.build_transitions import build_chunk, reading_of
from models.mdp.chunk_log import ChunkLog
from models.mdp.entity_sample import set_aside
from models.mdp.known_state import state_of
from models.mdp.rows import GrowingRows
from models.mdp.sequence_state import event_days, inputs_of
from models.mdp.transition_table import Transitions
from models.settings import DecisionSettings, OutcomeSettings
from sql.events import Events

DAYS_THAT_TEACH = 400_000
"""Of all teachers together: bounds memory and time, however long the log."""


@dataclass(frozen=True)
class Teachers:
    """The decisions of e entities, n rows, and their events, t days in the order of entity and time."""

    table: Transitions
    """Without the order of events."""
    row_entity: NDArray[np.int64]  # (n,) 0..e-1
    row_seen: NDArray[np.int64]  # (n,) event days of its entity before the decision
    days: NDArray[np.float32]  # (t, i) as of `event_days`
    offsets: NDArray[np.int64]  # (e + 1,) of each entity's days


def teachers_of(
    events: Events,
    decision: DecisionSettings,
    outcomes: tuple[OutcomeSettings, ...],
    share: float,
) -> Teachers:
    """Those whom a share of all sets aside, read as `build_transitions` reads the others."""
    how = reading_of(events, decision, outcomes)
    most = max(DAYS_THAT_TEACH // max(events.last_day - events.first_day + 1, 1), 1)
    entities = set_aside(pl.read_parquet(events.folder / "entities.parquet"), share, most)
    rows = GrowingRows(len(state_of(events, how, entities)))
    table = build_chunk(events, how, entities, rows)
    log = ChunkLog.daily(events, how, entities)
    brought = log.brought()
    n = len(entities)
    since, seen = np.full(n, np.inf, np.float32), np.zeros((log.grid.epochs + 1, n), np.int64)
    who, what = [np.zeros(0, np.int64)], [np.zeros((0, inputs_of(len(events.actions) - 1)), np.float32)]
    for day in range(log.grid.epochs):
        some, read = event_days(brought.at(day), since)
        who.append(some)
        what.append(read)
        since[some] = 0
        since += 1
        seen[day + 1] = seen[day] + np.bincount(some, minlength=n)
    entity = np.concatenate(who)
    order = np.argsort(entity, kind="stable")
    row_entity = np.searchsorted(log.keys, table.entity)
    return Teachers(
        table,
        row_entity,
        seen[table.day.astype(np.int64) - events.first_day, row_entity],
        np.concatenate(what)[order],
        np.searchsorted(entity[order], np.arange(n + 1)),
    )
