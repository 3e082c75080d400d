"""How long the whole evaluation takes: twenty policies on a million decisions, with intervals.

    python -m tests.benchmarks.evaluation_speed [--rows 1000000] [--policies 20] [--features 80]

Prints wall-clock and CPU seconds and peak memory. The journeys are of seven steps; features are noise, since
only their number matters here.
"""

import argparse
import os
import resource
import time

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
        features=rng.standard_normal((n, features)),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--policies", type=int, default=20)
    parser.add_argument("--features", type=int, default=80)
    asked = parser.parse_args()
    journeys, behaviour = noise_log(asked.rows, asked.features, np.random.default_rng(1))
    scaled = [
        1.0 + 0.5 * np.eye(len(ACTIONS))[k % len(ACTIONS)] * (k + 1) / asked.policies
        for k in range(asked.policies)
    ]
    wall, cpu = time.perf_counter(), time.process_time()
    factorised = DoublyRobust(journeys, behaviour, folds=2, ridge=1.0)
    half = time.perf_counter() - wall
    targets = {f"policy {k:02d}": _scaled(behaviour, m) for k, m in enumerate(scaled)}
    evaluate_policies(factorised, targets, EvaluationSettings(), Reporting("EUR", 7, "user"), seed=1)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    size = f"{asked.policies} policies x {len(journeys.t):,} decisions x {asked.features} features"
    print(f"{size}: {wall:.1f} s, {half:.1f} of them before the first policy; {cpu:.1f} CPU s")
    print(f"{peak:.1f} GiB peak, {os.cpu_count()} cores")


def _scaled(behaviour: np.ndarray, multipliers: np.ndarray) -> np.ndarray:
    target = behaviour * multipliers
    return target / target.sum(axis=1, keepdims=True)


if __name__ == "__main__":
    main()
