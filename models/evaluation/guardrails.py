"""Guardrails: what a plan may not make worse than the study allows, whatever it earns.

A plan passes when the bound of the outcome's change, with the interval of its uplift, keeps to `worst` times
today's level: non-inferiority with that margin. `worst` <= 0 asks that it fall no further, > 0 that it rise
no further. Each is held to the level on its own: a plan has to pass all of them, so several make it no easier
(an intersection-union test, Berger 1982). What cannot be told does not pass. Today's level counts as known:
its error matters less than the change's by a factor of |worst|.
"""

from collections.abc import Mapping

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.targets import Target
from models.evaluation.uplift import uplift
from models.mdp import Outcome
from models.results import GuardrailBound, Uplift
from models.settings import EvaluationSettings


def guardrails_of(spec: tuple[Outcome, ...]) -> dict[str, float]:
    """Outcome -> the worst change it may take, as a share of today's level."""
    return {o.name: o.worst for o in spec if o.role == "guardrail" and o.worst is not None}


def guardrail_bounds(
    dr: DoublyRobust,
    target: Target,
    guardrails: Mapping[str, float],
    settings: EvaluationSettings,
    *,
    seed: int,
    value: PolicyValue | None = None,
) -> tuple[GuardrailBound, ...]:
    """The bound of every guardrail under a target (n, A), in the study's order; `value` where it is known."""
    if not guardrails:
        return ()
    value, names = value or dr.value(target), dr.journeys.outcome_names
    found = []
    for outcome, worst in guardrails.items():
        told = uplift(dr, target, outcome, settings, seed=seed, value=value)
        if not isinstance(told, Uplift):
            found.append(GuardrailBound(outcome, worst, None, told))
            continue
        today = abs(dr.journeys.scale * float(dr.logged[:, names.index(outcome)].sum()))
        bound = told.low if worst <= 0 else told.high
        found.append(GuardrailBound(outcome, worst, bound / today if today > 0 else None))
    return tuple(found)
