"""A placebo that finds what delivery knows and the log does not: today's action and yesterday's outcome.

Residual on residual (Robinson 1988), for every action a over decisions where it was one of several:

    tau_a = sum e_a (y' - m(x)) / sum e_a^2,   e_a = 1[a chosen] - mu(a|x),

y' the outcome of the decision BEFORE, m its linear regression on the state x. The truth is 0: an action
changes no past. Where delivery follows something that lasts for days and makes people buy, and that the
state does not hold, those it chose had bought more before as well, and the same something passes for an
effect afterwards. All actions are asked at once: S' Sigma^-1 S ~ chi2 with S the sums above and Sigma their
clustered covariance. Rings falsely where mu is wrong in the state itself, and is silent about a cause that
nobody's past shows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.intervals.bootstrap_t import (
    joint_covariance,
    joint_p_value,
    normal_interval,
    standard_errors,
)
from models.mdp import GOAL, MARGIN, MICROS, PURCHASES, Features, Journeys, Transitions
from models.numerics import one_blas_thread
from models.results import HealthCheck, Interval, NoFollower, PastEffect

Floats = NDArray[np.float64]
CHUNK_ROWS = 1 << 16
RIDGE = 1e-6
"""Of a feature's own sum of squares."""
PAST = "effect on the past"
EFFECT_ON_THE_PAST = f"placebo: {PAST}"
FALSE_ALARMS = 0.01


@dataclass(frozen=True)
class Followers:
    """m decisions with a choice that follow an earlier epoch of the same entity: A actions, C entities."""

    rows: NDArray[np.int64]  # (m,) rows of `features`
    features: Features  # (n, d) the state; unknown values count as 0
    action: NDArray[np.int16]  # (m,)
    eligible: NDArray[np.bool_]  # (m, A)
    behaviour: Floats  # (m, A)
    past: Floats  # (m,) outcome of the decision before
    cluster: NDArray[np.int64]  # (m,) 0..C-1
    n_clusters: int
    actions: tuple[str, ...]
    outcome: str


@dataclass(frozen=True)
class PastEffects:
    """Effects on the outcome before, per decision in its units, and how likely chance shows as much."""

    effects: dict[str, tuple[Interval, float]]
    """Action -> (effect, z); actions without any variation are left out."""
    p_value: float
    """Of all of them being 0; NaN without any."""


def followers_in_journeys(journeys: Journeys, behaviour: Floats, outcome: str) -> Followers:
    """Those of journeys; behaviour (n, A)."""
    rows = np.flatnonzero((journeys.t > 0) & (journeys.eligible.sum(axis=1) > 1))
    return Followers(
        rows=rows,
        features=journeys.features,
        action=journeys.action[rows],
        eligible=journeys.eligible[rows],
        behaviour=behaviour[rows],
        past=journeys.outcomes[rows - 1, journeys.outcome_names.index(outcome)],
        cluster=journeys.cluster[rows],
        n_clusters=journeys.n_clusters,
        actions=journeys.actions,
        outcome=outcome,
    )


def followers_in_log(transitions: Transitions, behaviour: Floats) -> Followers:
    """Those of everybody's whole log; behaviour (n, A). The outcome is purchases, which say more than their
    heavy-tailed amounts, or the goal where there are none."""
    names = [o.name for o in transitions.outcome_spec]
    counted = PURCHASES in names and bool(transitions.outcome(PURCHASES).any())
    before = transitions.outcome(PURCHASES) if counted else transitions.goal_micros()
    unit = 1.0 if counted else MICROS
    entity, day = transitions.entity, transitions.day
    same = np.zeros(transitions.n_rows, bool)
    same[1:] = entity[1:] == entity[:-1]
    later = np.zeros(transitions.n_rows, bool)
    later[1:] = day[1:] != day[:-1]  # what an epoch brought stands with its last decision, so of an epoch's
    rows = np.flatnonzero(same & later & (transitions.eligible.sum(axis=1) > 1))  # several only the first
    number = np.cumsum(~same) - 1
    return Followers(
        rows=rows,
        features=transitions.features,
        action=transitions.action[rows],
        eligible=transitions.eligible[rows],
        behaviour=behaviour[rows],
        past=before[rows - 1].astype(np.float64) * unit,
        cluster=number[rows],
        n_clusters=int(number[-1]) + 1 if len(number) else 0,
        actions=transitions.actions,
        outcome=PURCHASES if counted else MARGIN if transitions.margin_alone else GOAL,
    )


