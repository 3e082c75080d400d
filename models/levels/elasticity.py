"""The price elasticity of demand: per cent of units per per cent of price.

From the mean units u_a at each level, doubly robust, with price p_a = 1 - a / 100 at a per cent off,

    log u_a = constant + elasticity log p_a,

by least squares weighted with u_a^2 / var(u_a), the inverse variance of log u_a. Its interval resamples
entities (bootstrap-t of the influence, elasticity ~ sum_a k_a u_a / u_a(estimate)). Assumption: one
elasticity over all levels and all entities together. Whether the levels lie on one such line is asked: the
misfit R of log u, R' C^+ R with its covariance C ~ chi-squared with A - 2 degrees. Where they do not, each
step has an elasticity of its own,

    arc elasticity = log(u_b / u_a) / log(p_b / p_a)    of neighbours a, b,

with an interval of its own. Wrong where customers react to a discount as such and not to the price (then 5 %
off already does most of it), where they buy ahead what they would have bought later, and where kinds of
entities differ: it is then that of their sum, which is not constant. A log too small to see that passes.
"""

import numpy as np

from models.evaluation import BootstrapT
from models.levels.curve import Floats, chance_of_misfit
from models.levels.sure import Parts
from models.results import ArcElasticity, Elasticity, Interval

FULL = 100.0
"""Per cent."""
TERMS = 2
"""Of the line: its constant and its slope."""


def price_elasticity(
    per_cent_off: Floats, sold: Parts, bootstrap: BootstrapT, level: float
) -> Elasticity | None:
    """per_cent_off (A,), ascending, below 100; sold: units at each level. None where some level sold nothing,
    or too few entities tell an interval."""
    units, variance = sold.values, np.diag(sold.covariance)
    if not (units > 0).all() or not (variance > 0).all() or not (per_cent_off < FULL).all():
        return None
    weight = units**2 / variance
    price, logged = np.log1p(-per_cent_off / FULL), np.log(units)
    centred = price - weight @ price / weight.sum()
    slope = weight * centred / (weight @ centred**2)  # (A,) k
    steps = np.diff(np.eye(len(units)), axis=0) / np.diff(price)[:, None]  # (A - 1, A)
    of_logs = np.vstack((slope, steps))  # (A, A) what each elasticity takes of log u
    estimates = of_logs @ logged
    influence = sold.contributions @ (of_logs / units).T  # (C, A)
    found = bootstrap.intervals(influence, scale=1 / sold.rows, level=level)
    about = [_about(at, one) for at, one in zip(estimates.tolist(), found, strict=True)]
    if about[0] is None:
        return None
    line = np.ones((len(units), 1)) * (weight / weight.sum()) + np.outer(centred, slope)  # (A, A) H
    relative = sold.covariance / np.outer(units, units)  # of log u
    return Elasticity(
        constant=about[0],
        misfit=chance_of_misfit(line, logged, relative, len(units) - TERMS),
        steps=tuple(
            ArcElasticity(float(per_cent_off[a]), float(per_cent_off[a + 1]), float(estimates[a + 1]), one)
            for a, one in enumerate(about[1:])
        ),
    )


def _about(estimate: float, found: Interval | None) -> Interval | None:
    """The interval of what is added up, about the estimate of which it is the first-order part."""
    if found is None:
        return None
    low, high = found.low - found.estimate, found.high - found.estimate
    return Interval(estimate, estimate + low, estimate + high, found.level)
