"""Tests that are logged as counts: how many were given an arm, how many succeeded or what that added up to.

The same intervals, steps and verdict as for entities (`spread`, `simultaneous`, `verdict`), from n, sum and
sum of squares per arm: the mean of an arm, its variance s^2 / n, and the gamma reach of its terms. Nothing is
there to resample or to adjust for. With days, an arm is worth the mean of its daily means, weighted by each
day's entities: where arms' shares change from day to day, a plain mean would compare days. Days on which an
arm has no two entities compare nothing and are left out; an arm of fewer than MIN_ENTITIES is shown and
decides nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.results import ArmDifference, ArmValue, TrialVerdict
from models.trials.comparison import Comparison, more_entities
from models.trials.simultaneous import JointNormal, pairs_of
from models.trials.spread import NOTHING, Amounts, ArmMoments, Spread, Terms, pooled_error, tails_of
from models.trials.trial_log import MIN_ENTITIES, Floats
from models.trials.verdict import decide_which
from sql.errors import LogError

MOST_ARMS = 20
"""All pairs of more are too many to be judged at once."""


@dataclass(frozen=True)
class ArmCounts:
    """One arm, on one day where days are told."""

    arm: str
    entities: int
    total: float
    """Successes, or the sum of what they are worth;"""
    squares: float
    """and the sum of its squares: the successes again, where each counts 1."""
    day: int = 0

    def __post_init__(self) -> None:
        impossible = self.total**2 > self.squares * self.entities * (1 + 1e-9)
        if self.entities < 0 or self.squares < 0 or impossible:
            raise LogError(
                f"Counts of arm `{self.arm}`: {self.entities} entities with sum {self.total:g} and sum of "
                f"squares {self.squares:g} cannot be; successes are at most the entities, and the sum "
                "squared is at most entities x sum of squares."
            )


@dataclass(frozen=True)
class CountedVerdict:
    """One test of counts."""

    comparison: Comparison
    verdict: TrialVerdict
    p_value: float
    """Chance of a largest difference like this one, were all arms alike."""
    left_out: int
    """Entities on days that compare nothing."""


def successes(arm: str, entities: int, succeeded: int, day: int = 0) -> ArmCounts:
    """An arm of which so many succeeded."""
    return ArmCounts(arm, entities, succeeded, succeeded, day)


def judge_counts(
    rows: Sequence[ArmCounts],
    *,
    idle: str | None = None,
    level: float = 0.95,
    matters: float | None = None,
) -> CountedVerdict:
    """Arms in the order of their first rows. matters: the difference per entity that matters to the study.

    LogError for fewer than two arms or more than MOST_ARMS, and where no day has them all.
    """
    arms = tuple(dict.fromkeys(row.arm for row in rows))
    if not 2 <= len(arms) <= MOST_ARMS:
        raise LogError(f"A test needs 2 to {MOST_ARMS} arms; the counts hold {len(arms)}.")
    sums = _by_day(rows, arms)
    many = sums[0].sum(axis=1) >= MIN_ENTITIES  # the days of an arm of a few decide about nobody
    whole = (sums[0][many if many.sum() > 1 else ...] >= 2).all(axis=0)
    if not whole.any():
        raise LogError(
            "No day of the counts has two entities or more in every arm, so nothing can be compared."
        )
    test = _Test(*sums[:, :, whole])
    enough = test.entities >= MIN_ENTITIES
    pairs = pairs_of(len(arms), arms.index(idle) if idle in arms else None)
    judged = [pair for pair in pairs if enough[list(pair)].all()]
    spreads = {pair: test.spread(*pair) for pair in judged}
    joint = JointNormal(np.diag(test.variance), judged, level)
    z = np.array([spread.z for spread in spreads.values()])
    steps, each = (joint.steps(z), joint.level_of_each) if judged else (None, level)
    differences = []
    for pair in pairs:
        names, difference = (arms[pair[0]], arms[pair[1]]), float(test.mean[pair[0]] - test.mean[pair[1]])
        if steps is None or pair not in spreads:
            differences.append(ArmDifference(*names, difference, None, None, None, False))
            continue
        one, (told, critical) = spreads[pair], steps.of(judged.index(pair))
        more, to_matter = (
            None
            if told or size is None or one.error == 0
            else more_entities(int(test.entities.sum()), size, one.error, critical)
            for size in (difference, matters)
        )
        together = one.interval(each, scale=1.0, said=level)
        alone = one.interval(level, scale=1.0)
        differences.append(
            ArmDifference(*names, difference, one.error, together, alone, told, more, to_matter)
        )
    values = tuple(
        ArmValue(
            arm,
            int(test.entities[k]),
            float(test.total[k].sum() / max(test.entities[k], 1)),
            0.0,
            float(test.mean[k]),
            test.own(k).interval(level, scale=1.0) if enough[k] else None,
        )
        for k, arm in enumerate(arms)
    )
    compared = Comparison(values, tuple(differences))
    p_value = joint.p_value(float(z.max())) if judged else 1.0
    left_out = int(sums[0][:, ~whole].sum())
    return CountedVerdict(compared, decide_which(compared, idle), p_value, left_out)


def false_discoveries(p_values: Sequence[float], rate: float = 0.05) -> tuple[bool, ...]:
    """Which of many tests found something, so that at most `rate` of those found are false on average.

    The largest k with p_(k) <= k rate / m, and all below (Benjamini & Hochberg 1995). Holds for independent
    tests, and for those that err alike.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.sort(p)
    below = np.flatnonzero(order <= rate * np.arange(1, len(p) + 1) / max(len(p), 1))
    limit = order[below[-1]] if len(below) else -1.0
    return tuple((p <= limit).tolist())


