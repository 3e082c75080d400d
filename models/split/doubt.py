"""Intervals of totals: one method for the uplift, the spend and the frontier."""

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


@dataclass(frozen=True)
class Doubt:
    """How intervals are made, and of which level."""

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
