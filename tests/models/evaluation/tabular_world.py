"""A small finite world whose values are known by dynamic programming, and journeys drawn from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.journeys import Journeys

Floats = NDArray[np.float64]
ACTIONS = ("none", "search", "social")
OUTCOMES = ("margin", "cost:search", "cost:social")


@dataclass(frozen=True)
class TabularWorld:
    """S states, 3 actions. An entity enters with 1..horizon days left, and may leave after any decision."""

    eligible: NDArray[np.bool_]  # (S, A)
    move: Floats  # (S, A, S) P(s' | s, a)
    leave: Floats  # (S, A) probability of leaving after the decision
    mean: Floats  # (S, A, 3) expected outcomes
    buy: float
    """Probability that the margin is paid; it is then mean / buy. 1 makes rewards certain."""
    start: Floats  # (S,)
    enter: Floats  # (horizon,) probability of entering with h + 1 days left

    def value(self, pi: Floats, discount: float = 1.0) -> Floats:
        """(3,) expected outcomes of one journey under pi (S, A), by dynamic programming over days left."""
        total, v = np.zeros(3), np.zeros((len(self.start), 3))
        for share in self.enter:  # one more day left each time
            stay = (1 - self.leave)[..., None] * (self.move @ v)  # (S, A, 3)
            v = np.einsum("sa,sao->so", pi, self.mean + discount * stay)
            total += share * (self.start @ v)
        return total

    def draw(self, mu: Floats, entities: int, rng: np.random.Generator, per_entity: int = 1) -> Journeys:
        """A log of `entities` x `per_entity` journeys under mu (S, A); features are the states' indicators.

        The journeys of one entity begin in the same state: its rows are not independent.
        """
        n_states, count = len(self.start), entities * per_entity
        state = np.repeat(rng.choice(n_states, size=entities, p=self.start), per_entity)
        left = rng.choice(len(self.enter), size=count, p=self.enter) + 1
        here = np.arange(count)
        parts: list[tuple[NDArray, ...]] = []
        step = 0
        while len(here):
            s = state[here]
            action = (mu[s].cumsum(axis=1)[:, :-1] < rng.random((len(here), 1))).sum(axis=1)
            outcome = self.mean[s, action].copy()
            outcome[:, 0] *= (rng.random(len(here)) < self.buy) / self.buy
            parts.append((here, np.full(len(here), step), s, action, left[here], outcome))
            gone = (rng.random(len(here)) < self.leave[s, action]) | (left[here] == 1)
            cumulative = self.move[s, action].cumsum(axis=1)[:, :-1]
            state[here] = (cumulative < rng.random((len(here), 1))).sum(axis=1)
            left[here] -= 1
            here, step = here[~gone], step + 1
        journey, t, s, action, days_left, outcome = (np.concatenate(c) for c in zip(*parts, strict=True))
        order = np.lexsort((t, journey))
        journey, s, outcome = journey[order], s[order], outcome[order]
        cost = outcome[:, 1:].sum(axis=1)
        return Journeys(
            rows=np.arange(len(order)),
            journey=journey,
            t=t[order].astype(np.int32),
            cluster=journey // per_entity,
            action=action[order].astype(np.int16),
            eligible=self.eligible[s],
            features=np.eye(n_states)[s][:, 1:],
            outcomes=np.column_stack([outcome, cost, outcome[:, 0] - cost]),
            n_clusters=entities,
            n_journeys=count,
            cluster_key=np.arange(entities) * 7919,
            scale=1.0 / count,  # mean per journey: what `value` gives
            outcome_names=(*OUTCOMES, "cost", "profit"),
            outcome_units=("currency",) * 5,
            actions=ACTIONS,
            days_left=days_left[order].astype(np.int32),
        )


def states_of(journeys: Journeys) -> NDArray[np.int64]:
    """(n,) the state of each row, read back from its features."""
    return (journeys.features @ np.arange(1, journeys.features.shape[1] + 1)).astype(np.int64)


def tabular_world(horizon: int = 5, *, buy: float = 0.3, certain: bool = False) -> TabularWorld:
    """Three states. Social is not possible in state 0, search not in state 2. `certain`: nothing is random
    but the start and the actions."""
    rng = np.random.default_rng(1)
    eligible = np.array([[1, 1, 0], [1, 1, 1], [1, 0, 1]], bool)
    move = rng.dirichlet(np.ones(3), size=(3, 3))
    leave = rng.uniform(0.05, 0.3, size=(3, 3))
    if certain:
        move = np.eye(3)[rng.integers(0, 3, size=(3, 3))]
        leave = np.zeros((3, 3))
    mean = np.zeros((3, 3, 3))
    mean[:, :, 0] = rng.uniform(0.2, 2.0, size=(3, 3))
    mean[:, 1, 1], mean[:, 2, 2] = 0.5, 0.3
    enter = np.arange(1.0, horizon + 1)
    return TabularWorld(
        eligible=eligible,
        move=move,
        leave=leave,
        mean=mean,
        buy=1.0 if certain else buy,
        start=np.array([0.4, 0.4, 0.2]),
        enter=enter / enter.sum(),
    )


def masked(weights: Floats, world: TabularWorld) -> Floats:
    """A policy (S, A) from positive weights, over the eligible actions."""
    pi = weights * world.eligible
    return pi / pi.sum(axis=1, keepdims=True)
