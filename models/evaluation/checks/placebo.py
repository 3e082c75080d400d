"""A placebo: a question whose answer is known, put to the same code and data as the real ones. `past_effect`
is another."""

import numpy as np

from models.evaluation.checks.witness import disagreement
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.results import HealthCheck

EXACT = 1e-8
"""Relative difference that floating-point sums may leave."""
MAX_STANDARD_ERRORS = 3.0
"""A false alarm in 370 where the difference is normal."""


def check_logged_policy(dr: DoublyRobust, outcome: str | None = None) -> HealthCheck:
    """With pi = mu, SNPDIS must be the logged mean to rounding (else stop), and SNDR within its noise.

    SNDR takes out the chance imbalance between what mu says and what was done. Where that is more than
    chance, mu is wrong in a direction that matters for the outcome: that which profit is made of, if none is
    named.
    """
    outcome = outcome or dr.journeys.goal
    k = dr.journeys.outcome_names.index(outcome)
    logged = dr.logged_outcomes[:, k]
    weighted = dr.importance(dr.behaviour)[:, k]
    gap = abs(weighted.sum() - logged.sum()) / max(np.abs(logged).sum(), np.finfo(float).tiny)
    if gap > EXACT:
        text = (
            f"Weighting by today's own delivery does not return the logged {outcome}: the weights are wrong."
        )
        return HealthCheck(
            "placebo", "stop", float(gap), "relative difference", f"at most {EXACT:g}", text, "logged policy"
        )
    z = disagreement(dr.logged[:, k], logged)
    limit = f"at most {MAX_STANDARD_ERRORS:g}"
    if z is not None and abs(z) > MAX_STANDARD_ERRORS:
        text = (
            f"Valued by the headline estimator, today's delivery differs from its own logged {outcome} by "
            "more than noise: the behaviour probabilities are off. Check logged propensities, or the "
            "features that the behaviour model is given."
        )
        return HealthCheck("placebo", "warn", abs(z), "standard errors", limit, text, "logged policy")
    text = f"Valued by the headline estimator, today's delivery returns its own logged {outcome}."
    size = None if z is None else abs(z)
    return HealthCheck("placebo", "ok", size, "standard errors", limit, text, "logged policy")
