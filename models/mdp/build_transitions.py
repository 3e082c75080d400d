"""From staged events to the MDP table: entity x epoch, ordered sub-steps, masks, state, outcomes.

Rows of one entity are its decisions in order. Where delivery shows one ad per epoch, an epoch is one decision
among all that was possible; where it shows several, every opportunity is a decision of its own. A log that
does not tell its opportunities has a row per exposure and, while something could still have been shown, one
more for `none`. Exposures of one action within an epoch are one decision with their summed cost. Margin is
booked on the last row of its epoch or before it: (t, t + 1]; what was shown earlier in the epoch is state.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.mdp.booked_outcomes import Booked, Followed, booked_outcomes
from models.mdp.chunk_log import Chunk, ChunkLog, Decided, Reading, decisions_of
from models.mdp.entity_sample import sample_entities
from models.mdp.event_streams import rank_within
from models.mdp.join_chunks import join_chunks, join_upcoming
from models.mdp.known_state import KnownState, state_of
from models.mdp.logged_propensities import LoggedTransitions
from models.mdp.maturity import is_mature
from models.mdp.night_memory import Room
from models.mdp.outcomes import idle_cost_name, idle_costs, outcome_spec, own_outcomes
from models.mdp.rows import GrowingRows, put_rows
from models.mdp.sequence_state import SequenceEncoder
from models.mdp.single_step import build_single_step, single_step_features
from models.mdp.static_features import segment_index
from models.mdp.substeps import join_steps
from models.mdp.transition_table import (
    CONTINUES,
    TERMINAL,
    TIMEOUT,
    Feature,
    NextDecisions,
    Transitions,
)
from models.mdp.usable_evidence import chances_and_exposures, decided_by_opportunity, why_not_told, with_cap
from models.settings import DecisionSettings, OutcomeSettings
from sql.events import Events

DAYS_PER_CHUNK = 1_500_000
"""Days of all entities of a chunk: bounds what is read at a time, however long the log."""
CACHE_BYTES, FEWEST_AT_A_TIME = 1 << 24, 200
"""Features that are filled at a time: what a processor's cache holds, but not of fewer entities."""


@dataclass(frozen=True)
class TableLimits:
    """How large a table may be, and how much of the log is worked on at a time."""

    most: int | None = None
    """About so many decisions; of a longer log a sample of entities (`entity_sample`) has its decisions in
    the table, and everybody the state of the next one. None: as many as there is memory for;"""
    memory_gb: float | None = None
    """of a night; None: all."""
    entities_per_chunk: int | None = None
    """Bounds the working memory; None: by `DAYS_PER_CHUNK`. The table is the same however it is cut."""


ALL = TableLimits()


