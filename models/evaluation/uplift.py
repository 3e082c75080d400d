"""A policy against today's delivery, entity by entity, so that what both share cancels."""

from models.evaluation.doubly_robust import DoublyRobust, Floats
from models.evaluation.intervals import BootstrapT, joint_covariance
from models.evaluation.support import outcome_refusals, refusal
from models.results import Uplift
from models.settings import EvaluationSettings


def uplift_contributions(dr: DoublyRobust, target: Floats) -> Floats:
    """(C, o) headline contributions of a target (n, A) minus those of today's delivery."""
    return dr.contributions(target) - dr.logged


def uplift_covariance(dr: DoublyRobust, target: Floats) -> Floats:
    """(o, o) covariance of the uplifts of all outcomes, in squared reported units."""
    return dr.journeys.scale**2 * joint_covariance(uplift_contributions(dr, target))


def uplift(
    dr: DoublyRobust,
    target: Floats,
    outcome: str,
    settings: EvaluationSettings,
    *,
    seed: int,
    entity_name: str = "user",
) -> Uplift | str:
    """Uplift of one outcome per budget period (or per entity), with its bootstrap-t interval.

    Returns the reason in a sentence instead, when the log cannot tell.
    """
    journeys = dr.journeys
    refused = refusal(dr.support(target), journeys.actions, settings)
    refused = refused or outcome_refusals(journeys, dr.logged_outcomes, entity_name).get(outcome, "")
    if refused:
        return refused
    k = journeys.outcome_names.index(outcome)
    difference = uplift_contributions(dr, target)[:, k]
    bootstrap = BootstrapT(journeys.cluster_key, seed=seed)
    interval = bootstrap.intervals(difference[:, None], scale=journeys.scale, level=settings.level)[0]
    better = bootstrap.probability_positive(difference)
    if interval is None or better is None:
        return f"no credible estimate: the {outcome} of too few {entity_name}s differs from today's delivery"
    return Uplift(outcome, interval.estimate, interval.low, interval.high, interval.level, better)
