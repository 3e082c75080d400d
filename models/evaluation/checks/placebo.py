"""A placebo: a question whose answer is known, put to the same code and data as the real ones. `past_effect`
is another."""

import numpy as np

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.intervals.bootstrap_t import standard_errors
from models.results import HealthCheck, LoggedValued

EXACT = 1e-8
"""Relative difference that floating-point sums may leave."""
MAX_STANDARD_ERRORS = 3.0
"""A false alarm in 370 where the difference is normal."""
KNOWN = 0.1
"""Share of the standard error of today's level below which nothing is asked to agree. The two figures share
nearly all of their noise: in a large log a model of delivery that is wrong by nothing that matters differs by
many errors of what is left (the demo: by .15 % of its margin, 5 errors of the difference, .12 of the
level's)."""


def check_logged_policy(dr: DoublyRobust, outcome: str | None = None) -> HealthCheck:
    """With pi = mu, SNPDIS must be the logged mean to rounding (else stop), and SNDR within its noise.

    SNDR takes out the chance imbalance between what mu says and what was done. Where that is more than
    chance, mu is wrong in a direction that matters for the outcome: that which profit is made of, if none is
    named.
    """
    outcome = outcome or dr.journeys.goal
    k = dr.journeys.outcome_names.index(outcome)
    logged = dr.journeys.of_mean(dr.logged_outcomes)[:, k]
    weighted = dr.importance(dr.behaviour)[:, k]
    gap = abs(weighted.sum() - logged.sum()) / max(np.abs(logged).sum(), np.finfo(float).tiny)
    earned, about = float(logged.sum()), "logged policy"
    off = float(dr.logged[:, k].sum() - earned) / abs(earned) if earned else 0.0
    found = LoggedValued(outcome, off)
    if gap > EXACT:
        limit = f"at most {EXACT:g}"
        return HealthCheck("placebo", "stop", float(gap), "relative difference", limit, found, about)
    difference = dr.logged[:, k] - logged
    own, level = standard_errors(np.column_stack([difference, logged]))
    noise = max(float(own), KNOWN * float(level))
    size = abs(float(difference.sum())) / noise if 0 < noise < np.inf else None
    limit = f"at most {MAX_STANDARD_ERRORS:g}"
    status = "warn" if size is not None and size > MAX_STANDARD_ERRORS else "ok"
    return HealthCheck("placebo", status, size, "standard errors", limit, found, about)
