"""Guardrails: what a plan may not make worse than the study allows, whatever it earns.

A plan passes when the bound of the outcome's change, with the interval of its uplift, keeps to `worst` times
today's level: non-inferiority with that margin. `worst` <= 0 asks that it fall no further, > 0 that it rise
no further. A plan that was picked on these very entities, for its profit, was picked for whatever errors go
with that: its guardrails' bounds reach as far as the bound of its gain does. Each is held to the level on its
own: a plan has to pass all of them, so several make it no easier (an intersection-union test, Berger 1982).
What cannot be told does not pass. Today's level counts as known: its error matters less than the change's by
a factor of |worst|.
"""

from collections.abc import Mapping

from scipy.stats import norm

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.picked_uplift import Picked
from models.evaluation.uplift import uplift_of
from models.mdp import Outcome
from models.results import GuardrailBound, Uplift
from models.settings import EvaluationSettings


def guardrails_of(spec: tuple[Outcome, ...]) -> dict[str, float]:
    """Outcome -> the worst change it may take, as a share of today's level."""
    return {o.name: o.worst for o in spec if o.role == "guardrail" and o.worst is not None}


def guardrail_bounds(
    dr: DoublyRobust,
    value: PolicyValue,
    guardrails: Mapping[str, float],
    settings: EvaluationSettings,
    *,
    seed: int,
    picked: Picked | None = None,
) -> tuple[GuardrailBound, ...]:
    """The bound of every guardrail under a policy, in the study's order. picked: among whom, and how it is
    believed, where these entities picked it."""
    names, found = dr.journeys.outcome_names, list[GuardrailBound]()
    reach = 1.0 if picked is None else _longer(picked, settings.level)
    for outcome, worst in guardrails.items():
        told = uplift_of(dr, value, outcome, settings, seed=seed)
        if not isinstance(told, Uplift):
            found.append(GuardrailBound(outcome, worst, None, told))
            continue
        today = abs(dr.journeys.scale * float(dr.logged[:, names.index(outcome)].sum()))
        end = told.low if worst <= 0 else told.high
        bound = told.estimate + reach * (end - told.estimate)
        found.append(GuardrailBound(outcome, worst, bound / today if today > 0 else None))
    return tuple(found)


def _longer(picked: Picked, level: float) -> float:
    """How many times as far a bound for every plan at once reaches as an end of an interval of a level, where
    errors are normal; never less."""
    return max(float(norm.isf(picked.plans.tail(picked.level)) / norm.isf(0.5 - level / 2)), 1.0)
