"""Tests that are logged as counts: how many were given an arm, how many succeeded or what that added up to.

The same intervals, steps and verdict as for entities (`spread`, `simultaneous`, `verdict`), from n, sum and
sum of squares per arm: the mean of an arm, its variance s^2 / n, and the gamma reach of its terms. Nothing is
there to resample or to adjust for. With days, an arm is worth the mean of its daily means, weighted by each
day's entities: where arms' shares change from day to day, a plain mean would compare days. Days on which an
arm has no two entities compare nothing and are left out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.results import ArmDifference, ArmValue, Interval, TrialVerdict
from models.trials.comparison import Comparison, more_entities
from models.trials.simultaneous import JointNormal, pairs_of
from models.trials.spread import Amounts, ArmMoments, Spread, tails_of
from models.trials.trial_log import MIN_ENTITIES
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
        few = self.total**2 > self.squares * self.entities * (1 + 1e-9)
        if self.entities < 0 or self.squares < 0 or few:
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
        raise LogError(f"A test needs two arms at least and takes {MOST_ARMS}; the counts hold {len(arms)}.")
    n, total, squares = _by_day(rows, arms)
    whole = (n >= 2).all(axis=0)
    if not whole.any():
        raise LogError(
            "No day of the counts has two entities or more in every arm, so nothing can be compared."
        )
    left_out = int(n[:, ~whole].sum())
    n, total, squares = n[:, whole], total[:, whole], squares[:, whole]
    weight = (n.sum(axis=0) / n.sum())[None, :] / n  # (A, D) of one entity
    mean = (weight * total).sum(axis=1)
    variance = ((weight**2) * np.maximum(squares - total**2 / n, 0.0) * n / (n - 1)).sum(axis=1)
    moments = [
        ArmMoments(
            total=float((weight[k] * np.maximum(total[k], 0.0)).sum()),
            squares=float((weight[k] ** 2 * squares[k]).sum()),
            fourths=0.0,
            weight=float((n[k] * weight[k] ** 2).sum() / (n[k] * weight[k]).sum()),
        )
        for k in range(len(arms))
    ]
    amounts = Amounts(float(np.maximum(total, 0.0).sum()), float(squares.sum()))
    entities = n.sum(axis=1)
    pairs = pairs_of(len(arms), arms.index(idle) if idle in arms else None)
    judged = [pair for pair in pairs if (entities[list(pair)] >= MIN_ENTITIES).all()]
    spreads = {
        (a, b): Spread(
            estimate=float(mean[a] - mean[b]),
            error=math.sqrt(variance[a] + variance[b]),
            tails=tails_of(moments[a], moments[b], amounts),
        )
        for a, b in pairs
    }
    joint = JointNormal(np.diag(variance), judged, level)
    z = np.array([spreads[pair].z for pair in judged])
    steps = joint.steps(z) if judged else None
    differences = []
    for pair in pairs:
        one, names = spreads[pair], (arms[pair[0]], arms[pair[1]])
        if steps is None or pair not in judged:
            differences.append(ArmDifference(*names, one.estimate, None, None, None, False))
            continue
        told, critical = steps.of(judged.index(pair))
        more, enough = (
            None if told or size is None else more_entities(int(n.sum()), size, one.error, critical)
            for size in (one.estimate, matters)
        )
        together = one.interval(joint.level_of_each, scale=1.0, said=level)
        alone = one.interval(level, scale=1.0)
        differences.append(
            ArmDifference(*names, one.estimate, one.error, together, alone, told, more, enough)
        )
    values = tuple(
        ArmValue(
            arm,
            int(entities[k]),
            float(mean[k]),
            0.0,
            float(mean[k]),
            _own(moments[k], variance[k], amounts, level),
        )
        for k, arm in enumerate(arms)
    )
    compared = Comparison(values, tuple(differences))
    p_value = joint.p_value(float(z.max())) if judged else 1.0
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


def _by_day(rows: Sequence[ArmCounts], arms: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A, D) entities, sums and sums of squares; days ascending, rows of one arm and day added up."""
    days = sorted({row.day for row in rows})
    found = np.zeros((3, len(arms), len(days)))
    for row in rows:
        found[:, arms.index(row.arm), days.index(row.day)] += (row.entities, row.total, row.squares)
    return found[0], found[1], found[2]


def _own(moments: ArmMoments, variance: float, amounts: Amounts, level: float) -> Interval | None:
    """The interval of one arm's mean."""
    nothing = ArmMoments(0.0, 0.0, 0.0, 0.0)
    spread = Spread(moments.total, math.sqrt(variance), tails_of(moments, nothing, amounts))
    return spread.interval(level, scale=1.0)
