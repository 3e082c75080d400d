"""What may be handed to others: counts and sums with noise, and the check that says what they tell."""

from dataclasses import replace

from flows.night import Night
from flows.publishing.told import told_before
from models.mdp import Transitions
from models.privacy import Tonight, share_aggregates
from models.results import EpsilonTold, HealthCheck, NightResult

CHECK = "noise in aggregates.csv"


def share_figures(night: Night, transitions: Transitions, result: NightResult) -> NightResult:
    """The result with figures that have noise, where the study asks for them and the log holds decisions, and
    with their check."""
    study = night.study
    if study.privacy.noise == "none" or not transitions.n_rows:
        return result
    tonight = Tonight(study.name, night.as_of.isoformat(), night.key, study.logs.min_cell_users)
    shared = share_aggregates(transitions, study.privacy, tonight, told_before(night.root))
    check = HealthCheck(
        CHECK,
        "warn" if shared.withheld else "ok",
        shared.total_epsilon,
        "epsilon",
        f"<= {shared.max_epsilon:g}",
        EpsilonTold(shared.noise, shared.epsilon, shared.delta, shared.nights, shared.withheld),
    )
    return replace(result, shared=shared, health=(*result.health, check))
