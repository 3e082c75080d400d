"""Doubly robust evaluation: fitted Q values, corrected by weighted residuals of what was really seen.

Two sets of weights serve the same residuals. The headline marginalises them over the state and the journey's
surprises (double reinforcement learning), which needs both to say all about the future; its witnesses have
another memory of surprises, or multiply along the journey (SNDR), which needs no state at all. `witness`
compares them.
"""

from dataclasses import replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.base_outcomes import as_logged, base_outcomes
from models.evaluation.estimators.choices import Choices, choices_of
from models.evaluation.estimators.fitted_q import FittedQEvaluation, QValues
from models.evaluation.estimators.importance_sampling import (
    per_decision,
    self_normalised_per_decision,
    trajectory_wise,
)
from models.evaluation.estimators.pareto_tail import pareto_shape
from models.evaluation.estimators.policy_value import PolicyValue
from models.evaluation.estimators.remembering_weights import RememberingWeights
from models.evaluation.estimators.steps import Steps, index_steps
from models.evaluation.estimators.support import Support, moved_onto_rare, weights_support
from models.evaluation.estimators.targets import Probabilities, Target, TargetByFold, left_out, own
from models.evaluation.estimators.weights import (
    Weights,
    action_ratios,
    check_probabilities,
    cumulative_weights,
    summed,
)
from models.evaluation.intervals.gamma_interval import Gross
from models.mdp import Journeys
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]
MIN_BEHAVIOUR_PROBABILITY: float = EvaluationSettings().min_behaviour_probability


