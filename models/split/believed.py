"""What is believed of a plan that was picked on the entities that judge it, from their quick looks."""

import numpy as np
from numpy.typing import NDArray

from models.evaluation import Believed, detectable
from models.results import Uplift, told_level
from models.split.choice import SplitChoice
from models.split.delivery import standard_error, total
from models.split.doubt import IntervalMethod

Floats = NDArray[np.float64]


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
    errors = estimate / error if error > 0 else float(np.copysign(np.inf, estimate))
    sure = choice.plans.confidence(errors)
    uplift = Uplift(choice.outcome, middle, low, high, told_level(both), sure)
    lasting = estimate - choice.plans.errors(choice.lasting) * error if choice.lasting < 1 else None
    return Believed(uplift, lasting, detectable(reach, error))
