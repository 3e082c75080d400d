"""The distribution of a journey's total outcome under a policy: its CDF, quantiles and tail means."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from models.evaluation.intervals import standard_errors
from models.evaluation.steps import Steps
from models.evaluation.weights import Weights
from models.journeys import Journeys
from models.results import Interval

Floats = NDArray[np.float64]
ROUNDING = 1e-12
"""Sums of shares may miss a level by this much."""


@dataclass(frozen=True)
class Distribution:
    """Self-normalised weighted CDF of journey totals, F(x) = sum_j w_j 1[R_j <= x] / sum_j w_j.

    (Huang, Leqi, Lipton & Azizzadenesheli 2021.) w_j is the whole journey's importance weight: no Markov
    assumption; consistent when mu is right and positive wherever pi is. Its noise grows with the length of
    the journeys as that of trajectory-wise weighting does: look at the last step's effective sample size.
    One journey is one observation: an entity's journeys are neither added up nor independent (errors are
    clustered by entity). A tail's outcomes count as part of the journey.

    Contributions (C, ...) sum to the estimate, and C x their variance is its squared standard error
    (influence functions). Wrong for tails that hold fewer than some tens of effective journeys: what the log
    has not seen has no weight.
    """

    totals: Floats  # (J,) journey totals, ascending
    weights: Floats  # (J,) shares, summing to 1
    cluster: NDArray[np.int64]  # (J,)
    n_clusters: int

    def cdf(self, points: Floats) -> Floats:
        """(K,) F at some points (K,), in outcome units."""
        running = np.append(0.0, np.minimum(np.cumsum(self.weights), 1.0))
        return running[np.searchsorted(self.totals, points, side="right")]

    def cdf_contributions(self, points: Floats) -> Floats:
        """(C, K) contributions to F at some points (K,)."""
        return np.column_stack([self._contributions((self.totals <= x).astype(np.float64)) for x in points])

    def quantile(self, level: float) -> float:
        """Smallest total x with F(x) >= level, 0 < level < 1."""
        running = np.cumsum(self.weights)
        reached = int(np.searchsorted(running, level - ROUNDING))
        return float(self.totals[min(reached, len(self.totals) - 1)])

    def quantile_interval(self, level: float, *, confidence: float = 0.95) -> Interval | None:
        """The quantile, with the quantiles at level +- z x standard error of F there (Woodruff 1952): no
        density is needed. None where the spread of F is not known."""
        estimate = self.quantile(level)
        error = float(standard_errors(self.cdf_contributions(np.array([estimate])))[0])
        if not np.isfinite(error):
            return None
        reach = float(norm.isf((1 - confidence) / 2)) * error
        low = self.quantile(max(level - reach, 0.0))
        high = self.quantile(min(level + reach, 1.0))
        return Interval(estimate, low, high, confidence)

    def mean_contributions(self) -> Floats:
        """(C,) contributions to the mean total: self-normalised trajectory-wise weighting."""
        return self._contributions(self.totals)

    def lower_cvar_contributions(self, level: float) -> Floats:
        """(C,) contributions to the mean of the worst share `level` of journeys, 0 < level <= 1.

        CVaR = max_x x - E[(x - R)+] / level, reached at the quantile (Rockafellar & Uryasev 2000); hence the
        quantile's own error plays no part to first order.
        """
        x = self.quantile(level)
        return self._contributions(x - np.maximum(x - self.totals, 0.0) / level)

    def upper_cvar_contributions(self, level: float) -> Floats:
        """(C,) contributions to the mean of the best share `level` of journeys, 0 < level <= 1."""
        x = self.quantile(1 - level) if level < 1 else float(self.totals[0])
        return self._contributions(x + np.maximum(self.totals - x, 0.0) / level)

    def _contributions(self, values: Floats) -> Floats:
        """(C,) contributions to the weighted mean of values (J,): influence, and the mean spread evenly."""
        mean = float((self.weights * values).sum())
        influence = self.weights * (values - mean)
        by_cluster = np.full(self.n_clusters, mean / self.n_clusters)
        by_cluster += np.bincount(self.cluster, weights=influence, minlength=self.n_clusters)
        return by_cluster


def weighted_distribution(
    journeys: Journeys, weights: Weights, steps: Steps, outcome: str, discount: Floats | None = None
) -> Distribution | None:
    """The distribution of one outcome's total per journey under the policy of these weights.

    weights: running products, of which each journey's last one is used. discount (n,): cumulative, default 1.
    None where no journey has any weight. The policy with weights of 1 gives the logged distribution.
    """
    values = journeys.outcomes[:, journeys.outcome_names.index(outcome)]
    if discount is not None:
        values = values * discount
    whole = float(weights.final.sum())
    if not whole > 0:
        return None
    totals = np.zeros(len(steps.last))
    totals += np.bincount(steps.journey, weights=values, minlength=len(totals))
    order = np.argsort(totals, kind="stable")
    return Distribution(
        totals=totals[order],
        weights=weights.final[order] / whole,
        cluster=journeys.cluster[steps.last][order],
        n_clusters=journeys.n_clusters,
    )
