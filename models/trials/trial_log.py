"""A randomised test as arrays: who was given which arm, and what followed."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.mdp import SAME_PROBABILITY
from sql.errors import LogError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
IDLE = "none"
"""What staged logs call the action that does nothing, whatever the study's word for it is."""
MIN_ENTITIES = 20
"""An arm with fewer is shown and not judged."""
SUMS_TO_ONE = 0.02
"""How far logged probabilities of all arms may miss 1 by rounding."""


@dataclass(frozen=True)
class TrialLog:
    """n decisions between A arms, the rows of an entity next to each other. Money in currency units."""

    entity: Ints  # (n,) pseudonymous key
    arm: Ints  # (n,) index into `arms`
    arms: tuple[str, ...]
    idle: int | None
    """Index of the arm that does nothing; None where the test had none."""
    outcome: Floats  # (n,) weighted outcomes that followed, before the arm's cost
    cost: Floats  # (n,) of the arm given
    covariates: Floats  # (n, d) known before the arm was drawn
    names: tuple[str, ...]  # (d,)
    probability: Floats | None
    """(n,) logged probability of the arm given; None where the log tells none: the draw is then taken to be
    one of fixed shares."""
    parts: tuple[str, ...] = ()
    """What names of arms are made of, in the study's words: a format, a claim; empty: of nothing."""

    def __post_init__(self) -> None:
        told = self.probability
        if told is not None and not ((told > 0) & (told <= 1)).all():
            raise LogError("Logged probabilities of the arms given must lie above 0 and at most at 1.")

    @property
    def n(self) -> int:
        return len(self.entity)

    @cached_property
    def decisions(self) -> Ints:
        """(A,) decisions for each arm."""
        return np.bincount(self.arm, minlength=len(self.arms)).astype(np.int64)

    @cached_property
    def first(self) -> NDArray[np.bool_]:
        """(n,) whether a row is the first of its entity."""
        return np.r_[True, self.entity[1:] != self.entity[:-1]]

    @cached_property
    def cluster(self) -> Ints:
        """(n,) 0..C-1: the entity of each row, in order."""
        return np.cumsum(self.first).astype(np.int64) - 1

    @property
    def n_entities(self) -> int:
        return int(self.cluster[-1]) + 1

    @cached_property
    def keys(self) -> Ints:
        """(C,) key of each entity."""
        return self.entity[self.first]

    @cached_property
    def entities_of_arms(self) -> Ints:
        """(A,) entities that were given each arm."""
        pairs = np.unique(self.cluster * len(self.arms) + self.arm) % len(self.arms)
        return np.bincount(pairs, minlength=len(self.arms)).astype(np.int64)

    @cached_property
    def told(self) -> Floats | None:
        """(A,) logged probabilities, where the log tells one per arm; else None. They should add up to 1."""
        if self.probability is None or (self.decisions == 0).any():
            return None
        low, high = np.full(len(self.arms), np.inf), np.zeros(len(self.arms))
        np.minimum.at(low, self.arm, self.probability)
        np.maximum.at(high, self.arm, self.probability)
        return None if (high - low > SAME_PROBABILITY * high).any() else high

    @property
    def over_one(self) -> tuple[tuple[str, float], ...]:
        """Each arm with its logged probability, where these add up to more than 1; else empty."""
        if self.told is None or self.told.sum() <= 1 + SUMS_TO_ONE:
            return ()
        return tuple(zip(self.arms, self.told.tolist(), strict=True))

    @cached_property
    def planned(self) -> Floats | None:
        """(A,) shares that arms were drawn with, where the log tells one probability per arm; else None."""
        if self.told is None or abs(self.told.sum() - 1) > SUMS_TO_ONE:
            return None
        return self.told / self.told.sum()

    @cached_property
    def weight(self) -> Floats:
        """(n,) 1 / probability of the arm given; where it was a draw of fixed shares, those that came out,
        whose weights vary less."""
        if self.probability is None or self.planned is not None:
            return self.n / self.decisions[self.arm].astype(np.float64)
        return 1.0 / self.probability

    def of(self, rows: NDArray[np.bool_]) -> "TrialLog":
        """The test of some rows (n,), whole entities."""
        return TrialLog(
            self.entity[rows], self.arm[rows], self.arms, self.idle, self.outcome[rows], self.cost[rows],
            self.covariates[rows], self.names, None if self.probability is None else self.probability[rows],
            self.parts,
        )  # fmt: skip
