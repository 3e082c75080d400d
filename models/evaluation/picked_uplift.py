"""The uplift of a plan that was picked on the very entities that judge it: the bound pays for the picking."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.evaluation.checks.witness import disagreements
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.support import outcome_refusals
from models.evaluation.headline import uplift_bound, uplift_interval
from models.evaluation.intervals.bootstrap_t import BootstrapT, standard_errors
from models.evaluation.intervals.simultaneous import PlanClass
from models.results import FewDiffer, Refusal, Uplift, told_level

Floats = NDArray[np.float64]

HALVINGS = 14
"""Of a level: to a ten-thousandth, as far as resamples tell."""
SUREST = 0.9999
POWER = 0.8
"""A gain is one that a log could confirm where it would with this chance."""


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
class Believed:
    """The uplift of a plan that was picked on the entities that judge it, as the verdict has it."""

    uplift: Uplift
    """Estimate less the optimism; low end for every plan at once, high end for this one: each holds with the
    level asked, so both together with twice that, less 1."""
    low_every_night: float | None
    """Of a bound that holds for every night together as well; None where too few entities give none."""
    detectable: float
    """The smallest true gain of a plan as uncertain as this one that this log would have confirmed, with a
    chance of POWER."""


def detectable(reach: float, error: float) -> float:
    """reach: of the lower bound below the estimate; error: the estimate's standard error."""
    return reach + float(norm.ppf(POWER)) * error


@dataclass(frozen=True)
class Gain:
    """What a plan was picked for: a sum of outcomes."""

    name: str
    weights: Mapping[str, float]
    """Outcome -> its weight."""

    def among(self, names: Sequence[str]) -> int | Floats:
        """The place of the one outcome that it is, or the weights (o,) of all."""
        if self.weights == {self.name: 1.0}:
            return names.index(self.name)
        return np.array([self.weights.get(name, 0.0) for name in names])


def picked_uplift(
    dr: DoublyRobust, value: PolicyValue, gain: Gain, bootstrap: BootstrapT, picked: Picked
) -> Believed | Refusal:
    """Uplift per budget period, in what it was picked for, of a plan picked, by this value too, among
    many; the reason instead, where the log cannot tell. Whether it supports the plan was asked before.

    The low end holds for every plan that could have been picked (`intervals.simultaneous`), the high end is
    that of this one plan, whose estimate flatters: the truth is rarely above. The estimate between them is
    less the picking's optimism. Where a witness contradicts the headline, the low end is the lower of the two
    bounds: large logs tell apart estimators that differ in size and not in sign.
    """
    refusals = outcome_refusals(dr.journeys, dr.logged_outcomes)
    unseen = next((refusals[name] for name in gain.weights if name in refusals), None)
    if unseen is not None:
        return unseen
    k, scale = gain.among(dr.journeys.outcome_names), dr.journeys.scale
    found, gross = value.uplifts(dr.logged_value, k), value.uplift_gross.of(k)
    both = 2.0 * picked.level - 1.0
    whole = uplift_interval(found, gross, bootstrap, scale=scale, level=both)

    # the guard's unseen purchase is the headline's for them too: witnesses see the same purchases
    contrary = [found.witnesses[one.witness] for one in disagreements(found) if one.disputed]
    valued = [found, *(replace(found, headline=witness, witnesses={}) for witness in contrary)]

    def low_at(level: float) -> float | None:
        lows = [uplift_bound(one, gross, bootstrap, picked.plans, scale=scale, level=level) for one in valued]
        known = [low for low in lows if low is not None]
        return min(known) if len(known) == len(lows) else None

    low = low_at(picked.level)
    if whole is None or low is None:
        return FewDiffer(gain.name)
    estimate = float(np.clip(whole.estimate - picked.optimism, low, whole.high))
    lasting = low_at(picked.every_night) if picked.every_night < 1.0 else None
    error = scale * float(standard_errors(found.headline[:, None])[0])
    return Believed(
        Uplift(gain.name, estimate, low, whole.high, told_level(both), _sure_above_zero(low_at)),
        None if lasting is None else min(lasting, low),
        detectable(whole.estimate - low, error),
    )


def _sure_above_zero(low_at: Callable[[float], float | None]) -> float:
    """The level at which the bound for every plan at once is 0; the least asked is a half."""
    inside, outside = 0.5, SUREST
    for _ in range(HALVINGS):
        middle = 0.5 * (inside + outside)
        low = low_at(middle)
        inside, outside = (middle, outside) if low is not None and low > 0 else (inside, middle)
    return inside
