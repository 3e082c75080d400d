"""How far a difference from today's delivery may be off, from sums of all sites.

As `intervals.bootstrap_t` has it, but for what needs entities one by one: the bootstrap, in whose place is
Student's t where there are many effective terms (there both are near the guard, which is never undercut), and
the largest weight of purchases that lower the difference, in whose place is the largest possible, 1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from models.evaluation.intervals.bootstrap_t import (
    MANY_TERMS,
    MIN_CLUSTERS,
    NOTHING,
    alpha_that_reaches,
)
from models.evaluation.intervals.gamma_interval import (
    SMALLEST,
    Gross,
    Tails,
    TermSums,
    guard_reach,
    tails_of,
)
from models.mdp import Sites

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moments:
    """Of contributions by entity, k columns, over all sites."""

    entities: float
    total: Floats  # (k,)
    errors: Floats  # (k,) clustered standard errors of the totals; NaN where nothing varies


def moments_of(contributions: Floats, sites: Sites) -> Moments:
    """Of (C, k): sums first, then squares about their mean."""
    first = sites.total("contributions", np.append(contributions.sum(axis=0), float(len(contributions))))
    total, entities = first[:-1], float(first[-1])
    mean = total / entities
    squares = sites.total("squared contributions", ((contributions - mean) ** 2).sum(axis=0))
    errors = np.sqrt(entities * squares / max(entities - 1, 1.0))
    size = np.sqrt(squares + entities * mean**2)
    return Moments(entities, total, np.where(errors > NOTHING * size, errors, np.nan))


@dataclass(frozen=True)
class SiteSpread:
    """The distribution of one difference's total."""

    estimate: float
    error: float
    entities: float
    tails: Tails  # of one outcome

    @property
    def known(self) -> bool:
        """Is there an interval at all?"""
        return self.entities >= MIN_CLUSTERS and bool(np.isfinite(self.error))

    def reach(self, level: float) -> tuple[float, float]:
        """(below, above) the estimate."""
        guarded = guard_reach(self.tails, np.array([self.error**2]), level)
        below, above = float(guarded[0][0]), float(guarded[1][0])
        if not self.tails.effective_terms[0] >= MANY_TERMS:
            return below, above
        normal = float(student_t.ppf(0.5 + level / 2, self.entities - 1)) * self.error
        return max(below, normal), max(above, normal)

    @property
    def probability_positive(self) -> float:
        """1 - the one-sided alpha at which the interval ends at 0."""
        side, distance = (0, self.estimate) if self.estimate > 0 else (1, -self.estimate)
        alpha = alpha_that_reaches(distance, lambda alpha: self.reach(1.0 - 2.0 * alpha)[side])
        return 1.0 - alpha if self.estimate > 0 else alpha


def tails_of_sites(gross: Gross, sites: Sites) -> Tails:
    """`gamma_interval.measure_tails` of all sites' entities, (C, o) each here."""
    terms, amount = gross.weighted, gross.amount
    largest, size = gross.largest[:, None], np.abs(terms)
    positive, negative = np.maximum(terms, 0.0), np.maximum(-terms, 0.0)
    gains, losses = np.maximum(amount, 0.0), np.maximum(-amount, 0.0)
    by_outcome = np.array(
        [
            positive.sum(axis=0), negative.sum(axis=0), (positive**2).sum(axis=0), (negative**2).sum(axis=0),
            (terms**4).sum(axis=0), (largest * np.abs(amount)).sum(axis=0),
            (size * (terms * amount < 0)).sum(axis=0), gains.sum(axis=0), (gains**2).sum(axis=0),
            losses.sum(axis=0), (losses**2).sum(axis=0),
            np.minimum(((terms < 0) & (amount > 0)).sum(axis=0), 1),
            np.minimum(((terms > 0) & (amount < 0)).sum(axis=0), 1),
        ]
    )  # fmt: skip
    weights = sites.total("largest weights", np.array([largest.sum(), (largest**2).sum()]))
    whole = sites.total("weighted outcomes", by_outcome)
    weight = float(weights[1] / max(float(weights[0]), SMALLEST))
    columns = [tails_of(_sums_of(column.tolist()), weight) for column in whole.T]
    return Tails(*(np.array(values) for values in zip(*columns, strict=True)))


def _sums_of(sums: list[float]) -> TermSums:
    """Of one outcome, from its row of sums."""
    raises, lowers, raised2, lowered2, fourths, most, against, *amounts, lowered, raised = sums
    return TermSums(
        raises, lowers, raised2, lowered2, raises + lowers, raised2 + lowered2, fourths, most, against,
        gains=(amounts[0], amounts[1]), losses=(amounts[2], amounts[3]),
        lowered=1.0 if lowered else None, raised=bool(raised),
    )  # fmt: skip


def slice_of(tails: Tails, k: int) -> Tails:
    """Of one outcome."""
    return Tails(*(getattr(tails, name)[[k]] for name in tails.__dataclass_fields__))
