"""The price elasticity of demand: per cent of units per per cent of price.

From the mean units u_a at each level, doubly robust, with price p_a = 1 - a / 100 at a per cent off,

    log u_a = constant + elasticity log p_a,

by least squares weighted with u_a^2 / var(u_a), the inverse variance of log u_a. Its interval resamples
entities (bootstrap-t of the influence, elasticity ~ sum_a k_a u_a / u_a(estimate)). Assumption: one
elasticity over all levels and all entities together. Wrong where customers react to a discount as such and
not to the price (then 5 % off already does most of it), where they buy ahead what they would have bought
later, and where kinds of entities differ: it is then that of their sum, which is not constant.
"""

import numpy as np

from models.evaluation import BootstrapT
from models.levels.curve import Floats
from models.levels.sure import Parts
from models.results import Interval

FULL = 100.0
"""Per cent."""


def price_elasticity(
    per_cent_off: Floats, sold: Parts, bootstrap: BootstrapT, level: float
) -> Interval | None:
    """per_cent_off (A,), below 100; sold: units at each level. None where some level sold nothing, or too few
    entities tell an interval."""
    units, variance = sold.values, np.diag(sold.covariance)
    if not (units > 0).all() or not (variance > 0).all() or not (per_cent_off < FULL).all():
        return None
    weight = units**2 / variance
    price = np.log1p(-per_cent_off / FULL)
    centred = price - weight @ price / weight.sum()
    by_level = weight * centred / (weight @ centred**2)  # (A,) k
    estimate = float(by_level @ np.log(units))
    influence = sold.contributions @ (by_level / units)  # (C,)
    found = bootstrap.intervals(influence[:, None], scale=1 / sold.rows, level=level)[0]
    if found is None:
        return None
    centre = found.estimate
    return Interval(estimate, estimate + found.low - centre, estimate + found.high - centre, level)