def _by_day(rows: Sequence[ArmCounts], arms: tuple[str, ...]) -> Floats:
    """(3, A, D) entities, sums and sums of squares; days ascending, rows of one arm and day added up."""
    days = sorted({row.day for row in rows})
    found = np.zeros((3, len(arms), len(days)))
    for row in rows:
        found[:, arms.index(row.arm), days.index(row.day)] += (row.entities, row.total, row.squares)
    return found


def _by_sign(total: Floats, squares: Floats) -> tuple[Terms, Terms]:
    """Gains and losses, where a sum below 0 is taken to be of losses alone."""
    lost = total < 0
    return (
        Terms(float(total[~lost].sum()), float(squares[~lost].sum())),
        Terms(float(-total[lost].sum()), float(squares[lost].sum())),
    )


@dataclass(frozen=True)
class _Test:
    """A arms on the D days that compare them."""

    n: Floats  # (A, D) entities
    total: Floats  # (A, D)
    squares: Floats  # (A, D)

    @cached_property
    def entities(self) -> Floats:
        """(A,)"""
        return np.asarray(self.n.sum(axis=1))

    @cached_property
    def share(self) -> Floats:
        """(D,) of all entities."""
        return np.asarray(self.n.sum(axis=0) / self.n.sum())

    @cached_property
    def weight(self) -> Floats:
        """(A, D) of one entity: days count by their share; of an arm that lacks a day, all its entities
        alike."""
        alike = 1.0 / np.maximum(self.entities, 1)[:, None]
        by_day = self.share / np.maximum(self.n, 1)
        return np.where((self.n >= 2).all(axis=1, keepdims=True), by_day, alike)

    @cached_property
    def mean(self) -> Floats:
        """(A,)"""
        return np.asarray((self.weight * self.total).sum(axis=1))

    @cached_property
    def variance(self) -> Floats:
        """(A,) of the mean."""
        n = np.maximum(self.n, 2)
        within = np.maximum(self.squares - self.total**2 / n, 0.0) * n / (n - 1)
        return np.asarray((self.weight**2 * within).sum(axis=1))

    @cached_property
    def amounts(self) -> Amounts:
        return Amounts(*_by_sign(self.total, self.squares))

    def moments(self, arm: int) -> ArmMoments:
        n, weight = self.n[arm], self.weight[arm]
        gains, losses = _by_sign(weight * self.total[arm], weight**2 * self.squares[arm])
        return ArmMoments(
            gains,
            losses,
            fourths=0.0,
            weight=float((n * weight**2).sum() / (n * weight).sum()),
        )

    def spread(self, arm: int, other: int) -> Spread:
        """Of the mean of one arm less that of another."""
        return Spread(
            estimate=float(self.mean[arm] - self.mean[other]),
            error=math.sqrt(self.variance[arm] + self.variance[other]) or self._pooled_error(arm, other),
            tails=tails_of(self.moments(arm), self.moments(other), self.amounts),
        )

    def own(self, arm: int) -> Spread:
        """Of one arm's mean."""
        tails = tails_of(self.moments(arm), ArmMoments(NOTHING, NOTHING, 0.0, 0.0), self.amounts)
        return Spread(float(self.mean[arm]), math.sqrt(self.variance[arm]), tails)

    def _pooled_error(self, arm: int, other: int) -> float:
        pair = [arm, other]
        errors = [
            pooled_error((n[0], n[1]), float(total.sum()), float(squares.sum()))
            for n, total, squares in zip(
                self.n[pair].T, self.total[pair].T, self.squares[pair].T, strict=True
            )
        ]
        return math.hypot(*(self.share * errors))
