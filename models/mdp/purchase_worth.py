"""Margin without the luck of the basket: every purchase at the worth that could be expected of it.

    margin of a row  =  purchases x w,    w = E[margin per purchase | who buys, and what it brought before]

How much somebody puts into a basket varies far more than any ad could explain, and that noise stands in every
estimate of what an ad earns: with a coefficient of variation v of baskets, the number of purchases is known
with 1 / sqrt(1 + v^2) of the error of their sum. Where an ad changes how many buy, and not how much a
purchase is worth beyond who buys, nothing is lost: E[margin | history] = E[purchases | history] x w.

w is a ridge regression over purchases, cross-fitted by entity, on what is known of the entity and on its
earlier purchases, their mean drawn towards everybody's by its credibility (Buehlmann 1967, Experience rating
and credibility). How far all that is believed the folds decide, down to not at all: then w is one number.

What an entity was shown plays no part, nor what follows from that. Every estimate compares more of an ad with
less of it: the error of a w that leans on ads would stand in the comparison as large as the luck it replaces,
and no interval would know of it. The error of w as it is here is the same on both sides.

Wrong where ads change what a purchase is worth, as a discount does. `evaluation.checks.worth_and_ads` asks
the log; margin as it was logged stays a column, and is a witness of every figure.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.mdp.feature_rows import FeatureRows, feature_moments
from models.mdp.outcomes import MARGIN, PURCHASES
from models.mdp.sample_split import fold_of
from models.mdp.transition_table import Outcome, Transitions, outcome_column
from models.numerics import one_blas_thread

Floats = NDArray[np.float64]

MARGIN_AS_LOGGED = "margin as logged"
FEWEST_PURCHASES = 400
"""Rows with a purchase without which no worth is learnt: with fewer the noise of what is learnt would be of
the order of the noise that is left out."""
FOLDS, WORTH_SALT = 5, 0x5EED_0017
RIDGES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, np.inf)
"""Penalties that the folds choose from, against features of variance 1 and a mean of squares over purchases;
infinite: nothing is believed but the mean."""
CLIPPED = (0.01, 0.99)
"""Quantiles of what purchases brought beyond which none is expected to be worth."""


@dataclass(frozen=True)
class PurchaseWorth:
    """What the purchases of a table could be expected to be worth: m rows with one."""

    rows: NDArray[np.int64]  # (m,) rows of the table, ascending
    purchases: Floats  # (m,)
    logged: Floats  # (m,) margin, micros
    expected: Floats  # (m,) purchases x w, micros; in sum what was logged

    @property
    def luck(self) -> Floats:
        """(m,) margin, micros, that could not have been expected."""
        return self.logged - self.expected

    @property
    def error_kept(self) -> float:
        """Standard error of a total that is left, as a share of what it was, where purchases are rare."""
        return float(np.sqrt((self.expected**2).sum() / (self.logged**2).sum()))


def expected_worth(transitions: Transitions) -> PurchaseWorth | None:
    """What every purchase of a table could be expected to be worth. None where it would tell nothing: too few
    purchases, or all worth the same."""
    names = [o.name for o in transitions.outcome_spec]
    if MARGIN not in names or PURCHASES not in names:
        return None
    bought = transitions.outcome(PURCHASES)
    rows = np.flatnonzero(bought > 0)
    count = bought[rows].astype(np.float64)
    logged = transitions.outcome(MARGIN)[rows].astype(np.float64)
    if len(rows) < FEWEST_PURCHASES or logged.sum() <= 0:
        return None
    each = logged / count
    if np.ptp(each) <= 1e-6 * abs(float(each.mean())):
        return None
    who = [k for k, feature in enumerate(transitions.feature_spec) if feature.group == "who"]
    before = _credible_mean(transitions.entity[rows], count, logged).astype(np.float32)
    design = np.column_stack([before, transitions.features[rows][:, who]])
    known = FeatureRows(design, np.arange(len(rows)), feature_moments(design))[:].astype(np.float64)
    fold = fold_of(transitions.entity[rows], FOLDS, WORTH_SALT)
    low, high = np.quantile(each, CLIPPED)
    expected = count * np.clip(_cross_fitted(known, each, count, fold), low, high)
    if expected.sum() <= 0:
        return None
    return PurchaseWorth(rows, count, logged, expected * (logged.sum() / expected.sum()))


def with_expected_margin(transitions: Transitions, worth: PurchaseWorth) -> Transitions:
    """The table with every purchase at its expected worth; margin as it was logged is its last outcome."""
    k = outcome_column(transitions.outcome_spec, MARGIN)
    outcomes = np.column_stack([transitions.outcomes, transitions.outcomes[:, k]])
    outcomes[worth.rows, k] = np.rint(worth.expected).astype(np.int64)
    logged = Outcome(MARGIN_AS_LOGGED, transitions.outcome_spec[k].unit, "info")
    return replace(transitions, outcomes=outcomes, outcome_spec=(*transitions.outcome_spec, logged))


def _credible_mean(entity: NDArray[np.int64], count: Floats, logged: Floats) -> Floats:
    """(m,) mean worth of an entity's earlier purchases, drawn towards everybody's: (sum + k x mean) /
    (number + k), k = variance within entities / variance between them. Rows sorted by entity and time."""
    mean = float(logged.sum() / count.sum())
    first = np.r_[True, entity[1:] != entity[:-1]]
    start = np.flatnonzero(first)[np.cumsum(first) - 1]
    number, money = np.cumsum(count) - count, np.cumsum(logged) - logged
    number, money = number - number[start], money - money[start]
    before = number > 0
    if before.sum() < FEWEST_PURCHASES / 4:
        return np.full(len(entity), mean)
    # the covariance of a purchase with the mean of those before it is the variance between entities
    centred = logged / count - mean
    between = float(np.mean(centred[before] * (money[before] / number[before] - mean)))
    within = float(np.mean(centred**2)) - between
    if between <= 0:
        return np.full(len(entity), mean)
    k = max(within, 0.0) / between
    return np.asarray((money + k * mean) / np.maximum(number + k, np.finfo(float).tiny))


def _cross_fitted(x: Floats, y: Floats, weight: Floats, fold: NDArray[np.int64]) -> Floats:
    """(m,) ridge regression of y on x (m, d), each fold by the others, at the penalty that foretells best."""
    told = np.empty((len(RIDGES), len(y)))
    with one_blas_thread():
        for f in range(FOLDS):
            others, mine = fold != f, fold == f
            told[:, mine] = _ridge_paths(x[others], y[others], weight[others], x[mine])
    missed = ((told - y) ** 2 * weight).sum(axis=1)
    return np.asarray(told[int(np.argmin(missed))])


def _ridge_paths(x: Floats, y: Floats, weight: Floats, at: Floats) -> Floats:
    """(penalties, rows of `at`) what the regressions of one fold say."""
    share = weight / weight.sum()
    centre, mean = share @ x, float(share @ y)
    apart = x - centre
    values, vectors = np.linalg.eigh((apart * share[:, None]).T @ apart)
    along = vectors.T @ (apart.T @ (share * (y - mean)))
    beyond = (at - centre) @ vectors
    values = np.maximum(values, 0.0)
    return np.stack(
        [np.full(len(at), mean) if np.isinf(r) else mean + beyond @ (along / (values + r)) for r in RIDGES]
    )
