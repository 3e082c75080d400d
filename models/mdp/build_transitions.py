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

from models.mdp.booked_outcomes import Decided, Followed, booked_outcomes
from models.mdp.context_state import ContextState, context_features
from models.mdp.entity_sample import sample_entities
from models.mdp.event_streams import EpochGrid, Stream, read_stream
from models.mdp.logged_propensities import (
    LoggedTransitions,
    carries_propensities,
    chances_of_being_shown,
    join_logged,
)
from models.mdp.opportunity_steps import choices_by_opportunity
from models.mdp.outcomes import idle_cost_name, idle_costs, outcome_spec, own_outcomes
from models.mdp.single_step import build_single_step
from models.mdp.state import EpochEvents, History, history_features
from models.mdp.static_features import segment_index, static_features
from models.mdp.substeps import Substeps, Turn, choices_in_turn
from models.mdp.transition_table import (
    CONTINUES,
    TERMINAL,
    TIMEOUT,
    Feature,
    NextDecisions,
    Outcome,
    Transitions,
)
from models.mdp.usable_evidence import chances_and_exposures, decided_by_opportunity, why_not_told, with_cap
from models.settings import DecisionSettings, OutcomeSettings
from sql.events import Events

MICROS = 1_000_000
ENTITIES_PER_CHUNK = 50_000


def build_transitions(
    events: Events,
    decision: DecisionSettings,
    outcomes: tuple[OutcomeSettings, ...] = (),
    *,
    most: int | None = None,
    entities_per_chunk: int = ENTITIES_PER_CHUNK,
) -> Transitions:
    """The MDP table of one staged log. Pure: same events and settings, same table. outcomes: what the study
    says of them.

    most: about so many decisions; of a longer log a sample of entities (`entity_sample`) has its decisions in
    the table, and everybody the state of the next one. None: all. Decisions of a single step are never left
    out. `entities_per_chunk` bounds the working memory; the table is the same however it is cut.
    """
    if decision.single_step:
        return build_single_step(events, decision, outcomes)
    decision = with_cap(events, decision)
    entities = pl.read_parquet(events.folder / "entities.parquet")
    by_opportunity = decided_by_opportunity(events, decision)
    untold = why_not_told(events, decision, by_opportunity)
    spec = outcome_spec(events.actions, outcomes, idle_costs=idle_costs(events))
    how = _How(decision, by_opportunity, untold, spec, outcomes)

    def chunks(entities: pl.DataFrame, rows: bool) -> list[LoggedTransitions]:
        starts = range(0, len(entities), entities_per_chunk)
        return [_build_chunk(events, how, entities[i : i + entities_per_chunk], rows) for i in starts]

    upper = len(entities) * (events.last_day - events.first_day + 1) + chances_and_exposures(events)
    sample = sample_entities(entities, most, upper, lambda some: sum(c.n_rows for c in chunks(some, True)))
    kept = chunks(sample.kept, True) or [
        _build_chunk(events, how, entities, True)
    ]  # of nobody: an empty table
    table = _concatenate(kept, chunks(sample.others, False))
    return replace(table, stands_for=sample.stands_for)


@dataclass(frozen=True)
class _How:
    """How every chunk is read."""

    decision: DecisionSettings
    by_opportunity: bool
    """Every opportunity is a decision of its own."""
    untold: str
    """Why logged propensities are no probabilities of these decisions; empty if they are."""
    outcomes: tuple[Outcome, ...]
    asked: tuple[OutcomeSettings, ...]


