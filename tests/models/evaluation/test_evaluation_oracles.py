"""Numbers of Open Bandit Pipeline 0.5.7 and SCOPE-RL 0.2.1 on fixed logs (see tests/benchmarks)."""

import json
from pathlib import Path

import numpy as np
import pytest

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.fitted_q import FittedQ
from models.evaluation.estimators.importance_sampling import (
    per_decision,
    self_normalised_per_decision,
    self_normalised_trajectory_wise,
    trajectory_wise,
)
from models.mdp.journeys import Journeys, elapsed_discounts
from tests.benchmarks import evaluation_oracles as oracles

NUMBERS = json.loads(Path(oracles.__file__).with_name("evaluation_oracles.json").read_text())


def estimates(n: int, steps: int, gamma: float) -> dict[str, float]:
    """Our estimators on the oracles' log, mean per journey, with the oracles' Q."""
    log = oracles.fixed_log(n)
    journey = np.arange(n) // steps
    journeys = Journeys(
        rows=np.arange(n),
        journey=journey,
        t=(np.arange(n) % steps).astype(np.int32),
        cluster=journey,
        action=log["action"].astype(np.int16),
        eligible=np.ones((n, oracles.N_ACTIONS), bool),
        features=np.zeros((n, 1)),
        outcomes=log["reward"][:, None],
        n_clusters=n // steps,
        n_journeys=n // steps,
        cluster_key=np.arange(n // steps),
        scale=1.0,
        outcome_names=("margin",),
        outcome_units=("currency",),
        actions=("none", "search", "social"),
    )
    discount = elapsed_discounts(journeys, gamma)
    dr = DoublyRobust(journeys, log["mu"], folds=2, ridge=1.0, discount=discount)
    q = log["q"][np.arange(n), log["action"], None]
    given = FittedQ(v=(log["pi"] * log["q"]).sum(axis=1, keepdims=True), q=q, coefficients=np.zeros(0))
    value = dr.value_given(given, log["pi"])
    weights, rewards = dr.weights(log["pi"]), journeys.outcomes * discount[:, None]
    found = {
        "DM": value.fitted_q,
        "DR": value.doubly_robust,
        "SNDR": value.self_normalised,
        "PDIS": per_decision(rewards, weights, dr.steps),
        "SNPDIS": self_normalised_per_decision(rewards, weights, dr.steps),
        "TIS": trajectory_wise(rewards, weights, dr.steps),
        "SNTIS": self_normalised_trajectory_wise(rewards, weights, dr.steps),
    }
    return {name: float(contributions.mean()) for name, contributions in found.items()}


@pytest.mark.parametrize(
    ("theirs", "ours"), [("IPW", "PDIS"), ("SNIPW", "SNPDIS")] + [(n, n) for n in ("DM", "DR", "SNDR")]
)
def test_one_step_equals_open_bandit_pipeline(theirs: str, ours: str):
    found = estimates(oracles.ROUNDS, 1, 1.0)
    assert found[ours] == pytest.approx(NUMBERS["one step"][theirs], rel=1e-10)


@pytest.mark.parametrize("name", ["TIS", "PDIS", "DR", "SNTIS", "SNPDIS", "SNDR"])
def test_trajectories_equal_scope_rl(name: str):
    found = estimates(oracles.TRAJECTORIES * oracles.STEPS, oracles.STEPS, oracles.GAMMA)
    assert found[name] == pytest.approx(NUMBERS["trajectories"][name], rel=1e-8)
