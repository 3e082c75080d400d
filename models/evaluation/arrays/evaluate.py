"""Off-policy evaluation of plain arrays: everything `allot` knows about it, for logs of any origin."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.behaviour import fit_behaviour_policy
from models.evaluation.arrays.journeys import ArrayLog, array_log, as_transitions
from models.evaluation.arrays.results import OffPolicyEvaluation
from models.evaluation.checks.effect_on_the_past import check_effect_on_the_past, followers_in_journeys
from models.evaluation.checks.placebo import check_logged_policy
from models.evaluation.checks.witness import check_witness
from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.support import gate_beyond
from models.evaluation.policy_table import Reporting, evaluate_policies
from models.evaluation.uplift import uplift
from models.mdp import elapsed_discounts
from models.numerics import one_blas_thread
from models.results import HealthCheck
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]


def evaluate(
    *,
    journey: ArrayLike,
    step: ArrayLike,
    action: ArrayLike,
    outcomes: Mapping[str, ArrayLike],
    target: Mapping[str, ArrayLike],
    behaviour: ArrayLike | None = None,
    features: ArrayLike | None = None,
    eligible: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    timeout: ArrayLike | None = None,
    discount: float = 1.0,
    level: float = 0.95,
    seed: int = 1,
    action_names: Sequence[str] | None = None,
    settings: EvaluationSettings | None = None,
) -> OffPolicyEvaluation:
    """What policies would have earned per journey, from the log of another: n rows in any order, A actions.

    journey (n,): whole numbers or texts. step (n,): 0, 1, 2, ... in each journey. action (n,): 0..A-1.
    outcomes: name -> (n,) what was booked at each row. target: policy -> probabilities (n, A) at each row.
    behaviour (n, A): the logging policy's probabilities. None: estimated from the features by a masked
    softmax regression, cross-fitted by cluster and calibrated; wrong where logging knew more than they say.
    features (n, d): what was known at the decision, for the models of Q, of the state's weights and of
    behaviour; None: the step alone.
    eligible (n, A): which actions were possible; None: all.
    cluster (n,): the unit that was sampled, a user with several journeys, say; None: the journey.
    timeout (n,) or (J,) by ascending journey: True where the log ended before the journey did. Such a journey
    could last as long as it did; any other could have gone on as long as the longest. Of (n,) the flag of the
    journey's last row counts.
    discount: gamma per step, in (0, 1]. level, seed: of the intervals. settings: gates, folds, ridge.

    Values are means per journey; logged ones are discounted alike. The order of the rows changes no bit.
    Raises ValueError, with one sentence, for an array that cannot be right. The estimators, what they assume
    and when they are wrong: `doubly_robust`, `intervals`, `support`.
    """
    if not 0 < discount <= 1:
        raise ValueError(
            f"discount is {discount!r}; it must be above 0 and at most 1, where 1 discounts nothing."
        )
    if not 0.5 < level < 1:
        raise ValueError(f"level is {level!r}; it must be above 0.5 and below 1, like 0.95.")
    chosen = (settings or EvaluationSettings()).model_copy(update={"level": float(level), "per": "entity"})
    log = array_log(
        journey=journey,
        step=step,
        action=action,
        outcomes=outcomes,
        target=target,
        behaviour=behaviour,
        features=features,
        eligible=eligible,
        cluster=cluster,
        timeout=timeout,
        action_names=action_names,
    )
    calibration: tuple[tuple[str, float, float], ...] = ()
    with one_blas_thread():
        logging = log.behaviour
        if logging is None:
            fitted = fit_behaviour_policy(as_transitions(log.journeys), folds=chosen.folds, seed=seed)
            logging, calibration = fitted.probabilities, fitted.calibration_error
        dr = DoublyRobust(
            log.journeys,
            logging,
            folds=chosen.folds,
            ridge=chosen.ridge,
            discount=None if discount == 1 else elapsed_discounts(log.journeys, discount),
            min_behaviour_probability=chosen.min_behaviour_probability,
        )
        unit = "journey" if cluster is None else "cluster"
        return _evaluated(dr, log, chosen, seed=seed, unit=unit, calibration_error=calibration)


def _evaluated(
    dr: DoublyRobust,
    log: ArrayLog,
    settings: EvaluationSettings,
    *,
    seed: int,
    unit: str,
    calibration_error: tuple[tuple[str, float, float], ...],
) -> OffPolicyEvaluation:
    """Estimates, uplifts, support and checks of every target. unit: what is sampled, in the singular."""
    journeys = log.journeys
    table = evaluate_policies(dr, log.targets, settings, Reporting("", 1, unit), seed=seed)
    values = {name: dr.value(pi, name) for name, pi in log.targets.items()}
    checks: list[HealthCheck] = []
    for outcome in journeys.outcome_names:
        found = [check_logged_policy(dr, outcome)]
        if journeys.t.max() > 0:
            past = followers_in_journeys(journeys, dr.behaviour, outcome)
            found.append(check_effect_on_the_past(past))
        checks += [replace(check, outcome=outcome) for check in found]
    for name, value in values.items():
        if not gate_beyond(value.support, journeys.actions, settings):
            checks += _witnesses(dr, name, value)
    behaviour = np.empty_like(dr.behaviour)
    behaviour[journeys.rows] = dr.behaviour
    logged = (journeys.scale * dr.logged_outcomes.sum(axis=0)).tolist()
    return OffPolicyEvaluation(
        estimates=tuple(replace(row, unit=f"{row.outcome} per journey") for row in table.estimates),
        uplifts={
            name: {
                outcome: uplift(dr, pi, outcome, settings, seed=seed, value=values[name])
                for outcome in journeys.outcome_names
            }
            for name, pi in log.targets.items()
        },
        support={name: value.support for name, value in values.items()},
        journey_support={name: value.journey_support for name, value in values.items()},
        checks=tuple(checks),
        logged_means=dict(zip(journeys.outcome_names, logged, strict=True)),
        behaviour=behaviour,
        calibration_error=calibration_error,
        n_journeys=journeys.n_journeys,
        n_clusters=journeys.n_clusters,
        sampled=unit,
    )


def _witnesses(dr: DoublyRobust, name: str, value: PolicyValue) -> list[HealthCheck]:
    """The headline against its witnesses, as differences from the logged policy, outcome by outcome."""
    checks = []
    for k, outcome in enumerate(dr.journeys.outcome_names):
        check = check_witness(name, outcome, value.uplifts(dr.logged_value, k))
        checks.append(replace(check, outcome=outcome))
    return checks
