"""Randomised tests whose truth is known: rare purchases of heavy-tailed amounts, in arms drawn at random."""

from dataclasses import dataclass

import numpy as np

from models.trials import TrialLog

SIGMA = 1.0
"""Of the log-normal amounts: their standard deviation is 1.3 times their mean."""
MEAN_AMOUNT = 60.0


@dataclass(frozen=True)
class Shop:
    """Arm k is bought from with probability rate x lifts[k] x exp(taste) / its mean, and costs costs[k]."""

    entities: int
    rate: float = 0.03
    """Purchases per entity in an arm of lift 1."""
    lifts: tuple[float, ...] = (1.0, 1.0, 1.0)
    costs: tuple[float, ...] = (0.0, 0.0, 0.0)
    shares: tuple[float, ...] = (1 / 3, 1 / 3, 1 / 3)
    """That are drawn;"""
    told: tuple[float, ...] | None = None
    """and those that the log tells, if others."""
    idle: int | None = 0
    taste: float = 0.5
    """How much purchases depend on the first of three covariates."""

    @property
    def arms(self) -> tuple[str, ...]:
        return tuple("none" if k == self.idle else "abcdefgh"[k] for k in range(len(self.lifts)))

    @property
    def truth(self) -> np.ndarray:
        """(A,) value of every arm per entity: purchases x amount - cost."""
        return self.rate * MEAN_AMOUNT * np.array(self.lifts) - np.array(self.costs)

    def draw(self, seed: int | list[int]) -> TrialLog:
        """One test. Amounts are drawn with mean MEAN_AMOUNT."""
        rng, n = np.random.default_rng(seed), self.entities
        x = rng.standard_normal((n, 3))
        x[:, 2] = np.exp(x[:, 2])  # what was spent last year, say
        arm = rng.choice(len(self.shares), size=n, p=np.array(self.shares) / sum(self.shares))
        likes = np.exp(self.taste * x[:, 0] - self.taste**2 / 2)
        chance = np.minimum(self.rate * np.array(self.lifts)[arm] * likes, 1.0)
        amount = MEAN_AMOUNT * np.exp(SIGMA * rng.standard_normal(n) - SIGMA**2 / 2)
        return TrialLog(
            entity=np.arange(n, dtype=np.int64),
            arm=arm.astype(np.int64),
            arms=self.arms,
            idle=self.idle,
            outcome=np.where(rng.random(n) < chance, amount, 0.0),
            cost=np.array(self.costs)[arm],
            covariates=x,
            names=("taste", "age", "spent"),
            probability=np.array(self.told or self.shares)[arm],
        )
