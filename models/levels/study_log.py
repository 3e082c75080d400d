"""From a study's transitions to decisions between ordered levels, where its question is "how much"."""

from dataclasses import dataclass, replace

import numpy as np

from models.levels.judge import LevelsLog
from models.levels.scores import SecondPriceScores, StockScores
from models.mdp import MICROS, Transitions
from models.results import TrialRows
from models.settings import DecisionSettings
from models.trials import Guarded, RowScores, TrialLog, read_trial
from sql.errors import LogError
from sql.events import Events


@dataclass(frozen=True)
class StudiedLevels:
    """The levels of a study."""

    levels: LevelsLog
    rows: TrialRows
    guarded: tuple[Guarded, ...]


def read_levels(t: Transitions, events: Events, decision: DecisionSettings) -> StudiedLevels:
    """Decisions as `read_trial` reads them, their arms in the order of the study's levels.

    Levels that nobody judged was given are named beside them: nothing is said of those.
    Raises LogError for an action of the log that is no level of the study, for a demand that is no outcome,
    and for a stock whose goals are others than what was sold and what was left.
    """
    studied = read_trial(t, events, decision)
    log, at = _in_order(studied.log, decision.levels)
    rows = np.flatnonzero(t.mature)
    known = {one.name for one in t.outcome_spec}
    for key, name in (("demand", decision.demand), *(("stock", name) for name in decision.stock)):
        if name and name not in known:
            raise LogError(f"decision.{key}: the log has no outcome {name}; name it in an [[outcome]] entry.")
    sold = t.outcome(decision.demand)[rows].astype(np.float64) * MICROS if decision.demand else None
    scores = _from_below(t, decision, at)
    undrawn = tuple(one for one in decision.levels if one not in at)
    levels = LevelsLog(log, at, decision.level_unit, decision.demand, sold, scores, undrawn)
    return StudiedLevels(levels, studied.rows, studied.guarded)


def _in_order(log: TrialLog, asked: tuple[float, ...]) -> tuple[TrialLog, np.ndarray]:
    """The log with ascending arms, and their levels (A,)."""
    at = np.array([_level_of(arm, asked) for arm in log.arms])
    order = np.argsort(at)
    idle = None if log.idle is None else int(np.flatnonzero(order == log.idle)[0])
    arms = tuple(log.arms[k] for k in order)
    return replace(log, arm=np.argsort(order)[log.arm].astype(np.int64), arms=arms, idle=idle), at[order]


def as_number(arm: str) -> float:
    """The level that an action's name is; NaN where it is no number."""
    try:
        return float(arm)
    except ValueError:
        return float("nan")


def _level_of(arm: str, asked: tuple[float, ...]) -> float:
    level = as_number(arm)
    if level not in asked:
        told = ", ".join(f"{one:g}" for one in asked)
        raise LogError(
            f"The log decides on {arm}, which is none of `decision.levels` ({told}): name it there, or leave "
            "these rows out with `without`; a level that does nothing is named by `decision.idle`."
        )
    return level


def _from_below(t: Transitions, decision: DecisionSettings, at: np.ndarray) -> RowScores | None:
    if decision.second_price:
        return SecondPriceScores(at)
    if not decision.stock:
        return None
    weights = {one.name: one.goal_weight for one in t.outcome_spec if one.goal_weight}
    if set(weights) != set(decision.stock):
        raise LogError(
            f"decision.stock: a day tells what lower levels would have sold and left, and the study's "
            "goals are "
            f'{", ".join(sorted(weights)) or "none"}: let these two be its goals, and others role = "info".'
        )
    sold, left = decision.stock
    return StockScores(at, weights[sold], weights[left])
