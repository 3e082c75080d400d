"""Placebos: questions whose answer is known, put to the same code and data as the real ones."""

import numpy as np

from models.evaluation.doubly_robust import DoublyRobust, Floats
from models.evaluation.intervals import normal_interval, standard_errors
from models.evaluation.one_thread import one_blas_thread
from models.evaluation.witness import disagreement
from models.journeys import Journeys
from models.results import HealthCheck, Interval

EXACT = 1e-8
"""Relative difference that floating-point sums may leave."""
RIDGE_ROWS = 1.0
MAX_STANDARD_ERRORS = 3.0
"""A false alarm in 370 where the difference is normal."""


def check_logged_policy(dr: DoublyRobust, outcome: str = "margin") -> HealthCheck:
    """With pi = mu, SNPDIS must be the logged mean to rounding (else stop), and SNDR within its noise.

    SNDR takes out the chance imbalance between what mu says and what was done. Where that is more than
    chance, mu is wrong in a direction that matters for the outcome.
    """
    name = "placebo: logged policy"
    k = dr.journeys.outcome_names.index(outcome)
    logged = dr.logged_outcomes[:, k]
    weighted = dr.importance(dr.behaviour)[:, k]
    gap = abs(weighted.sum() - logged.sum()) / max(np.abs(logged).sum(), np.finfo(float).tiny)
    if gap > EXACT:
        text = (
            f"Weighting by today's own delivery does not return the logged {outcome}: the weights are wrong."
        )
        return HealthCheck(name, "stop", float(gap), "relative difference", f"at most {EXACT:g}", text)
    z = disagreement(dr.logged[:, k], logged)
    limit = f"at most {MAX_STANDARD_ERRORS:g}"
    if z is not None and abs(z) > MAX_STANDARD_ERRORS:
        text = (
            f"Valued by the headline estimator, today's delivery differs from its own logged {outcome} by "
            "more than noise: the behaviour probabilities are off. Check logged propensities, or the "
            "features that the behaviour model is given."
        )
        return HealthCheck(name, "warn", abs(z), "standard errors", limit, text)
    text = f"Valued by the headline estimator, today's delivery returns its own logged {outcome}."
    return HealthCheck(name, "ok", None if z is None else abs(z), "standard errors", limit, text)


def effect_on_the_past(
    journeys: Journeys, behaviour: Floats, outcome: str = "margin", level: float = 0.95
) -> dict[str, tuple[Interval, float]]:
    """Action -> (effect of choosing it on the outcome of the decision BEFORE, z). The truth is 0.

    Residual on residual (Robinson 1988): tau = sum e_a (y' - m(x)) / sum e_a^2, e_a = 1[a chosen] - mu(a|x),
    over decisions where a was one of several eligible actions and an earlier decision of the same journey
    exists; y' is that decision's outcome, m its linear regression on the state x. Clustered normal intervals,
    per decision, in outcome units. Actions without any variation are left out. behaviour: (n, A).
    """
    k = journeys.outcome_names.index(outcome)
    rows = np.flatnonzero((journeys.t > 0) & (journeys.eligible.sum(axis=1) > 1))
    if not len(rows):
        return {}
    past = journeys.outcomes[rows - 1, k]
    x = np.column_stack([np.ones(len(rows)), journeys.features[rows]])
    with one_blas_thread():
        gram = x.T @ x + RIDGE_ROWS * np.eye(x.shape[1])
        rest = past - x @ np.linalg.solve(gram, x.T @ past)
    found: dict[str, tuple[Interval, float]] = {}
    for a, action in enumerate(journeys.actions):
        mine = journeys.eligible[rows, a]
        surprise = np.where(mine, (journeys.action[rows] == a) - behaviour[rows, a], 0.0)
        information = float((surprise**2).sum())
        if a == 0 or information == 0:
            continue  # none is the comparison
        tau = float((surprise * rest).sum()) / information
        influence = surprise * (rest - tau * surprise) / information
        by_cluster = (
            np.zeros(journeys.n_clusters) + tau / journeys.n_clusters
        )  # spread evenly: the sum is tau
        by_cluster += np.bincount(journeys.cluster[rows], weights=influence, minlength=journeys.n_clusters)
        interval = normal_interval(by_cluster, scale=1.0, level=level)
        if interval is not None:
            error = float(standard_errors(by_cluster[:, None])[0])
            found[action] = (interval, tau / error)
    return found


def check_effect_on_the_past(journeys: Journeys, behaviour: Floats, outcome: str = "margin") -> HealthCheck:
    """Today's action cannot have changed yesterday's margin; where it seems to, targeting knows something
    that the state does not, and the same something may pass for an effect tomorrow."""
    name = "placebo: effect on the past"
    effects = effect_on_the_past(journeys, behaviour, outcome)
    limit = f"at most {MAX_STANDARD_ERRORS:g}"
    if not effects:
        text = "No decision follows another one, so this placebo cannot be asked."
        return HealthCheck(name, "ok", None, "standard errors", limit, text)
    action = max(sorted(effects), key=lambda a: abs(effects[a][1]))
    interval, z = effects[action]
    figures = f"{interval.estimate:.3g} ({interval.low:.3g} to {interval.high:.3g}) per decision"
    if abs(z) <= MAX_STANDARD_ERRORS:
        text = f"No action has an effect on the {outcome} before it, as it must be ({action}: {figures})."
        return HealthCheck(name, "ok", abs(z), "standard errors", limit, text)
    text = (
        f"Choosing {action} seems to change the {outcome} of the decision before it: {figures}. Delivery "
        "reacts to something that the state does not hold; add it as a context column, or trust the split "
        "less."
    )
    return HealthCheck(name, "warn", abs(z), "standard errors", limit, text)
