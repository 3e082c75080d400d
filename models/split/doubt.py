"""Intervals of totals on the reporting entities: one method for the uplift, the spend and the frontier."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.evaluation import BootstrapT
from models.results import Interval
from models.split.delivery import standard_error, total

Floats = NDArray[np.float64]
IntervalMethod = Callable[[Floats, float], Interval]
"""(per-cluster values (C,) whose sum is the estimate, level) -> interval; infinite bounds where unknown."""
BISECTIONS = 14
"""Of a level: to a ten-thousandth, as far as resamples tell."""


@dataclass(frozen=True)
class Doubt:
    """How intervals of the reporting entities are made, and of which level."""

    interval: IntervalMethod
    level: float = 0.95

    def of(self, values: Floats) -> Interval:
        """Of the total of (C,)."""
        return self.interval(values, self.level)


def normal_interval(values: Floats, level: float) -> Interval:
    """Estimate +- z clustered standard errors. Too short for rare heavy purchases in few clusters."""
    half = float(norm.ppf((1 + level) / 2)) * standard_error(values)
    return Interval(total(values), total(values) - half, total(values) + half, level)


def bootstrap_interval(cluster_key: NDArray[np.int64], seed: int = 0) -> IntervalMethod:
    """The evaluation's bootstrap-t over groups of entities (C,), drawn once for all intervals."""
    bootstrap = BootstrapT(cluster_key, seed=seed)

    def interval(values: Floats, level: float) -> Interval:
        found = bootstrap.intervals(np.ascontiguousarray(values)[:, None], scale=1.0, level=level)[0]
        return found or normal_interval(values, level)

    return interval


def probability_above_zero(values: Floats, interval: IntervalMethod) -> float:
    """How sure the total of (C,) is above 0, as the interval that is printed has it. NaN where unknown.

    (1 + L) / 2 for the level L whose lower bound is 0, and (1 - L) / 2 for the one whose upper bound is.
    """
    whole = interval(values, 0.5)
    if not np.isfinite(whole.high - whole.low):
        return float("nan")
    above = whole.estimate > 0
    inside, outside = 0.0, 1.0  # levels whose interval excludes 0, and includes it
    for _ in range(BISECTIONS):
        middle = 0.5 * (inside + outside)
        found = interval(values, middle)
        excludes = found.low > 0 if above else found.high < 0
        inside, outside = (middle, outside) if excludes else (inside, middle)
    return 0.5 + inside / 2 if above else 0.5 - inside / 2
