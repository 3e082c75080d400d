"""Ranking many policies on one log, and the gate: choosing on half of the users, reporting on the others."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.support import outcome_refusals
from models.mdp.journeys import Journeys
from models.mdp.sample_split import fold_of
from models.worlds.tabular import states_of
from models.worlds.tabular_catalogue import Case, open_case
from models.worlds.tabular_policies import candidates
from tests.benchmarks.evaluation_scoreboard_estimators import (
    ESTIMATORS,
    RANKED,
    Remembering,
    headline_uplift,
    refusal_of,
)

Floats = NDArray[np.float64]
HALF_SALT = 0x5EED_00AA
"""Halves must not be the folds that cross-fit, hence a salt of their own."""


@cache
def candidates_of(name: str) -> tuple[dict[str, Floats], Floats]:
    """A case's candidates (O, A) by name, and their true uplifts of profit in the same order."""
    case = open_case(name)
    weights = np.array([_profit_weight(outcome) for outcome in case.world.outcomes])
    found = candidates(case.world, case.mu, weights)
    logged = case.world.truth(case.mu)[-1]
    return found, np.array([case.world.truth(pi)[-1] - logged for pi in found.values()])


def judge_candidates(case: Case, journeys: Journeys) -> dict[str, Any]:
    """What the choosing half says of every candidate, and what the reporting half says of the chosen one.

    estimates: estimator -> uplifts of profit; low: lower bounds of the headline's, null where refused or not
    known; chosen: index of the highest lower bound, null without any; report: its lower bound on the
    reporting half, null where refused there.
    """
    policies, _ = candidates_of(case.name)
    half = fold_of(journeys.cluster_key, 2, HALF_SALT)
    choosing, reporting = (_Half(subset(journeys, half == h), case) for h in (0, 1))
    estimates: dict[str, list[float | None]] = {name: [] for name in RANKED}
    lows: list[float | None] = []
    for pi in policies.values():
        rows = choosing.rows(pi)
        for name in RANKED:
            estimates[name].append(choosing.uplift(name, rows))
        lows.append(choosing.low(rows))
        choosing.forget()
    known = [i for i, low in enumerate(lows) if low is not None]
    chosen = max(known, key=lambda i: (lows[i], -i)) if known else None
    report = None
    if chosen is not None:
        report = reporting.low(reporting.rows(list(policies.values())[chosen]))
    return {"estimates": estimates, "low": lows, "chosen": chosen, "report": report}


class _Half:
    """One half of the users, and what it says of a policy."""

    def __init__(self, journeys: Journeys, case: Case) -> None:
        self.states = states_of(journeys)
        self.dr = Remembering(journeys, case.mu[self.states])
        self.outcomes_refused = outcome_refusals(journeys, self.dr.logged_outcomes)

    def rows(self, pi: Floats) -> Floats:
        return pi[self.states]

    def uplift(self, name: str, target: Floats) -> float | None:
        """Of profit, by an estimator."""
        estimator = ESTIMATORS[name]
        difference = (estimator(self.dr, target) - estimator(self.dr, self.dr.behaviour))[:, -1]
        total = float(self.dr.journeys.scale * difference.sum())
        return total if np.isfinite(total) else None

    def low(self, target: Floats) -> float | None:
        """Lower 95 % bound of the headline's uplift of profit; None where the gates refuse."""
        if refusal_of(self.dr, target) or "profit" in self.outcomes_refused:
            return None
        band = headline_uplift(self.dr, target, "profit", 0.95)
        return None if band is None else band.low

    def forget(self) -> None:
        """Drops remembered candidates, keeps today's delivery."""
        self.dr.forget_targets()


def subset(journeys: Journeys, keep: NDArray[np.bool_]) -> Journeys:
    """The journeys of some clusters (C,), with the mean per journey as scale."""
    rows = keep[journeys.cluster]
    cluster = (np.cumsum(keep) - 1)[journeys.cluster[rows]]
    _, journey = np.unique(journeys.journey[rows], return_inverse=True)
    count = int(journey[-1]) + 1
    return replace(
        journeys,
        rows=journeys.rows[rows],
        journey=journey,
        t=journeys.t[rows],
        cluster=cluster,
        action=journeys.action[rows],
        eligible=journeys.eligible[rows],
        features=journeys.features[rows],
        outcomes=journeys.outcomes[rows],
        n_clusters=int(keep.sum()),
        n_journeys=count,
        cluster_key=journeys.cluster_key[keep],
        scale=1.0 / count,
        tail=None if journeys.tail is None else journeys.tail[keep],
        days_left=None if journeys.days_left is None else journeys.days_left[rows],
    )


def _profit_weight(outcome: str) -> float:
    return 1.0 if outcome == "margin" else -1.0 if outcome.startswith("cost:") else 0.0
