"""A policy against today's delivery, entity by entity, so that what both share cancels."""

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.support import gate_beyond, outcome_refusals
from models.evaluation.estimators.targets import Target
from models.evaluation.headline import uplift_interval
from models.evaluation.intervals.bootstrap_t import BootstrapT
from models.results import FewDiffer, Refusal, Uplift
from models.settings import EvaluationSettings


def uplift(
    dr: DoublyRobust,
    target: Target,
    outcome: str,
    settings: EvaluationSettings,
    *,
    seed: int,
    value: PolicyValue | None = None,
) -> Uplift | Refusal:
    """Uplift of one outcome per budget period (or per entity), with its interval (`headline` has the rule).

    Returns the reason instead, when the log cannot tell. Pass `value` where it is known.
    """
    return uplift_of(dr, value or dr.value(target), outcome, settings, seed=seed)


def uplift_of(
    dr: DoublyRobust, value: PolicyValue, outcome: str, settings: EvaluationSettings, *, seed: int
) -> Uplift | Refusal:
    """The same of a policy whose value is known."""
    journeys = dr.journeys
    refused = gate_beyond(value.support, journeys.actions, settings)
    unseen = refused or outcome_refusals(journeys, dr.logged_outcomes).get(outcome)
    if unseen is not None:
        return unseen
    k = journeys.outcome_names.index(outcome)
    found = value.uplifts(dr.logged_value, k)
    gross, bootstrap = value.uplift_gross.of(k), BootstrapT(journeys.cluster_key, seed=seed)
    interval = uplift_interval(found, gross, bootstrap, scale=journeys.scale, level=settings.level)
    better = bootstrap.probability_positive(found.headline, gross)
    if interval is None or better is None:
        return FewDiffer(outcome)
    return Uplift(outcome, interval.estimate, interval.low, interval.high, interval.level, better)