def effects_on_the_past(found: Followers, level: float = 0.95, min_entities: int = 1) -> PastEffects:
    """Every action's effect on the outcome before, with clustered normal intervals, and the joint test.

    Actions that fewer than `min_entities` entities met are left out: a figure would tell of them.
    """
    if not len(found.rows):
        return PastEffects({}, float("nan"))
    rest = _unexplained(found)
    effects: dict[str, tuple[Interval, float]] = {}
    scores = []
    for a, action in enumerate(found.actions):
        mine = found.eligible[:, a]
        surprise = np.where(mine, (found.action == a) - found.behaviour[:, a], 0.0)
        information = float((surprise**2).sum())
        if a == 0 or information == 0:
            continue  # none is the comparison
        if len(np.unique(found.cluster[mine & (found.action == a)])) < min_entities:
            continue
        tau = float((surprise * rest).sum()) / information
        influence = surprise * (rest - tau * surprise) / information
        by_cluster = np.zeros(found.n_clusters) + tau / found.n_clusters  # spread evenly: the sum is tau
        by_cluster += np.bincount(found.cluster, weights=influence, minlength=found.n_clusters)
        interval = normal_interval(by_cluster, scale=1.0, level=level)
        if interval is not None:
            error = float(standard_errors(by_cluster[:, None])[0])
            effects[action] = (interval, tau / error)
            scores.append(by_cluster / error)
    if not scores:
        return PastEffects({}, float("nan"))
    by_action = np.stack(scores, axis=1)  # (C, K)
    return PastEffects(effects, joint_p_value(by_action.sum(axis=0), joint_covariance(by_action)))


def check_effect_on_the_past(found: Followers, min_entities: int = 1) -> HealthCheck:
    """Today's action cannot have changed what happened before it; where it seems to, delivery reacts to
    something that the state does not hold, and that something may pass for an effect tomorrow."""
    told = effects_on_the_past(found, min_entities=min_entities)
    limit, unit = f"at least {FALSE_ALARMS:g}", "probability"
    if not told.effects:
        return HealthCheck("placebo", "ok", None, unit, limit, NoFollower(), PAST)
    action = max(sorted(told.effects), key=lambda a: abs(told.effects[a][1]))
    status = "ok" if told.p_value >= FALSE_ALARMS else "warn"
    seen = PastEffect(found.outcome, action, told.effects[action][0])
    return HealthCheck("placebo", status, told.p_value, unit, limit, seen, PAST)


def _unexplained(found: Followers) -> Floats:
    """(m,) y' - m(x), by ridge regression in stretches of rows."""
    d = found.features.shape[1] + 1
    gram, cross = np.zeros((d, d)), np.zeros(d)
    chunks = [slice(i, i + CHUNK_ROWS) for i in range(0, len(found.rows), CHUNK_ROWS)]
    with one_blas_thread():
        for chunk in chunks:
            x = _design(found, chunk)
            gram += x.T @ x
            cross += x.T @ found.past[chunk]
        scale = np.sqrt(np.maximum(np.diag(gram), np.finfo(float).tiny))
        scaled = gram / np.outer(scale, scale) + RIDGE * np.eye(d)
        slope = np.linalg.solve(scaled, cross / scale) / scale
        rest = np.empty(len(found.rows))
        for chunk in chunks:
            rest[chunk] = found.past[chunk] - _design(found, chunk) @ slope
    return rest


def _design(found: Followers, chunk: slice) -> Floats:
    """(c, 1 + d) intercept and state."""
    x = np.nan_to_num(found.features[found.rows[chunk]].astype(np.float64), posinf=0.0, neginf=0.0)
    return np.column_stack([np.ones(len(x)), x])
