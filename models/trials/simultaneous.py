"""All differences of a test at once: how sure each must be for all of them to be right together.

Differences of arms have, for many entities, a joint normal distribution whose correlation is known. With

    P(|Z_p| <= c for all pairs p) = level,

c the quantile of the largest |Z| (Hothorn, Bretz & Westfall 2008; for arms of equal spread Tukey's), each
difference gets an interval of its own at level 2 Phi(c) - 1, by the method that suits it (bootstrap-t, gamma
guard: `models.evaluation.intervals`), and all hold together with `level`. Never wider than Bonferroni's.

`steps` asks in steps (Ryan, Einot, Gabriel & Welsch; a closed test): i and j differ where in every group of
arms that holds both the largest |z| is beyond chance. A group of p of A arms may err with (1 - level) p / A,
one of A - 1 or all with 1 - level: blocks of arms that are truly alike err together with 1 - level at most.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import ndtr, ndtri

from models.numerics import one_blas_thread
from models.trials.trial_log import Floats

DRAWS = 100_000
CHUNK = 10_000
SEED = 0x7121A15
MOST_IN_STEPS = 8
"""With more arms than this all pairs are asked at once: the groups double with every arm."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Steps:
    """What the test in steps found, pair by pair (P,)."""

    told_apart: tuple[bool, ...]
    critical: tuple[float, ...]
    """The |z| that would tell a pair apart as things are; of pairs told apart, 0."""

    def of(self, pair: int) -> tuple[bool, float]:
        return self.told_apart[pair], self.critical[pair]


def pairs_of(arms: int, idle: int | None) -> list[Pair]:
    """Every pair once; idle, which others are held against, second."""
    found = combinations(range(arms), 2)
    return [(b, a) if a == idle else (a, b) for a, b in found]


class JointNormal:
    """The distribution of the standardised differences of A arms, from their covariance (A, A)."""

    def __init__(self, covariance: Floats, pairs: list[Pair], level: float) -> None:
        self.pairs, self.level = pairs, level
        self._arms = sorted({arm for pair in pairs for arm in pair})
        self._draws = _draw(covariance, pairs) if len(pairs) > 1 else None

    @property
    def level_of_each(self) -> float:
        """The level of each pair's interval for all to hold together."""
        return 2 * float(ndtr(self.critical(tuple(self._arms), self.level))) - 1

    def critical(self, group: tuple[int, ...], level: float) -> float:
        """Quantile of the largest |Z| among the pairs of a group of arms."""
        inside = [k for k, pair in enumerate(self.pairs) if set(pair) <= set(group)]
        if self._draws is None or len(inside) == 1:
            return float(ndtri(0.5 + level / 2))
        return float(np.quantile(self._draws[:, inside].max(axis=1), level))

    def p_value(self, z: float) -> float:
        """Chance that the largest |Z| of all pairs is z or more; below what draws can show, Bonferroni's."""
        bound = min(1.0, 2 * len(self.pairs) * float(ndtr(-z)))
        if self._draws is None:
            return bound
        return min(bound, float((1 + (self._draws.max(axis=1) >= z).sum()) / (1 + DRAWS)))

    def steps(self, z: Floats) -> Steps:
        """Which pairs are told apart by their |z| (P,)."""
        arms, n = self._arms, len(self._arms)
        needed = np.zeros(len(self.pairs))
        sizes = range(2, n + 1) if n <= MOST_IN_STEPS else (n,)
        for group in (group for size in sizes for group in combinations(arms, size)):
            inside = [k for k, pair in enumerate(self.pairs) if set(pair) <= set(group)]
            share = 1.0 if len(group) >= n - 1 else len(group) / n
            critical = self.critical(group, 1 - (1 - self.level) * share)
            if n > MOST_IN_STEPS:
                needed = np.where(z[inside] < critical, critical, 0.0)
            elif z[inside].max() < critical:
                needed[inside] = np.maximum(needed[inside], critical)
        return Steps(tuple((needed == 0).tolist()), tuple(needed.tolist()))


def _draw(covariance: Floats, pairs: list[Pair]) -> Floats:
    """(DRAWS, P) |Z|; 0 where a difference has no spread."""
    first, second = (np.array(side) for side in zip(*pairs, strict=True))
    variance = covariance[first, first] + covariance[second, second] - 2 * covariance[first, second]
    spread = np.where(variance > 0, np.sqrt(np.maximum(variance, 0.0)), np.inf)
    rng = np.random.Generator(np.random.PCG64(SEED))
    with one_blas_thread():
        values, vectors = np.linalg.eigh(covariance)
        root = (vectors * np.sqrt(np.maximum(values, 0.0))).T
        chunks = (rng.standard_normal((CHUNK, len(root))) @ root for _ in range(DRAWS // CHUNK))
        return np.concatenate([np.abs((z[:, first] - z[:, second]) / spread) for z in chunks])
