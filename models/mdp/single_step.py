"""Single-step logs (an e-mail test, a bandit log): the same table with horizon 1.

Every row of `single_step_decisions` is one decision; its margin is what the entity booked within the horizon
after it. The state is what the log says about the entity and the context; where it says nothing, the
day of the week.
"""

import numpy as np
import polars as pl

from models.mdp.maturity import is_mature
from models.mdp.outcomes import (
    CLICKS,
    MARGIN,
    PURCHASES,
    idle_cost_name,
    idle_costs,
    outcome_spec,
    own_outcomes,
)
from models.mdp.single_step_decisions import KEY, fill_propensities, read_decisions, refuse_partly_told
from models.mdp.state import WEEKDAY, weekday_waves
from models.mdp.static_features import segment_index, static_features
from models.mdp.transition_table import AS_LOGGED, TERMINAL, Feature, NextDecisions, Transitions
from models.settings import DecisionSettings, OutcomeSettings
from sql.events import Events
from sql.tiers import RANDOMISED


def build_single_step(
    events: Events, decision: DecisionSettings, asked: tuple[OutcomeSettings, ...] = ()
) -> Transitions:
    """One row per logged decision, sorted by (entity, day, ordinal); each ends its journey. asked: what the
    study says of outcomes."""
    k = len(events.actions) - 1
    entities = pl.read_parquet(events.folder / "entities.parquet")
    shown = read_decisions(events)
    bookings = pl.read_parquet(events.folder / "bookings.parquet")
    opportunities = pl.read_parquet(events.folder / "opportunities.parquet")
    n = len(shown)
    key, day = shown["entity_key"].to_numpy(), shown["day"].to_numpy()
    action = shown["action"].to_numpy().astype(np.int16)
    entity = np.searchsorted(entities["entity_key"].to_numpy(), key)

    eligible = np.ones((n, k + 1), bool)
    if decision.eligible == "opportunities" and len(opportunities):
        eligible = _eligible_by_opportunity(opportunities, key, day, action, k)
    if not decision.idle:
        eligible[:, 0] = False

    paid_idle = idle_costs(events)
    spec_of_outcomes = outcome_spec(events.actions, asked, idle_costs=paid_idle)
    outcomes = np.zeros((n, len(spec_of_outcomes)), np.int64)
    column = {o.name: outcomes[:, j] for j, o in enumerate(spec_of_outcomes)}  # name -> (n,)
    cost = shown["cost_micros"].to_numpy()
    for a, name in enumerate(events.actions[1:], start=1):
        column[f"cost:{name}"][:] = np.where(action == a, cost, 0)
    if paid_idle:
        column[idle_cost_name(events.actions)][:] = np.where(action == 0, cost, 0)
    column[CLICKS][:] = shown["clicks"].to_numpy()
    logged = {MARGIN: (bookings, "margin_micros"), PURCHASES: (bookings, "purchases")}
    for one in own_outcomes(asked):
        own = pl.scan_parquet(events.folder / "outcomes.parquet").filter(pl.col("name") == one.name)
        logged[one.name] = (own.collect(), "value_micros")
    for name, (followed, of) in logged.items():
        row, event = _horizons(key, day, followed, decision.horizon_days)
        np.add.at(column[name], row, followed[of].to_numpy()[event])

    spec, (_, static) = single_step_features(events, entities), static_features(events, entities)
    context = [shown[f"c_{c}"].fill_null(0).to_numpy().astype(np.float32) for c in events.context_columns]
    features = np.concatenate([static[entity], *[c[:, None] for c in context]], axis=1)
    if spec == WEEKDAY:
        features = weekday_waves(day)
    propensity = fill_propensities(action, shown["propensity"].to_numpy().astype(np.float64))
    if events.tier == RANDOMISED:
        refuse_partly_told(action, propensity, events.actions)
    first = np.r_[0, np.flatnonzero(np.diff(key)) + 1] if n else np.zeros(0, np.int64)
    newest = np.r_[np.flatnonzero(np.diff(key)), n - 1] if n else np.zeros(0, np.int64)
    return Transitions(
        entity=key.astype(np.int64),
        day=day.astype(np.int32),
        step=(np.arange(n) - np.repeat(first, np.diff(np.r_[first, n]))).astype(np.int32),
        action=action,
        eligible=eligible,
        features=features.astype(np.float32),
        outcomes=outcomes,
        elapsed_days=np.full(n, decision.horizon_days, np.float32),
        end=np.full(n, TERMINAL, np.uint8),
        mature=is_mature(day, events, decision),
        propensity=propensity if n and not np.isnan(propensity).any() else None,
        segment=segment_index(events, entities)[entity],
        actions=events.actions,
        segments=events.segments,
        feature_spec=spec,
        outcome_spec=spec_of_outcomes,
        next_decisions=NextDecisions(
            entity=key[newest].astype(np.int64),
            features=features[newest].astype(np.float32),
            eligible=eligible[newest],
            segment=segment_index(events, entities)[entity][newest],
        ),
    )


def single_step_features(events: Events, entities: pl.DataFrame) -> tuple[Feature, ...]:
    """What each feature is."""
    static, _ = static_features(events, entities[:0])
    context = (Feature(c, AS_LOGGED, f"context {c}") for c in events.context_columns)
    return (*static, *context) or WEEKDAY  # whatever else a log lacks, it tells the day


def _horizons(
    key: np.ndarray, day: np.ndarray, followed: pl.DataFrame, horizon_days: int
) -> tuple[np.ndarray, np.ndarray]:
    """(decision, event) of every event that lies in a decision's horizon: an event belongs to each of them.

    key, day (n,): of the decisions, sorted; followed: events of entity_key and day.
    """
    entity, when = followed["entity_key"].to_numpy(), followed["day"].to_numpy()
    start, stop = (np.searchsorted(key, entity, side=side) for side in ("left", "right"))
    event = np.repeat(np.arange(len(entity)), stop - start)
    row = np.arange(len(event)) - np.repeat(np.cumsum(stop - start) - stop, stop - start)
    inside = (day[row] <= when[event]) & (when[event] < day[row] + horizon_days)
    return row[inside], event[inside]


def _eligible_by_opportunity(
    opportunities: pl.DataFrame, key: np.ndarray, day: np.ndarray, action: np.ndarray, k: int
) -> np.ndarray:
    """Actions with an opportunity on the decision's day, the logged one and `none`. (n, 1 + k)"""
    eligible = np.zeros((len(key), k + 1), bool)
    eligible[:, 0] = True
    eligible[np.arange(len(key)), action] = True
    rows = pl.DataFrame({"entity_key": key, "day": day, "row": np.arange(len(key))})
    met = rows.join(opportunities.select("entity_key", "day", "action"), on=KEY)  # of all decisions of a day
    eligible[met["row"].to_numpy(), met["action"].to_numpy()] = True
    return eligible
