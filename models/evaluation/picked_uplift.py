"""The uplift of a plan that was picked on the very entities that judge it: the bound pays for the picking."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.headline import uplift_bound, uplift_interval
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.evaluation.intervals.simultaneous import PlanClass
from models.results import FewDiffer, Uplift

HALVINGS = 14
"""Of a level: to a ten-thousandth, as far as resamples tell."""
SUREST = 0.9999


@dataclass(frozen=True)
class Picked:
    """Of whom a plan's figures come that was picked on the same entities."""

    plans: PlanClass
    """All that could have been picked."""
    level: float
    """Of a bound for all of them at once, one-sided."""
    every_night: float
    """The same for every night of a growing log together; 1 where no such bound is known."""
    optimism: float = 0.0
    """By how much the best of many flatters itself, as resamples tell it; currency units per period."""


@dataclass(frozen=True)
class PickedUplift:
    """The uplift of a plan that was picked on the entities that judge it."""

    uplift: Uplift
    """Estimate less the optimism; low end for every plan at once, high end for this one: each holds with the
    level asked, so both together with twice that, less 1."""
    low_every_night: float | None
    reach: float
    """Estimate as picked, less low."""


def picked_uplift(
    dr: DoublyRobust, value: PolicyValue, outcome: str, bootstrap: BootstrapT, picked: Picked
) -> PickedUplift | FewDiffer:
    """Uplift of one outcome per budget period of a plan that was picked, by this value too, among many.

    The low end holds for every plan that could have been picked (`intervals.simultaneous`), the high end is
    that of this one plan, whose estimate flatters: the truth is rarely above. The estimate between them is
    less the picking's optimism.
    """
    k, scale = dr.journeys.outcome_names.index(outcome), dr.journeys.scale
    found, gross = value.uplifts(dr.logged_value, k), value.uplift_gross.of(k)
    both = 2.0 * picked.level - 1.0
    whole = uplift_interval(found, gross, bootstrap, scale=scale, level=both)

    def low_at(level: float) -> float | None:
        return uplift_bound(found, gross, bootstrap, picked.plans, scale=scale, level=level)

    low = low_at(picked.level)
    if whole is None or low is None:
        return FewDiffer(outcome)
    estimate = float(np.clip(whole.estimate - picked.optimism, low, whole.high))
    better = _sure_above_zero(low_at)
    lasting = low_at(picked.every_night) if picked.every_night < 1.0 else None
    told = Uplift(outcome, estimate, low, whole.high, both, better)
    return PickedUplift(told, None if lasting is None else min(lasting, low), whole.estimate - low)


def _sure_above_zero(low_at: Callable[[float], float | None]) -> float:
    """The level at which the bound for every plan at once is 0; the least asked is a half."""
    inside, outside = 0.5, SUREST
    for _ in range(HALVINGS):
        middle = 0.5 * (inside + outside)
        low = low_at(middle)
        inside, outside = (middle, outside) if low is not None and low > 0 else (inside, middle)
    return inside
