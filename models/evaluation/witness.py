"""Headline against witness: two estimators with different assumptions must agree within their noise."""

import math

from models.evaluation.doubly_robust import Floats
from models.evaluation.intervals import standard_errors
from models.results import HealthCheck

MAX_STANDARD_ERRORS = 3.0
"""A false alarm in 370 where the difference is normal."""
MATERIAL = 1.0
"""Share of the headline's own standard error below which a difference changes nothing. The two share most of
their noise, so that the small error of an estimated mu sets them apart by many standard errors of the
difference while both say the same. Provisional: its power against a biased headline is not measured."""


def disagreement(headline: Floats, witness: Floats) -> float | None:
    """(headline - witness) / standard error of the difference, clustered; contributions (C,). None: unknown.

    The difference is taken cluster by cluster, so the covariance of the two estimators is accounted for.
    """
    difference = (headline - witness)[:, None]
    error = float(standard_errors(difference)[0])
    return float(difference.sum()) / error if math.isfinite(error) else None


def check_witness(policy: str, outcome: str, headline: Floats, witness: Floats) -> HealthCheck:
    """SNDR (headline) against SNPDIS (witness) for one policy and outcome; contributions (C,) of each,
    as differences from today's delivery where the uplift is what matters.

    They disagree where the difference is more than noise *and* large enough to matter.
    """
    z = disagreement(headline, witness)
    own = float(standard_errors(headline[:, None])[0])
    agree = z is None or abs(z) <= MAX_STANDARD_ERRORS
    agree = agree or abs(float((headline - witness).sum())) <= MATERIAL * own
    if z is None:
        text = f"{policy}, {outcome}: headline and witness do not differ in any way that varies."
    elif agree:
        text = f"{policy}, {outcome}: the doubly robust estimate and plain weighting say the same."
    else:
        text = (
            f"{policy}, {outcome}: the doubly robust estimate is {'above' if z > 0 else 'below'} plain "
            "weighting by more than noise. Do not move the budget on it: check the propensities and the "
            "behaviour model."
        )
    limit = f"at most {MAX_STANDARD_ERRORS:g}"
    return HealthCheck(
        f"witness: {policy}", "ok" if agree else "warn", _size(z), "standard errors", limit, text
    )


def _size(z: float | None) -> float | None:
    return None if z is None else abs(z)
