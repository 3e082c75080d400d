"""Logs in which nearly everyone who could see one channel is shown it, as the flows judge them."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from flows.stages.judging import Judge
from models.mdp.journeys import Journeys
from models.results import Overlap
from models.settings import EvaluationSettings

CHANNELS = ("push", "search")
DAYS = 5


@dataclass(frozen=True)
class ThinWorld:
    """On a day a user can see push or search, at random. One ad costs 1, so `earns` are the true returns."""

    none: float = 0.06
    """Of those who could see push, so many saw nothing that day."""
    earns: tuple[float, float] = (0.1, 3.0)

    @property
    def current(self) -> dict[str, float]:
        """Today's spend of 10,000 users over all days."""
        return {"push": 25_000.0 * (1 - self.none), "search": 25_000.0 * 0.4}

    def uplift(self, plan: tuple[float, ...]) -> float:
        """True profit of a plan (2,) above today's; the world is linear where search has room."""
        now = list(self.current.values())
        return sum((p - c) * (e - 1) for p, c, e in zip(plan, now, self.earns, strict=True))

    def overlap(self) -> tuple[Overlap, ...]:
        return (
            Overlap("push", 10_000, 1 - self.none, self.none, 0.0),
            Overlap("search", 10_000, 0.4, 0.6, 0.0),
        )

    def judge(self, seed: int, users: int) -> Judge:
        rng = np.random.default_rng(seed)
        n = users * DAYS
        pushed = rng.random(n) < 0.5
        none = np.minimum(self.none * np.exp(0.5 * rng.standard_normal(n) - 0.125), 0.9)
        mu = np.column_stack([np.where(pushed, none, 0.6), np.where(pushed, 1 - none, 0.0), 0.4 * ~pushed])
        action = (rng.random(n)[:, None] > mu.cumsum(axis=1)).sum(axis=1).clip(max=2)
        margin = np.array([0.0, *self.earns])[action] + rng.gamma(0.5, 2.0, n) * (rng.random(n) < 0.3)
        cost = (action[:, None] == [1, 2]).astype(float)
        spent = cost.sum(axis=1)
        user = np.repeat(np.arange(users), DAYS)
        names = ("margin", *(f"cost:{c}" for c in CHANNELS), "cost", "profit")
        journeys = Journeys(
            rows=np.arange(n), journey=user, t=np.tile(np.arange(DAYS, dtype=np.int32), users), cluster=user,
            action=action.astype(np.int16), eligible=mu > 0, features=pushed[:, None] - 0.5,
            outcomes=np.column_stack([margin, cost, spent, margin - spent]), n_clusters=users,
            n_journeys=users, cluster_key=np.arange(users) + seed * 1_000_000, scale=10_000 / users,
            outcome_names=names, outcome_units=("currency",) * len(names), actions=("none", *CHANNELS),
        )  # fmt: skip
        night = SimpleNamespace(study=SimpleNamespace(evaluation=EvaluationSettings(), seed=0))
        table = SimpleNamespace(features=np.zeros((n, 1), np.float32), outcome_spec=())
        return Judge(night, table, journeys, mu, None)
