"""Doubly robust evaluation: fitted Q values, corrected by weighted residuals of what was really seen."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.evaluation.fitted_q import FittedQ, FittedQEvaluation
from models.evaluation.importance_sampling import per_decision, self_normalised_per_decision
from models.evaluation.steps import Steps, index_steps
from models.evaluation.support import Support, measure_support
from models.evaluation.weights import Weights, action_ratios, check_probabilities, cumulative_weights
from models.journeys import Journeys, derived_outcomes
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]
MIN_BEHAVIOUR_PROBABILITY: float = EvaluationSettings().min_behaviour_probability


@dataclass(frozen=True)
class PolicyValue:
    """One policy by several estimators: contributions (C, o) whose sum x journeys.scale is the estimate."""

    fitted_q: Floats
    """FQE: the model's values alone. Its spread over clusters is NOT the estimate's uncertainty."""
    self_normalised: Floats
    """SNDR, the headline."""
    doubly_robust: Floats
    """DR without self-normalisation."""
    importance: Floats
    """SNPDIS, the witness that uses no model of Q."""
    support: Support


class DoublyRobust:
    """Self-normalised doubly robust evaluation of many policies on the same journeys.

    sum_j V_0(s_j0) + sum_t J x (sum_j w_jt d_jt) / (sum_j w_jt),
    d_jt = r_t + g V_{t+1}(s_{t+1}) - Q_t(s_t, a_t)

    with cross-fitted Q and V, weights as in `weights`, per step t over all journeys (ended ones keep their
    last weight). (Jiang & Li 2016; Thomas & Brunskill 2016.) Consistent when mu or Q is right; needs mu > 0
    wherever pi is, and no Markov assumption when mu is right. It can always be computed; whether to believe
    it is for `support` to say.
    """

    def __init__(
        self,
        journeys: Journeys,
        behaviour: Floats,
        *,
        folds: int,
        ridge: float,
        discount: Floats | None = None,
        min_behaviour_probability: float = MIN_BEHAVIOUR_PROBABILITY,
    ) -> None:
        """behaviour (n, A): cross-fitted mu, or logged propensities; discount (n,): cumulative, default 1.

        Factorises everything that does not depend on a policy. Raises StudyError or LogError when behaviour
        is no distribution over the eligible actions or says 0 to a logged action.
        """
        check_probabilities("logged", behaviour, journeys)
        self.journeys, self.behaviour = journeys, behaviour
        self.steps: Steps = index_steps(journeys)
        self._min_behaviour_probability = min_behaviour_probability
        self._discount = discount
        base, self._combine = _base_outcomes(journeys)
        rewards = journeys.outcomes[:, base]  # (n, b)
        self._rewards = rewards if discount is None else rewards * discount[:, None]
        self._undiscounted = rewards
        self.model = FittedQEvaluation(journeys, rewards, folds=folds, ridge=ridge, discount=discount)

    def value(self, target: Floats, name: str = "target") -> PolicyValue:
        """All estimators of a policy (n, A)."""
        return self.value_given(self.model.fit(target), target, name)

    def value_given(self, fitted: FittedQ, target: Floats, name: str = "target") -> PolicyValue:
        """All estimators of a policy (n, A), with its Q and V from wherever they come.

        A Q that was trained on the same entities overfits them: cross-fit it.
        """
        weights = self.weights(target, name)
        initial, residual = self._initial(fitted), self._residual(fitted)
        correction = self_normalised_per_decision(residual, weights, self.steps)
        return PolicyValue(
            fitted_q=self._finish(initial),
            self_normalised=self._finish(initial + correction),
            doubly_robust=self._finish(initial + per_decision(residual, weights, self.steps)),
            importance=self._importance(weights),
            support=self._support(target, weights),
        )

    def contributions(self, target: Floats) -> Floats:
        """(C, o) of the headline, SNDR: journeys.scale x their sum is the estimate of every outcome, and
        journeys.scale^2 x C x their variance its variance. Those of two policies may be subtracted."""
        weights = self.weights(target)
        fitted = self.model.fit(target)
        residual = self_normalised_per_decision(self._residual(fitted), weights, self.steps)
        return self._finish(self._initial(fitted) + residual)

    def importance(self, target: Floats) -> Floats:
        """(C, o) contributions of the witness, SNPDIS."""
        return self._importance(self.weights(target))

    @cached_property
    def logged(self) -> Floats:
        """(C, o) contributions of today's delivery by the same estimator: what a target is compared with.

        Not the logged mean to the last digit: chance imbalances between what mu says and what was done are
        taken out, for target and delivery alike, so that the difference of equal policies is 0.
        """
        return self.contributions(self.behaviour)

    @cached_property
    def logged_outcomes(self) -> Floats:
        """(C, o) plain logged outcomes: their mean needs neither mu nor Q."""
        return self._finish(self.steps.over_clusters(np.ones(len(self._rewards)), self._rewards))

    def weights(self, target: Floats, name: str = "target") -> Weights:
        """Cumulative importance weights of a policy (n, A)."""
        check_probabilities(name, target, self.journeys)
        return cumulative_weights(action_ratios(self.journeys, target, self.behaviour), self.steps)

    def support(self, target: Floats) -> Support:
        """How well the log covers a policy (n, A), without fitting anything."""
        return self._support(target, self.weights(target))

    def _support(self, target: Floats, weights: Weights) -> Support:
        return measure_support(target, self.behaviour, weights, self._min_behaviour_probability)

    def _importance(self, weights: Weights) -> Floats:
        return self._finish(self_normalised_per_decision(self._rewards, weights, self.steps))

    def _initial(self, fitted: FittedQ) -> Floats:
        """(C, b) V_0 of every journey, summed by cluster."""
        return self.steps.over_clusters((self.steps.t == 0).astype(np.float64), fitted.v)

    def _residual(self, fitted: FittedQ) -> Floats:
        """(n, b) d_t, discounted to the journey's start."""
        ahead = fitted.v[1:] * ~self.steps.is_last[:-1, None]
        residual = self._undiscounted - fitted.q
        if self._discount is None:
            residual[:-1] += ahead
            return residual
        residual *= self._discount[:, None]
        residual[:-1] += ahead * self._discount[1:, None]
        return residual

    def _finish(self, contributions: Floats) -> Floats:
        """From the b logged outcomes to all o, tails taken off."""
        # einsum without optimisation runs on one thread in a fixed order
        return self.journeys.without_tail(
            np.einsum("cb,bo->co", contributions, self._combine, optimize=False)
        )


def _base_outcomes(journeys: Journeys) -> tuple[slice, Floats]:
    """Columns that are fitted, and the map (b, o) from them to all outcomes: cost and profit follow from the
    others, so that profit = margin - cost holds in every estimate."""
    names = journeys.outcome_names
    if names[-2:] == ("cost", "profit"):
        return slice(0, len(names) - 2), derived_outcomes(names[:-2])
    return slice(0, len(names)), np.eye(len(names))
