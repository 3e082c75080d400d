"""Has something changed? Population stability of features and actions, and breaks in daily series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.policies import Floats

BINS = 10
SAMPLE = 20_000
"""Rows per side, evenly spaced: a drift worth a warning shows in far fewer."""


def population_stability_index(before: Floats, after: Floats) -> float:
    """PSI of one feature: sum over deciles of `before` of (q - p) log(q / p).

    By custom, below 0.1 nothing moved and above 0.25 something did. Half a row is added to every bin, so an
    empty bin is a finite, large term. Equal deciles merge, which makes a 0/1 feature two bins.
    """
    edges = np.unique(np.quantile(before, np.arange(1, BINS) / BINS, method="inverted_cdf"))
    bins = 2 * len(edges) + 1  # each edge value is a bin of its own: a spike at 0 stays visible
    p = np.bincount(_bin_of(before, edges), minlength=bins) + 0.5
    q = np.bincount(_bin_of(after, edges), minlength=bins) + 0.5
    used = (p > 0.5) | (q > 0.5)
    p, q = p[used] / p[used].sum(), q[used] / q[used].sum()
    return float(((q - p) * np.log(q / p)).sum())


def stability_of_features(
    features: NDArray[np.floating], recent: NDArray[np.bool_], names: tuple[str, ...]
) -> list[tuple[str, float]]:
    """(feature, PSI) of the recent rows against the others, largest first; features (n, d), recent (n,)."""
    before, after = _spaced(np.flatnonzero(~recent)), _spaced(np.flatnonzero(recent))
    indices = [
        (name, population_stability_index(features[before, k], features[after, k]))
        for k, name in enumerate(names)
    ]
    return sorted(indices, key=lambda pair: (-pair[1], pair[0]))


def total_variation(before: Floats, after: Floats) -> float:
    """Half the sum of absolute differences of two distributions (A,): the share that changed places."""
    return float(0.5 * np.abs(before - after).sum())


@dataclass(frozen=True)
class Break:
    """The likeliest break of a daily series."""

    first_day: int
    """First day of the new regime, days since 1970-01-01."""
    before: float
    after: float
    statistic: float
    """|after - before| in standard errors of daily means; about 4 at most where nothing happened."""


def largest_break(days: NDArray[np.integer], values: Floats, *, margin_days: int = 7) -> Break | None:
    """The day (m,) that splits the daily values (m,) most, `margin_days` or more on either side; None if
    the series is shorter than that. Welch's statistic, its variances from the days on either side."""
    m = len(values)
    best = None
    for cut in range(margin_days, m - margin_days + 1):
        left, right = values[:cut], values[cut:]
        variance = left.var(ddof=1) / cut + right.var(ddof=1) / (m - cut)
        gap = float(right.mean() - left.mean())
        # Days that agree to the last bit carry no variance; a gap there is rounding or a clean break.
        statistic = abs(gap) / float(np.sqrt(variance + 1e-18))
        if best is None or statistic > best.statistic:
            best = Break(int(days[cut]), float(left.mean()), float(right.mean()), statistic)
    return best


def daily_means(days: NDArray[np.integer], values: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Distinct days and the mean of `values` (n,) on each."""
    distinct, where = np.unique(days, return_inverse=True)
    means = np.bincount(where, weights=values) / np.bincount(where)
    return distinct.astype(np.int64), means


def _bin_of(values: Floats, edges: Floats) -> NDArray[np.int64]:
    return np.searchsorted(edges, values, "left") + np.searchsorted(edges, values, "right")


def _spaced(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(rows) <= SAMPLE:
        return rows
    return rows[np.linspace(0, len(rows) - 1, SAMPLE).astype(np.int64)]
