"""How long the whole evaluation takes: twenty policies on a million decisions, with intervals.

Journeys are of seven steps, two per user; features are noise, since only their number matters here. Half of
the policies deliver one channel more often, half are softmax policies drawn at random. `speed_scoreboard`
runs it.
"""

from typing import Any

import numpy as np

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.policy_table import Reporting, evaluate_policies
from models.mdp.journeys import Journeys
from models.settings import EvaluationSettings

ACTIONS = ("none", "display", "retargeting", "search", "social", "video")
STEPS = 7


def noise_log(rows: int, features: int, rng: np.random.Generator) -> tuple[Journeys, np.ndarray]:
    """Journeys of seven steps, two per user, and the probabilities (n, 6) they were logged with."""
    n_journeys = rows // STEPS // 2 * 2
    n, a = n_journeys * STEPS, len(ACTIONS)
    eligible = rng.random((n, a)) < 0.6
    eligible[:, 0] = True
    behaviour = np.where(eligible, rng.gamma(2.0, size=(n, a)), 0.0)
    behaviour[:, 0] += 2.0
    behaviour /= behaviour.sum(axis=1, keepdims=True)
    action = (behaviour.cumsum(axis=1)[:, :-1] < rng.random((n, 1))).sum(axis=1)
    margin = np.where(rng.random(n) < 0.01, rng.lognormal(3.0, 0.8, n), 0.0)
    cost = np.zeros((n, a - 1))
    shown = np.flatnonzero(action)
    cost[shown, action[shown] - 1] = 0.1
    total = cost.sum(axis=1)
    outcomes = np.column_stack([margin, cost, total, margin - total])
    names = ("margin", *(f"cost:{name}" for name in ACTIONS[1:]), "cost", "profit")
    journey = np.repeat(np.arange(n_journeys), STEPS)
    t = np.tile(np.arange(STEPS, dtype=np.int32), n_journeys)
    journeys = Journeys(
        rows=np.arange(n),
        journey=journey,
        t=t,
        cluster=journey // 2,
        action=action.astype(np.int16),
        eligible=eligible,
        features=rng.standard_normal((n, features), dtype=np.float32),  # as a table of decisions has them
        outcomes=outcomes,
        n_clusters=n_journeys // 2,
        n_journeys=n_journeys,
        cluster_key=np.arange(n_journeys // 2),
        scale=1.0,
        outcome_names=names,
        outcome_units=("currency",) * len(names),
        actions=ACTIONS,
        days_left=(STEPS - t).astype(np.int32),
    )
    return journeys, behaviour


def measure(decisions: int, policies: int, features: int) -> dict[str, Any]:
    """Evaluates all policies; how many estimates there are, and how many of them with an interval."""
    rng = np.random.default_rng(1)
    journeys, behaviour = noise_log(decisions, features, rng)
    targets = {
        f"policy {k:02d}": _scaled(behaviour, k) if k % 2 else _softmax(journeys, rng)
        for k in range(policies)
    }
    factorised = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    found = evaluate_policies(factorised, targets, EvaluationSettings(), Reporting("EUR", 7, "user"), seed=1)
    intervals = sum(estimate.low is not None for estimate in found.estimates)
    return {"decisions": len(journeys.t), "estimates": len(found.estimates), "intervals": intervals}


def _scaled(behaviour: np.ndarray, k: int) -> np.ndarray:
    """Delivery (n, 6) with one of the channels up to half as much again."""
    channel = 1 + k % (len(ACTIONS) - 1)
    target = behaviour.copy()
    target[:, channel] *= 1.05 + 0.45 * (k % 10) / 10
    return target / target.sum(axis=1, keepdims=True)


def _softmax(journeys: Journeys, rng: np.random.Generator) -> np.ndarray:
    """(n, 6) by a random linear score of ten features, over the eligible actions."""
    score = journeys.features[:, :10] @ rng.normal(scale=0.1, size=(10, len(ACTIONS)))
    weight = np.where(journeys.eligible, np.exp(score), 0.0)
    return weight / weight.sum(axis=1, keepdims=True)
