"""Are forecast chances kept? The calibration slope, by entities that did not teach the forecast.

    logit P(active) = a + b logit(forecast)

fitted by maximum likelihood (Cox 1958): b = 1 and a = 0 where chances are kept, b < 1 where they are too far
apart, as those of a forecast that learnt noise, b > 1 where they are too near each other. Its standard error
adds up what an entity's windows say (sandwich). Wrong in what it does not ask: a slope of 1 is that of all
chances together, and the bins show where it is not. Where chances hardly differ the slope is nearly unknown,
and negative in many small logs: those left out differ from those who taught by chance, the other way round.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

from models.churn.activity_log import Bools, Floats, Ints
from models.results import CalibrationBin, Interval

BINS = 10
NEAREST = 1e-6
"""Chances nearer to 0 or 1 count as so near."""
STEPS = 50


@dataclass(frozen=True)
class Calibration:
    """What forecast chances were worth."""

    slope: Interval
    expected: float
    """Mean of the chances;"""
    observed: float
    """and the share that was active."""
    ranked: float
    """Chance that of two, one active and one not, the active one had the larger chance (area under the ROC
    curve)."""
    bins: tuple[CalibrationBin, ...]
    """Tenths by their chance, from the least likely."""
    entities: int
    windows: int


def calibrate(chance: Floats, active: Bools, entity: Ints, *, level: float) -> Calibration:
    """Of forecast chances (m,) and what came (m,). Raises ValueError where all were active, or nobody."""
    if active.all() or not active.any():
        raise ValueError("chances can be checked only where some were active and others were not")
    _, who = np.unique(entity, return_inverse=True)
    slope, error = _slope(logit(np.clip(chance, NEAREST, 1 - NEAREST)), active, who)
    reach = float(ndtri(0.5 + level / 2)) * error
    n_active, rank = int(active.sum()), rankdata(chance)
    over = float(rank[active].sum()) - n_active * (n_active + 1) / 2
    return Calibration(
        slope=Interval(slope, slope - reach, slope + reach, level),
        expected=float(chance.mean()),
        observed=float(active.mean()),
        ranked=over / (n_active * (len(active) - n_active)),
        bins=_bins(chance, active),
        entities=int(who.max()) + 1,
        windows=len(active),
    )


def _slope(x: Floats, active: Bools, who: Ints) -> tuple[float, float]:
    """b and its standard error, by Newton's steps; 0 and infinity where all chances are alike."""
    if np.ptp(x) < 1e-12:
        return 0.0, float("inf")
    design, theta = np.column_stack((np.ones(len(x)), x)), np.array([0.0, 1.0])
    for _ in range(STEPS):
        p = expit(design @ theta)
        score = design * (active - p)[:, None]  # (m, 2)
        information = (design * (p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(information, score.sum(axis=0))
        theta = theta + np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-10:
            break
    inverse = np.linalg.inv(information)
    of_entities = np.column_stack([np.bincount(who, column) for column in score.T])
    return float(theta[1]), float(np.sqrt((inverse @ (of_entities.T @ of_entities) @ inverse)[1, 1]))


def _bins(chance: Floats, active: Bools) -> tuple[CalibrationBin, ...]:
    """Equal chances share a bin."""
    edges = np.unique(np.quantile(chance, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    where = np.searchsorted(edges, chance, side="right")
    count = np.bincount(where)
    told, came = np.bincount(where, chance), np.bincount(where, active)
    return tuple(
        CalibrationBin("active", int(count[b]), float(told[b] / count[b]), float(came[b] / count[b]))
        for b in np.flatnonzero(count)
    )