def _build_chunk(events: Events, how: _How, entities: pl.DataFrame, rows: bool) -> LoggedTransitions:
    """The table of a chunk of entities, replayed epoch by epoch through `History`. rows: False where only the
    state of the next decisions is wanted."""
    decision = how.decision
    days, k, n = decision.epoch_days, len(events.actions) - 1, len(entities)
    cap = decision.max_per_epoch or 1
    epochs = max(0, (events.last_day - events.first_day + 1) // days)  # whole epochs only
    keys = entities["entity_key"].to_numpy()
    grid = EpochGrid(events.first_day, epochs, days, repeat=decision.repeat)

    def read(table: str, day: str = "day") -> Stream:
        return read_stream(events, table, keys, grid, day)

    shown, chances, clicks = read("exposures"), read("opportunities"), read("clicks")
    visits, known = read("visits"), read("bookings", "known_day")
    own, own_known = (
        read("outcomes", on) if own_outcomes(how.asked) else None for on in ("day", "known_day")
    )
    idle = read("idle") if any(o.name == idle_cost_name(events.actions) for o in how.outcomes) else None
    entry = (entities["entry_day"].to_numpy().astype(np.int64) - events.first_day) // days
    last_seen = entry.copy()  # latest epoch with an event, of those known before the epoch at hand
    state = History(n, k, decision.windows_days, days)
    context = ContextState(events, keys, epoch_days=days)
    carries = carries_propensities(chances)
    several, turn = cap > 1, Turn(cap, idle=decision.idle != "", repeat=decision.repeat)
    untold = how.untold if carries else ""
    parts = []
    for epoch in range(epochs):
        exposures = shown.by_action(epoch, "n", k)
        chance = np.maximum(chances.by_action(epoch, "n", k), exposures > 0)  # an exposure proves its chance
        possible = np.ones_like(chance, bool) if decision.eligible == "all" else chance > 0
        if decision.eligible == "seen":
            possible = exposures > 0
        if rows:
            present = (epoch - last_seen) * days <= decision.inactive_days
            decides = (entry <= epoch) & (present | possible.any(1))
            told = chances_of_being_shown(chances, epoch, k) if carries and not untold else None
            if how.by_opportunity:
                substeps = choices_by_opportunity(decides, chance, shown, chances, epoch, cap, told)
            else:
                substeps = choices_in_turn(decides, possible, shown, epoch, turn, told)
            features = state.features(
                events.first_day + epoch * days,
                (epoch - entry).astype(np.float32)[substeps.entity] * days,
                substeps.eligible,
                substeps.shown if several else substeps.rank[:, None],
                substeps.entity,
            )
            parts.append((epoch, substeps, np.hstack([features, context.features(substeps.entity)])))
        purchases, visited = known.total(epoch, "purchases"), visits.total(epoch, "n")
        clicked = clicks.by_action(epoch, "n", k)
        state.advance(
            EpochEvents(
                exposures=exposures,
                clicks=clicked,
                opportunities=chance,
                visits=visited.astype(np.float32),
                known_purchases=purchases.astype(np.float32),
                known_margin=(known.total(epoch, "margin_micros") / MICROS).astype(np.float32),
                spend=(shown.total(epoch, "cost_micros") / MICROS).astype(np.float32),
            )
        )
        context.advance(epoch)
        seen = (purchases > 0) | (visited > 0) | clicked.any(1) | chance.any(1)
        if own_known is not None:
            seen[own_known.entities_at(epoch)] = True
        last_seen = np.where(seen, epoch, last_seen)
    left = (epochs - last_seen) * days > decision.inactive_days
    upcoming = _next_decisions(
        events, decision, entities, state, context, entry, np.flatnonzero(~left & (entry < epochs)), several
    )
    spec = history_features(events.actions, decision.windows_days, days, several=several)
    spec += context_features(events)
    table = _assemble(events, how, entities, parts, spec, left, Followed(read("bookings"), own, idle))
    return replace(table, next_decisions=upcoming, untold=untold)


def _next_decisions(
    events: Events,
    decision: DecisionSettings,
    entities: pl.DataFrame,
    state: History,
    context: ContextState,
    entry: NDArray[np.int64],
    present: NDArray[np.int64],
    several: bool,
) -> NextDecisions:
    """The state on the as-of morning of the entities `present` (m,), indices into the chunk."""
    possible = state.lately_possible()
    if decision.eligible == "all":
        possible = np.ones_like(possible)
    idle = np.full((len(possible), 1), decision.idle != "")
    eligible = np.concatenate([idle, possible], axis=1)[present]
    epochs = (events.last_day - events.first_day + 1) // decision.epoch_days
    tenure = ((epochs - entry[present]) * decision.epoch_days).astype(np.float32)
    day = events.first_day + epochs * decision.epoch_days
    nothing = np.zeros((len(present), state.k if several else 1), np.float32)
    features = state.features(day, tenure, eligible, nothing, present)
    _, static = static_features(events, entities)
    return NextDecisions(
        entity=entities["entity_key"].to_numpy().astype(np.int64)[present],
        features=np.concatenate([features, context.features(present), static[present]], axis=1),
        eligible=eligible,
        segment=segment_index(events, entities)[present],
    )


def _assemble(
    events: Events,
    how: _How,
    entities: pl.DataFrame,
    parts: list[tuple[int, Substeps, NDArray[np.float32]]],
    spec: tuple[Feature, ...],
    left: NDArray[np.bool_],
    followed: Followed,
) -> LoggedTransitions:
    """Order the rows by (entity, step), book what followed, mark ends and maturity."""
    k, days = len(events.actions) - 1, how.decision.epoch_days
    static_spec, static = static_features(events, entities)
    entity = np.concatenate([s.entity for _, s, _ in parts] or [np.zeros(0, np.int64)])
    epoch = np.concatenate([np.full(len(s.entity), e) for e, s, _ in parts] or [np.zeros(0, np.int64)])
    rank = np.concatenate([s.rank for _, s, _ in parts] or [np.zeros(0, np.float32)])
    order = np.lexsort((rank, epoch, entity))

    def gather(values: list[NDArray], empty: NDArray) -> NDArray:
        return np.concatenate(values or [empty])[order]

    action = gather([s.action for _, s, _ in parts], np.zeros(0, np.int16))
    features = gather([f for _, _, f in parts], np.zeros((0, len(spec)), np.float32))
    entity, epoch = entity[order], epoch[order]
    features = np.concatenate([features, static[entity]], axis=1)
    cost = gather([s.cost_micros for _, s, _ in parts], np.zeros(0, np.int64))
    clicks = gather([s.clicks for _, s, _ in parts], np.zeros(0, np.int64))
    decided = Decided(entity, epoch, action, cost, clicks)

    same = np.zeros(len(entity), bool)
    same[:-1] = entity[1:] == entity[:-1]
    elapsed = np.zeros(len(entity), np.float32)
    elapsed[:-1] = np.where(same[:-1], np.diff(epoch) * days, 0)
    elapsed[~same] = days
    end = np.where(same, CONTINUES, np.where(left[entity], TERMINAL, TIMEOUT)).astype(np.uint8)
    start = np.r_[0, np.flatnonzero(~same)[:-1] + 1] if len(entity) else np.zeros(0, np.int64)
    lengths = np.diff(np.r_[start, len(entity)])
    step = np.arange(len(entity)) - np.repeat(start, lengths)
    day = events.first_day + epoch * days
    propensity = gather([s.propensity for _, s, _ in parts], np.zeros(0))
    known = [s.delivery for _, s, _ in parts if s.delivery is not None]
    delivery = gather(known, np.zeros((0, k + 1))) if known else None
    unknown = delivery is None and np.isnan(propensity).any()
    return LoggedTransitions(
        entity=entities["entity_key"].to_numpy().astype(np.int64)[entity],
        day=day.astype(np.int32),
        step=step.astype(np.int32),
        action=action,
        eligible=gather([s.eligible for _, s, _ in parts], np.zeros((0, k + 1), bool)),
        features=features,
        outcomes=booked_outcomes(how.outcomes, events.actions, decided, followed),
        elapsed_days=elapsed,
        end=end,
        mature=_mature(day, days, events),
        propensity=propensity if len(propensity) and not unknown else None,
        segment=segment_index(events, entities)[entity],
        actions=events.actions,
        segments=events.segments,
        feature_spec=spec + static_spec,
        outcome_spec=how.outcomes,
        delivery=delivery,
    )


def _mature(day: NDArray[np.int64], epoch_days: int, events: Events) -> NDArray[np.bool_]:
    """Rows whose purchases are all reported and whose purchases no excluded day can have touched."""
    reported = day + epoch_days - 1 + events.delay_days <= events.last_day
    touched = np.zeros(len(day), bool)
    for excluded in events.excluded_days:
        touched |= (day + epoch_days - 1 >= excluded) & (day <= excluded + events.delay_days)
    return reported & ~touched


def _concatenate(chunks: list[LoggedTransitions], others: list[LoggedTransitions]) -> Transitions:
    """Chunks of ascending entities as one table; of the others the next decisions alone."""
    if len(chunks) == 1 and not others:
        return chunks[0]
    arrays: dict[str, Any] = {
        name: np.concatenate([getattr(c, name) for c in chunks])
        for name in (
            "entity", "day", "step", "action", "eligible", "features", "outcomes",
            "elapsed_days", "end", "mature", "segment",
        )
    }  # fmt: skip
    propensity, arrays["delivery"] = join_logged(chunks)
    arrays["untold"] = max(c.untold for c in chunks)
    upcoming = [c.next_decisions for c in (*chunks, *others) if c.next_decisions is not None]
    order = np.argsort(np.concatenate([u.entity for u in upcoming]))
    fields = ("entity", "features", "eligible", "segment")
    merged = NextDecisions(*(np.concatenate([getattr(u, f) for u in upcoming])[order] for f in fields))
    return replace(chunks[0], **arrays, propensity=propensity, next_decisions=merged)