def build_transitions(
    events: Events,
    decision: DecisionSettings,
    outcomes: tuple[OutcomeSettings, ...] = (),
    *,
    limits: TableLimits = ALL,
    encoder: SequenceEncoder | None = None,
) -> Transitions:
    """The MDP table of one staged log. Pure: same events and settings, same table. outcomes: what the study
    says of them.

    Decisions of a single step are never left out. encoder: reads the order of events into the state; of those
    who were set aside to teach it only the next decision is told. Raises StudyError where the decisions asked
    for have no room in the memory.
    """
    if decision.single_step:
        return build_single_step(events, decision, outcomes)
    how = reading_of(events, decision, outcomes, encoder)
    entities = pl.read_parquet(events.folder / "entities.parquet")
    spec = state_of(events, how, entities[:0])
    room = Room(limits.memory_gb, len(spec), len(events.actions), len(how.outcomes))
    days = events.last_day - events.first_day + 1
    size = limits.entities_per_chunk or max(DAYS_PER_CHUNK // max(days, 1), 1)

    def cut(entities: pl.DataFrame) -> list[pl.DataFrame]:
        return [entities[i : i + size] for i in range(0, len(entities), size)]

    def count(some: pl.DataFrame) -> int:
        decided = (decisions_of(ChunkLog.of(events, how, chunk), how) for chunk in cut(some))
        return sum(len(d.steps.cell) for d in decided)

    upper = len(entities) * days + chances_and_exposures(events)
    aside = 0.0 if encoder is None else encoder.teachers
    sample = sample_entities(entities, room.most(limits.most), upper, count, aside=aside)
    features = GrowingRows(len(spec))
    none = features.whole
    kept = [  # of nobody, where nobody is
        replace(build_chunk(events, how, chunk, features), features=none)
        for chunk in cut(sample.kept) or [entities]
    ]
    others = [build_chunk(events, how, chunk) for chunk in cut(sample.others)]
    joined = join_chunks(kept, others)
    table = replace(joined, features=features.whole, stands_for=sample.stands_for)
    if limits.most is not None:
        room.check(table.n_rows)
    return table


def features_of(events: Events, decision: DecisionSettings) -> tuple[Feature, ...]:
    """The state's features before any row is built, but for what a network reads off the order of events."""
    nobody = pl.read_parquet(events.folder / "entities.parquet", n_rows=0)
    if decision.single_step:
        return single_step_features(events, nobody)
    return state_of(events, reading_of(events, decision, ()), nobody)


def reading_of(
    events: Events,
    decision: DecisionSettings,
    outcomes: tuple[OutcomeSettings, ...],
    encoder: SequenceEncoder | None = None,
) -> Reading:
    """How a log of several decisions per entity is read."""
    decision = with_cap(events, decision)
    by_opportunity = decided_by_opportunity(events, decision)
    untold = why_not_told(events, decision, by_opportunity)
    spec = outcome_spec(events.actions, outcomes, idle_costs=idle_costs(events))
    return Reading(decision, by_opportunity, untold, spec, outcomes, encoder)


def build_chunk(
    events: Events, how: Reading, entities: pl.DataFrame, rows: GrowingRows | None = None
) -> LoggedTransitions:
    """The table of a chunk of entities, replayed epoch by epoch through `History`; the state of its decisions
    is added to `rows`. None: only that of the next decisions is wanted."""
    log, spec = ChunkLog.of(events, how, entities), state_of(events, how, entities)
    untold, epochs = log.untold(how), log.grid.epochs
    size = max(CACHE_BYTES // (4 * len(spec) * max(epochs, 1)), FEWEST_AT_A_TIME)
    parts = [slice(i, i + size) for i in range(0, len(entities), size)] or [slice(0, 0)]
    decided = [decisions_of(log.part(part), how, rows=rows is not None) for part in parts]
    features = (rows or GrowingRows(len(spec))).add(sum(len(d.steps.cell) for d in decided))
    upcoming, done = [], 0
    for part, some in zip(parts, decided, strict=True):
        place = slice(done, done := done + len(some.steps.cell))
        upcoming.append(_replay(log.part(part), how, entities[part], some, features[place]))
    left, steps = [d.left for d in decided], [d.steps for d in decided]
    decided.clear()
    columns = join_steps(steps, [len(gone) * epochs for gone in left])
    if how.decision.every_logged:
        log.context.check_logged(columns["cell"] // epochs, columns["cell"] % epochs)
    del log  # its events, of which there is no need any more
    chunk = Chunk.of_entities(events, how, entities)
    table = _assemble(chunk, how, entities, columns, np.concatenate(left), (spec, features))
    return replace(table, next_decisions=join_upcoming(upcoming), untold=untold)


def _replay(
    log: ChunkLog, how: Reading, entities: pl.DataFrame, decided: Decided, features: NDArray[np.float32]
) -> NextDecisions:
    """The state of the next decisions; that of every decision is written to its final place in features
    (m, d)."""
    state, steps, epochs = KnownState(log, how, entities), decided.steps, log.grid.epochs
    entity, epoch = steps.cell // max(epochs, 1), steps.cell % max(epochs, 1)
    by_epoch = np.argsort(epoch.astype(np.uint16), kind="stable")  # of 16 bits numpy sorts by digits
    starts = np.searchsorted(epoch, np.arange(epochs + 1), sorter=by_epoch)
    earlier = steps.shown if how.several else steps.rank[:, None]
    for e in range(epochs):
        rows = by_epoch[starts[e] : starts[e + 1]]
        possible, before = steps.eligible.take(rows, axis=0), earlier.take(rows, axis=0)
        put_rows(features, rows, state.features(e, possible, before, entity[rows]))
        state.advance(e)
    return _next_decisions(log, how, entities, state, decided.left)


def _next_decisions(
    log: ChunkLog, how: Reading, entities: pl.DataFrame, state: KnownState, left: NDArray[np.bool_]
) -> NextDecisions:
    """The state on the as-of morning of the entities that have come and not left (n,)."""
    events, epochs = log.events, log.grid.epochs
    present = np.flatnonzero(~left & (log.entry < epochs))  # (m,)
    possible = state.lately_possible()
    if how.decision.eligible == "all":
        possible = np.ones_like(possible)
    idle = np.full((len(possible), 1), how.decision.idle != "")
    eligible = np.concatenate([idle, possible], axis=1)[present]
    nothing = np.zeros((len(present), possible.shape[1] if how.several else 1), np.float32)
    return NextDecisions(
        entity=log.keys[present],
        features=state.features(epochs, eligible, nothing, present),
        eligible=eligible,
        segment=segment_index(events, entities)[present],
    )


def _assemble(
    chunk: Chunk,
    how: Reading,
    entities: pl.DataFrame,
    steps: dict[str, Any],
    left: NDArray[np.bool_],
    state: tuple[tuple[Feature, ...], NDArray[np.float32]],
) -> LoggedTransitions:
    """Book what followed, mark ends and maturity. steps: columns of n decisions in order; left (entities,);
    state: what each feature is, and (n, d)."""
    events, days, epochs = chunk.events, how.decision.epoch_days, max(chunk.grid.epochs, 1)
    cell = steps["cell"]
    n, entity, epoch = len(cell), cell // epochs, cell % epochs

    same = np.zeros(n, bool)
    same[:-1] = entity[1:] == entity[:-1]
    elapsed = np.zeros(n, np.float32)
    elapsed[:-1] = np.where(same[:-1], np.diff(epoch) * days, 0)
    elapsed[~same] = days
    end = np.where(same, CONTINUES, np.where(left[entity], TERMINAL, TIMEOUT)).astype(np.uint8)
    day = events.first_day + epoch * days
    unknown = steps["delivery"] is None and np.isnan(steps["propensity"]).any()
    booked = Booked(cell, steps["action"], steps["cost_micros"], steps["clicks"])
    return LoggedTransitions(
        entity=chunk.keys[entity],
        day=day.astype(np.int32),
        step=rank_within(entity).astype(np.int32),
        action=steps["action"],
        eligible=steps["eligible"],
        features=state[1],
        outcomes=booked_outcomes(how.outcomes, events.actions, booked, _followed(chunk, how)),
        elapsed_days=elapsed,
        end=end,
        mature=is_mature(day, events, how.decision),
        propensity=steps["propensity"] if n and not unknown else None,
        segment=segment_index(events, entities)[entity],
        actions=events.actions,
        segments=events.segments,
        feature_spec=state[0],
        outcome_spec=how.outcomes,
        delivery=steps["delivery"],
        standing=steps["standing"],
    )


def _followed(chunk: Chunk, how: Reading) -> Followed:
    """What came after decisions, by its own day."""
    idle = any(o.name == idle_cost_name(chunk.events.actions) for o in how.outcomes)
    return Followed(
        bookings=chunk.read("bookings"),
        own=chunk.read("outcomes") if own_outcomes(how.asked) else None,
        idle=chunk.read("idle") if idle else None,
    )
