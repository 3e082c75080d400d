"""The channels' returns against a count of alike people, which shares no model with them."""

from flows.night import Night
from models.evaluation import check_plain_comparison, stratified_effects
from models.mdp import Transitions
from models.results import HealthCheck, SplitDecision


def compare_plainly(
    night: Night, transitions: Transitions, decision: SplitDecision
) -> tuple[HealthCheck, ...]:
    """A check for the report; none for single decisions, whose arms are compared as they are."""
    settings = night.study.decision
    if settings.single_step:
        return ()
    effects = stratified_effects(transitions, settings.horizon_days + settings.tail_days)
    return (check_plain_comparison(effects, decision.rows, night.study.evaluation.level),)
