"""Two kinds of evidence on one channel: pooled where they agree; where not, the channel is held."""

from collections.abc import Mapping

import numpy as np
from scipy.stats import chi2, norm

from models.results import Interval
from models.totals.results import Combined

LEVEL = 0.05
"""Of the heterogeneity test: agreeing sources are called disputed so often."""


def combine(
    user_level: Mapping[str, Interval | None],
    totals: Mapping[str, Interval | None],
    source: str = "daily totals",
) -> tuple[Combined, ...]:
    """iROAS per channel from user-level logs (tier A) and wider evidence (`source`), sorted by channel.

    Cochran's Q = (x - y)^2 / (se_x^2 + se_y^2), chi-squared with 1 degree of freedom where both estimate the
    same number. Q below its 95 % point: the precision-weighted mean, its standard error multiplied by
    sqrt(max(1, Q)) (Birge 1932) since a test that is passed narrowly proves little. Else no pooled figure.

    Assumes the two errors independent and both to mean margin per unit of the same change of spend; a
    horizon whose tail is shorter than the carry-over makes the user-level figure smaller. Wrong where both
    share a bias (the same missing sales). A wide interval passes any test: agreement with it proves nothing.
    Standard errors are half widths of the intervals over the normal quantile. Raises ValueError for an
    interval that is not finite or has no width.
    """
    channels = sorted(set(user_level) | set(totals))
    return tuple(_one(c, user_level.get(c), totals.get(c), source) for c in channels)


def _one(channel: str, user: Interval | None, total: Interval | None, source: str) -> Combined:
    if user is None or total is None:
        return Combined(channel, user, total, user or total, None, False, source)
    (x, a), (y, b) = (_with_error(channel, i) for i in (user, total))
    q = (x - y) ** 2 / (a**2 + b**2)
    if q > chi2.ppf(1 - LEVEL, 1):
        return Combined(channel, user, total, None, q, True, source)
    weight = b**2 / (a**2 + b**2)
    middle = weight * x + (1 - weight) * y
    error = a * b / np.hypot(a, b) * np.sqrt(max(1.0, q))
    level = max(user.level, total.level)
    z = float(norm.ppf((1 + level) / 2))
    pooled = Interval(float(middle), float(middle - z * error), float(middle + z * error), level)
    return Combined(channel, user, total, pooled, q, False, source)


def _with_error(channel: str, interval: Interval) -> tuple[float, float]:
    """(estimate, standard error)."""
    half = (interval.high - interval.low) / 2
    if not (np.isfinite(half) and np.isfinite(interval.estimate) and half > 0):
        raise ValueError(f"the interval of {channel} has no finite width above 0: {interval}")
    return interval.estimate, half / float(norm.ppf((1 + interval.level) / 2))