class DoublyRobust:
    """Doubly robust evaluation of many policies on the same journeys, marginalised and not.

    sum_j V_0(s_j0) + sum_t J x (sum_j w_jt d_jt) / (sum_j w_jt),
    d_jt = r_t + g V_{t+1}(s_{t+1}) - Q_t(s_t, a_t)

    with cross-fitted Q and V, per step t over all journeys (ended ones keep their last weight).

    - DRL, the headline: w of `remembering_weights` (Kallus & Uehara 2020), of the state and of surprises.
      Consistent when mu is right and the two hold what the past says about the future, whichever of Q and
      rho is fitted well; its variance grows slowly with the horizon. Biased where something the state forgets
      goes with what was done, and the policy is so far from today's delivery that a line through surprises is
      no weight.
    - SNDR, its witness: w of `weights`, running products (Jiang & Li 2016; Thomas & Brunskill 2016).
      Consistent when mu or Q is right, without the Markov assumption when mu is; noisy for long journeys.

    Both need mu > 0 wherever pi is. They can always be computed; whether to believe them is for `support` and
    `witness` to say.
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
        self.min_behaviour_probability = min_behaviour_probability
        decisions = np.array([float(journeys.is_decision.sum())])
        self._n_decisions = float(journeys.sites.total("decisions", decisions)[0])
        self._discount = discount
        base, self.outcome_map = base_outcomes(journeys)  # (b, o)
        self._undiscounted = rewards = journeys.as_logged(base)  # (n, b)
        booked = rewards if journeys.stands_for is None else journeys.outcomes[:, base]
        self._rewards = booked if discount is None else booked * discount[:, None]
        self.model = FittedQEvaluation(journeys, rewards, folds=folds, ridge=ridge, discount=discount)
        self._weights = RememberingWeights(
            journeys, behaviour, self.model.x, self.model.slots, folds, ridge=ridge
        )

    def value(self, target: Target, name: str = "target") -> PolicyValue:
        """All estimators of a policy (n, A)."""
        return self.value_given(self.model.fit(target), target, name)

    def value_given(self, fitted: QValues, target: Target, name: str = "target") -> PolicyValue:
        """All estimators of a policy (n, A), with its Q and V from wherever they come.

        A Q that was trained on the same entities overfits them: cross-fit it.
        """
        ratios, by_fold = self.ratios_by_fold(target, name)
        weights = cumulative_weights(ratios, self.steps)
        reached = self._weights.reached(ratios, by_fold)
        initial, residual = self._initial(fitted), partial(self.residual, fitted)

        def corrected(weights: Weights) -> Floats:
            return self._finish(initial + self_normalised_per_decision(residual, weights, self.steps))

        marginal = summed(ratios, reached.headline * ratios, self.steps)
        headline = corrected(marginal)
        remembering, kept = (
            None if rho is None else corrected(summed(ratios, rho * ratios, self.steps))
            for rho in (reached.other, reached.kept)
        )
        return PolicyValue(
            fitted_q=self._finish(initial),
            double_reinforcement=headline,
            self_normalised=corrected(weights),
            doubly_robust=self._finish(initial + per_decision(residual, weights, self.steps)),
            importance=self._importance(weights),
            per_decision=self._finish(per_decision(self._rewards, weights, self.steps)),
            trajectory_wise=self._finish(trajectory_wise(self._rewards, weights, self.steps)),
            remembering=remembering,
            moments_kept=kept,
            gross=self.gross(marginal),
            uplift_gross=self.gross(marginal, baseline=1.0),
            journey_gross=self.gross(weights),
            support=self._lightened(self._support(target, marginal), weights),
            journey_support=self._support(target, weights),
            signed=reached.signed,
            as_logged=as_logged(headline, self.journeys.outcome_names, self.outcome_map),
        )

    def contributions(self, target: Target, weights: Weights | None = None) -> Floats:
        """(C, o) of the headline, DRL: journeys.scale x their sum is the estimate of every outcome, and
        journeys.scale^2 x C x their variance its variance. Those of two policies may be subtracted. weights:
        `marginal_weights` of the target, where they are known."""
        return self.corrected(self.model.fit(target), weights or self.marginal_weights(target))

    def corrected(self, fitted: QValues, weights: Weights) -> Floats:
        """(C, o) contributions of Q and V, corrected by residuals under any weights."""
        residual = self_normalised_per_decision(partial(self.residual, fitted), weights, self.steps)
        return self._finish(self._initial(fitted) + residual)

    def importance(self, target: Target) -> Floats:
        """(C, o) contributions of the witness, SNPDIS."""
        return self._importance(self.weights(target))

    @cached_property
    def logged(self) -> Floats:
        """(C, o) contributions of today's delivery by the same estimator: what a target is compared with.

        Not the logged mean to the last digit: chance imbalances between what mu says and what was done are
        taken out, for target and delivery alike, so that the difference of equal policies is 0.
        """
        return self.logged_value.double_reinforcement

    @cached_property
    def logged_value(self) -> PolicyValue:
        """Today's delivery by all estimators."""
        return self._logged[0]

    @property
    def logged_coefficients(self) -> Floats:
        """(F, U, A, p, b) of today's delivery's Q, by the fold left out."""
        return self._logged[1]

    @cached_property
    def _logged(self) -> tuple[PolicyValue, Floats]:
        fitted = self.model.fit(self.behaviour)
        return self.value_given(fitted, self.behaviour, "logged"), fitted.coefficients

    @cached_property
    def logged_gross(self) -> Gross:
        """Behind the plain logged mean: every weight is 1."""
        plain = self._combined(self.steps.over_clusters(np.ones(len(self._rewards)), self._rewards))
        return Gross(plain, plain, np.ones(len(plain)))

    @cached_property
    def logged_outcomes(self) -> Floats:
        """(C, o) plain logged outcomes: their mean needs neither mu nor Q."""
        return self.journeys.without_tail(self.logged_gross.amount)

    def ratios(self, target: Target, name: str = "target") -> Floats:
        """(n,) pi / mu of the logged action. Raises StudyError when target (n, A) is no policy."""
        policy = own(target)
        check_probabilities(name, policy, self.journeys)
        return action_ratios(self.journeys, policy, self.behaviour)

    def ratios_by_fold(self, target: Target, name: str = "target") -> tuple[Floats, Floats | None]:
        """(n,) pi / mu of the logged action, and (n, F) of the policy that acts in each fold, in every row;
        None where that is one policy."""
        if not isinstance(target, TargetByFold):
            return self.ratios(target, name), None
        folds = self.model.folds
        by_fold = np.column_stack([self.ratios(left_out(target, f, folds), name) for f in range(folds)])
        return by_fold[np.arange(len(by_fold)), self.model.fold], by_fold

    def weights(self, target: Target, name: str = "target") -> Weights:
        """Cumulative importance weights of a policy (n, A)."""
        return cumulative_weights(self.ratios(target, name), self.steps)

    def marginal_weights(self, target: Target, name: str = "target") -> Weights:
        """Marginalised importance weights of a policy (n, A): the headline's."""
        return self.weighed(*self.ratios_by_fold(target, name))

    def weighed(self, ratios: Floats, by_fold: Floats | None = None) -> Weights:
        """The same from a policy's ratios (n,), and (n, F) where it is another one for each fold."""
        reached = self._weights.reached(ratios, by_fold, witnesses=False)
        return summed(ratios, reached.headline * ratios, self.steps)

    @cached_property
    def choices(self) -> Choices:
        """The decisions in which policies may differ."""
        return choices_of(self.journeys, self.behaviour)

    def support(self, target: Target, weights: Weights | None = None) -> Support:
        """How well the log covers a policy (n, A), state by state: what the headline needs. weights: its
        `marginal_weights`, where they are known."""
        weights = weights or self.marginal_weights(target)
        return self.support_given(weights, self.moved(target))

    def support_given(self, weights: Weights, moved: Floats) -> Support:
        """The same from a policy's marginal weights and the mean (A,) of what it moves onto rare actions."""
        running = cumulative_weights(weights.ratio, self.steps)
        return self._lightened(weights_support(weights, moved), running)

    @staticmethod
    def _lightened(by_step: Support, running: Weights) -> Support:
        """Marginalised weights are conditional means of running products, whose tail cannot be heavier than
        theirs: where it looks so, a regression has extrapolated, or a few sizes make up all weights."""
        shape, whole = by_step.tail_shape, pareto_shape(running.final)
        return replace(by_step, tail_shape=min(shape, whole) if whole == whole else shape)

    def journey_support(self, target: Target) -> Support:
        """How well the log covers a policy (n, A), journey by journey: what SNDR and SNPDIS need."""
        return self._support(target, self.weights(target))

    def gross(self, weights: Weights, baseline: float = 0.0) -> Gross:
        """(Self-normalised weights - baseline) x outcomes by cluster, and the largest size of each; baseline
        1: of the difference from today's delivery."""
        total = weights.total  # 0 where nobody who got that far went the policy's way
        inverse = np.divide(self.steps.n_journeys, total, out=np.zeros_like(total), where=total > 0)
        scaled = weights.row * inverse[self.steps.t] - baseline
        starts = self.steps.cluster_offsets[:-1]
        return Gross(
            weighted=self._combined(self.steps.over_clusters(scaled, self._rewards)),
            amount=self.logged_gross.amount,
            largest=np.maximum.reduceat(np.abs(scaled), starts),
        )

    def _support(self, target: Target, weights: Weights) -> Support:
        return weights_support(weights, self.moved(target))

    def moved(self, target: Target) -> Floats:
        """(A,) mean over all decisions of what a target (n, A) moves onto rare actions."""
        rows = self.rare_decisions
        return self.mean_moved(own(target, rows), self.behaviour[rows])

    def mean_moved(self, target: Probabilities, behaviour: Floats) -> Floats:
        """(A,) mean over all decisions of what a target moves onto rare actions, from its probabilities and
        mu in the `rare_decisions`."""
        moved = moved_onto_rare(target, behaviour, self.min_behaviour_probability)
        whole = self.journeys.sites.total("moved onto rare actions", moved.sum(axis=0, dtype=np.float64))
        return np.asarray(whole / max(self._n_decisions, 1.0))

    @cached_property
    def rare_decisions(self) -> NDArray[np.int64]:
        """Decisions in which something possible is hardly ever done."""
        rare = (self.behaviour < self.min_behaviour_probability) & self.journeys.eligible
        return np.flatnonzero(rare.any(axis=1) & self.journeys.is_decision)

    def _importance(self, weights: Weights) -> Floats:
        return self._finish(self_normalised_per_decision(self._rewards, weights, self.steps))

    def _initial(self, fitted: QValues) -> Floats:
        """(C, b) V_0 of every journey, summed by cluster."""
        return self.steps.of_first_rows(fitted.v)

    def residual(self, fitted: QValues, part: slice | None = None) -> Floats:
        """(n, b) d_t, discounted to the journey's start; or of a stretch of the rows alone."""
        part = slice(0, len(fitted.q)) if part is None else part
        residual: Floats = self._undiscounted[part] - fitted.q[part]
        ahead = self.steps.ahead(fitted.v, part)
        if self._discount is not None:
            residual *= self._discount[part, None]
            ahead = ahead * self.steps.ahead(self._discount[:, None], part)
        residual += ahead
        return self.journeys.standing_for(residual, part)

    def _finish(self, contributions: Floats) -> Floats:
        """From the b logged outcomes to all o, tails taken off."""
        return self.journeys.of_mean(self.journeys.without_tail(self._combined(contributions)))

    def _combined(self, contributions: Floats) -> Floats:
        # einsum without optimisation runs on one thread in a fixed order
        return np.einsum("cb,bo->co", contributions, self.outcome_map, optimize=False)
