"""From a study's transitions to a test, where its question is "which one"."""

import numpy as np
import polars as pl

from models.mdp import MICROS, Transitions
from models.results import TrialRows
from models.settings import DecisionSettings, SplitSettings
from models.trials.trial_log import IDLE, TrialLog
from sql.errors import LogError
from sql.events import Events

RANDOM = "A+"
"""The tier of logs whose decisions were random, at least in part, with known probabilities or known arms."""


def asks_which_one(t: Transitions, events: Events, decision: DecisionSettings, split: SplitSettings) -> bool:
    """One random decision per entity between the same arms for everybody, and no budget to split."""
    given = np.bincount(t.action, minlength=len(t.actions)) > 0
    return bool(
        decision.single_step
        and split.total is None
        and events.tier == RANDOM
        and given.sum() >= 2
        and t.eligible[:, given].all()
    )


def read_trial(t: Transitions, events: Events, decision: DecisionSettings) -> tuple[TrialLog, TrialRows]:
    """The test of all decisions whose outcome window has ended, and what was left out.

    Covariates are facts about entities; the context of an impression is known of those alone that have one.
    Raises LogError where no window has ended yet.
    """
    rows = np.flatnonzero(t.mature)
    if not len(rows):
        through = events.last_day if events.through_day is None else events.through_day
        raise LogError(
            f"No decision's outcome window of {decision.horizon_days} days has ended by {_day(through)}, the "
            f"last one decided on {_day(int(t.day.max()))}; run the study with a later --as-of, or shorten "
            "`decision.horizon_days`."
        )
    given = np.flatnonzero(np.bincount(t.action[rows], minlength=len(t.actions)) > 0)
    about = [k for k, feature in enumerate(t.feature_spec) if feature.group == "who"]
    costs = [k for k, outcome in enumerate(t.outcome_spec) if outcome.name.startswith("cost:")]
    arms = tuple(t.actions[k] for k in given)
    log = TrialLog(
        entity=t.entity[rows],
        arm=np.searchsorted(given, t.action[rows]).astype(np.int64),
        arms=arms,
        idle=arms.index(IDLE) if IDLE in arms else None,
        outcome=t.outcome("margin")[rows].astype(np.float64) * MICROS,
        cost=t.outcomes[rows][:, costs].sum(axis=1).astype(np.float64) * MICROS,
        covariates=t.features[rows][:, about].astype(np.float64),
        names=tuple(t.feature_spec[k].plain or t.feature_spec[k].name for k in about),
        probability=None if t.propensity is None else t.propensity[rows],
    )
    inside = int(t.outcome("purchases")[rows].sum())
    return log, TrialRows(
        first_day=_day(int(t.day[rows].min())),
        last_day=_day(int(t.day[rows].max())),
        window_days=decision.horizon_days,
        immature=t.n_rows - len(rows),
        purchases=inside,
        purchases_outside=max(_purchases(events, log) - inside, 0),
    )


def _purchases(events: Events, log: TrialLog) -> int:
    """Of the entities judged, whenever."""
    bookings = pl.read_parquet(events.folder / "bookings.parquet", columns=["entity_key", "purchases"])
    return int(bookings.filter(pl.col("entity_key").is_in(log.keys.tolist()))["purchases"].sum())


def _day(number: int) -> str:
    return str(np.datetime64(number, "D"))
