"""Support: whether the log can say anything about a policy at all. Below a gate there is no number."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.pareto_tail import pareto_shape
from models.evaluation.estimators.targets import Probabilities
from models.evaluation.estimators.weights import Weights
from models.mdp import PROFIT, Journeys
from models.results import FewShowIt, Gate
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]
MIN_ENTITIES_WITH_OUTCOME = 5
"""With fewer entities than this showing any value of an outcome there is no estimate of it: the rare, heavy
purchase that was not seen would decide everything. With 3 the guarded intervals still cover what they say,
but reach to many times the estimate."""


DECIDING_SHARE = 0.01
"""A heavy tail decides an estimate only where one journey has at least this share of a step's weight. Of J
journeys with a Pareto shape k the heaviest carries about J^(k - 1): beyond the limit of 0.7 more than this,
up to millions of them. Weights near 1 come in a few sizes, of which no shape can be told."""


@dataclass(frozen=True)
class Support:
    """Overlap of a target policy with the log. NaN where all weights of a step are 0."""

    effective_sample_size: Floats  # (T,) Kish (1965): (sum w)^2 / sum w^2 over all J journeys, per step
    min_effective_sample_size: float
    max_weight: float
    """Largest cumulative weight, before self-normalisation. Nothing is clipped."""
    max_weight_share: float
    """Largest share of one journey in a step's total weight."""
    tail_shape: float
    """Pareto shape of the final weights; NaN with too few journeys to tell."""
    unsupported: Floats
    """(A,) mean probability that the policy moves onto each action where delivery hardly takes it."""


def moved_onto_rare(target: Probabilities, behaviour: Floats, min_behaviour_probability: float) -> Floats:
    """(n, A) what a target gives to actions that delivery hardly takes, beyond what delivery does.

    Hardly taken: mu is below `min_behaviour_probability`. To deliver a rare action as rarely as today is no
    offence.
    """
    return np.where(behaviour < min_behaviour_probability, np.maximum(target - behaviour, 0.0), 0.0)


def weights_support(weights: Weights, unsupported: Floats) -> Support:
    """Support from cumulative weights and the mean of what is moved onto rare actions, `unsupported` (A,)."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ess = weights.total**2 / weights.squares
        share = weights.largest / weights.total
    return Support(
        effective_sample_size=ess,
        min_effective_sample_size=float(ess.min()),
        max_weight=float(weights.row.max()),
        max_weight_share=float(share.max()),
        tail_shape=pareto_shape(weights.final),
        unsupported=unsupported,
    )


def gate_beyond(support: Support, actions: tuple[str, ...], settings: EvaluationSettings) -> Gate | None:
    """The first gate that a policy is beyond; None where the log supports it."""
    ess, share = support.min_effective_sample_size, support.max_weight_share
    unsupported = float(support.unsupported.sum())
    if unsupported > settings.max_unsupported_share:
        mostly = actions[int(np.argmax(support.unsupported))]
        rare = settings.min_behaviour_probability
        return Gate("unsupported actions", unsupported, settings.max_unsupported_share, mostly, rare)
    if not ess >= settings.min_effective_sample_size:
        return Gate("effective sample size", ess, settings.min_effective_sample_size)
    if support.tail_shape > settings.max_tail_shape and not share < DECIDING_SHARE:
        return Gate("tail shape", support.tail_shape, settings.max_tail_shape)
    if not share <= settings.max_weight_share:
        return Gate("largest weight", share, settings.max_weight_share)
    return None


def outcome_refusals(journeys: Journeys, logged: Floats) -> dict[str, FewShowIt]:
    """Outcome -> why it cannot be estimated, for outcomes hardly anybody shows. logged (C, o): by cluster."""
    shown = np.count_nonzero(logged, axis=0).tolist()
    refused = {
        name: FewShowIt(name, count, MIN_ENTITIES_WITH_OUTCOME)
        for name, count in zip(journeys.outcome_names, shown, strict=True)
        if count < MIN_ENTITIES_WITH_OUTCOME
    }
    if journeys.goal in refused and PROFIT in journeys.outcome_names:
        refused[PROFIT] = refused[journeys.goal]  # costs alone say nothing about profit
    return refused
