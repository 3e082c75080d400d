"""A world of two states whose spend can be worked out on paper, week by week.

A customer is ready or not. Shown an ad for 2, he is ready tomorrow with probability .7, else with .3. Today's
delivery shows the ready an ad with probability .5 and others with .2; the eager policy with .9 and .1.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.mdp.transition_table import Transitions
from tests.models.agents.tables import table

Floats = NDArray[np.float64]
TODAY, EAGER = np.array([0.2, 0.5]), np.array([0.1, 0.9])
"""Chance of an ad, of those not ready and of the ready."""
COST, WEEK = 2.0, 7
READY_AFTER = np.array([0.3, 0.7])
"""Chance of being ready after no ad and after one."""


@dataclass(frozen=True)
class Eager:
    """Knows who is ready: feature 0."""

    name: str = "eager"

    def probabilities(
        self,
        features: NDArray[np.float32],
        eligible: NDArray[np.bool_],  # noqa: ARG002
        behaviour: Floats,  # noqa: ARG002
    ) -> Floats:
        shown = EAGER[features[:, 0].astype(int)]
        return np.column_stack([1 - shown, shown])


def expected_week(ready: float, chances: Floats) -> float:
    """Spend per customer in a week that begins with so many ready."""
    spend = 0.0
    for _ in range(WEEK):
        shown = np.array([1 - ready, ready]) * chances
        spend += COST * shown.sum()
        ready = float(READY_AFTER[0] + (READY_AFTER[1] - READY_AFTER[0]) * shown.sum())
    return spend


def lived(
    rng: np.random.Generator, ready: NDArray[np.bool_], chances: Floats, push: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n, days) who was ready and who was shown an ad; push (days,): times today's chances."""
    states, shown = [], []
    for factor in push:
        states.append(ready)
        shown.append(rng.random(len(ready)) < np.minimum(factor * chances[ready.astype(int)], 1.0))
        ready = rng.random(len(ready)) < READY_AFTER[shown[-1].astype(int)]
    return np.column_stack(states), np.column_stack(shown)


@dataclass(frozen=True)
class WrittenLog:
    """A log, mu, and the states on its last morning."""

    table: Transitions
    behaviour: Floats
    ready: NDArray[np.bool_]  # (n,)


def written(seed: int, customers: int = 400, weeks: int = 8, push: Floats | None = None) -> WrittenLog:
    """Whole weeks and one more day, under today's delivery. Nobody is ready on the first day."""
    rng, days = np.random.default_rng(seed), weeks * WEEK + 1
    push = np.ones(days) if push is None else push
    ready, shown = lived(rng, np.zeros(customers, bool), TODAY, push)
    n = customers * days
    made = table(
        actions=("none", "search"),
        features=ready.ravel()[:, None].astype(float),
        eligible=np.ones((n, 2)),
        action=shown.ravel().astype(int),
        margin=np.zeros(n),
        cost=np.full(n, COST),
        length=days,
    )
    chance = np.minimum(push * TODAY[ready.astype(int)], 1.0).ravel()
    # as young logs are, so that nothing newer than a fortnight is mature
    made = replace(made, mature=made.day < days - 14)
    return WrittenLog(made, np.column_stack([1 - chance, chance]), ready[:, -1])
