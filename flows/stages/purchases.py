"""What purchases count for: the margin that could be expected of each, unless ads change that too."""

from dataclasses import dataclass

from flows.night import Night
from models.behaviour import Behaviour
from models.evaluation import check_worth_and_ads
from models.mdp import Transitions, expected_worth, with_expected_margin
from models.results import HealthCheck, WorthOfPurchases


@dataclass(frozen=True)
class Valued:
    """The table that agents learn from and policies are judged by; what the log tells of itself, and of past
    nights, is as it was logged."""

    transitions: Transitions
    checks: tuple[HealthCheck, ...] = ()
    """Whether ads change what a purchase is worth; none where that was not asked."""


def value_purchases(night: Night, transitions: Transitions, behaviour: Behaviour) -> Valued:
    """Every purchase at its expected worth. As logged where the study says so, where purchases are few, where
    levels are decided or everybody decides once, and where ads seem to change what a purchase is worth."""
    study = night.study
    decision = study.decision
    if study.evaluation.purchase_worth == "logged" or decision.single_step or decision.levels:
        return Valued(transitions)
    worth = expected_worth(transitions)
    if worth is None:
        return Valued(transitions)
    days = decision.horizon_days + decision.tail_days
    check = check_worth_and_ads(transitions, behaviour.probabilities, worth, days)
    moved = isinstance(check.found, WorthOfPurchases) and check.found.moved
    return Valued(transitions if moved else with_expected_margin(transitions, worth), (check,))
