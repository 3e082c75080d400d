"""What is believed of a plan that was picked on the entities that judge it, from their quick looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.results import Uplift
from models.split.choice import SplitChoice
from models.split.delivery import standard_error, total
from models.split.doubt import IntervalMethod

Floats = NDArray[np.float64]
POWER = 0.8
"""A gain is one that a log could confirm where it would with this chance."""


@dataclass(frozen=True)
class Believed:
    """A plan's uplift, as the verdict has it."""

    uplift: Uplift
    low_every_night: float | None
    """Of a bound that holds for every night together as well; None where too few entities give none."""
    detectable: float
    """The smallest true gain of a plan as uncertain as this one that this log would have confirmed, with a
    chance of POWER."""


def detectable(reach: float, error: float) -> float:
    """reach: of the lower bound below the estimate; error: the estimate's standard error."""
    return reach + float(norm.ppf(POWER)) * error


def believed(choice: SplitChoice, gain: Floats, interval: IntervalMethod) -> Believed | None:
    """The choice's gain by cluster (C,): the low end for every plan that could have been picked, the high end
    for this one, the estimate less what picking flatters. None where there is no spread to tell it by."""
    estimate, error, both = total(gain), standard_error(gain), 2.0 * choice.level - 1.0
    reach = choice.plans.errors(choice.level) * error
    high = interval(gain, both).high
    if not np.isfinite(reach + high):
        return None
    low = estimate - reach
    middle = float(np.clip(estimate - choice.optimism, low, high))
    uplift = Uplift(choice.outcome, middle, low, high, both, choice.plans.confidence(estimate / error))
    lasting = estimate - choice.plans.errors(choice.lasting) * error if choice.lasting < 1 else None
    return Believed(uplift, lasting, detectable(reach, error))
