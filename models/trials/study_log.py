"""From a study's transitions to a test, where its question is "which one"."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from models.evaluation import guardrails_of
from models.mdp import MICROS, Transitions, idle_cost_name
from models.results import TrialRows
from models.settings import DecisionSettings, SplitSettings
from models.trials.days import iso_day
from models.trials.guardrails import Guarded
from models.trials.trial_log import Floats, Ints, TrialLog
from sql.errors import LogError
from sql.events import Events
from sql.tiers import RANDOMISED


def asks_which_one(t: Transitions, events: Events, decision: DecisionSettings, split: SplitSettings) -> bool:
    """One random decision per entity between the same arms for everybody, and no budget to split."""
    return bool(
        decision.single_step
        and split.total is None
        and events.tier == RANDOMISED
        and _given(t).sum() >= 2
        and same_for_everybody(t)
    )


def same_for_everybody(t: Transitions) -> bool:
    """Whether each decision could have been any action that the log decides on."""
    return bool(t.eligible[:, _given(t)].all())


def _given(t: Transitions) -> NDArray[np.bool_]:
    """(A,) actions that the log decides on."""
    return np.bincount(t.action, minlength=len(t.actions)) > 0


@dataclass(frozen=True)
class StudiedTrial:
    """The test of a study."""

    log: TrialLog
    rows: TrialRows
    """What of the study's log it is."""
    guarded: tuple[Guarded, ...]
    """What the study guards."""


def read_trial(t: Transitions, events: Events, decision: DecisionSettings) -> StudiedTrial:
    """The test of all decisions whose outcome window has ended, and what was left out.

    An arm is worth the study's weighted goals less cost; what idle costs is its cost here, and no negative
    goal.

    Covariates are facts about entities; the context of an impression is known of those alone that have one.
    Raises LogError where no window has ended yet.
    """
    rows = np.flatnonzero(t.mature)
    if not len(rows):
        through = events.last_day if events.through_day is None else events.through_day
        raise LogError(
            f"No decision's outcome window of {decision.horizon_days} days has ended by {iso_day(through)}, "
            f"the last one decided on {iso_day(t.day.max())}; run the study with a later --as-of, or shorten "
            "`decision.horizon_days`."
        )
    given = np.flatnonzero(np.bincount(t.action[rows], minlength=len(t.actions)) > 0)
    about = about_entities(t)
    idle_costs = _idle_costs(t)
    arms = tuple(t.actions[k] for k in given)
    log = TrialLog(
        entity=t.entity[rows],
        arm=np.searchsorted(given, t.action[rows]).astype(np.int64),
        arms=arms,
        idle=None if given[0] else 0,  # action 0 is idle, by whatever name
        outcome=_units(t.goal_micros() + idle_costs)[rows],
        cost=_units(t.cost_micros() + idle_costs)[rows],
        covariates=t.features[rows][:, [k for k, _ in about]].astype(np.float64),
        names=tuple(name for _, name in about),
        probability=None if t.propensity is None else t.propensity[rows],
        parts=decision.parts,
    )
    inside = int(t.outcome("purchases")[rows].sum())
    counts = TrialRows(
        first_day=iso_day(t.day[rows].min()),
        last_day=iso_day(t.day[rows].max()),
        window_days=decision.horizon_days,
        immature=t.n_rows - len(rows),
        purchases=inside,
        purchases_outside=max(_purchases(events, log) - inside, 0),
    )
    worst = guardrails_of(t.outcome_spec)
    return StudiedTrial(
        log, counts, tuple(Guarded(name, worst[name], _units(t.outcome(name))[rows]) for name in worst)
    )


def about_entities(t: Transitions) -> list[tuple[int, str]]:
    """(column, name) of the features that are facts about entities."""
    return [(k, f.plain or f.name) for k, f in enumerate(t.feature_spec) if f.group == "who"]


def _units(micros: Ints) -> Floats:
    return micros.astype(np.float64) * MICROS


def _idle_costs(t: Transitions) -> Ints:
    """(n,) micros that doing nothing cost."""
    name = idle_cost_name(t.actions)
    costs = any(outcome.name == name for outcome in t.outcome_spec)
    return t.outcome(name) if costs else np.zeros(t.n_rows, np.int64)


def _purchases(events: Events, log: TrialLog) -> int:
    """Of the entities judged, whenever."""
    bookings = pl.read_parquet(events.folder / "bookings.parquet", columns=["entity_key", "purchases"])
    return int(bookings.filter(pl.col("entity_key").is_in(log.keys.tolist()))["purchases"].sum())
