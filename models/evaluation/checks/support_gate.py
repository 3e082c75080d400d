"""Does the log support a target? Asked of weights alone, so that whoever shrinks a plan until it passes has
learnt nothing about outcomes, and what these users then say of the plan is unbiased by the shrinking.

Both sets of weights are asked: a plan that is put in force should have witnesses as well. Running products
take no fit and are lost first, so they come first.
"""

from dataclasses import dataclass

import numpy as np

from models.evaluation.estimators.doubly_robust import DoublyRobust, Floats
from models.evaluation.estimators.support import (
    Support,
    gate_beyond,
    weights_support,
)
from models.evaluation.estimators.targets import Target
from models.evaluation.estimators.weights import Weights, cumulative_weights, stretches
from models.policies import NO_FEATURES, ScaledDelivery
from models.results import Gate
from models.settings import EvaluationSettings


@dataclass(frozen=True)
class SupportGate:
    """The gates of one part's users. Targets (n, A)."""

    estimator: DoublyRobust
    settings: EvaluationSettings

    def of(self, by_step: Support, whole: Support) -> Gate | None:
        """Of a policy whose support is known: by the headline's weights, and of whole journeys."""
        return self._beyond(by_step) or self._beyond(whole)

    def of_journeys(self, target: Target) -> Gate | None:
        """Whole journeys: the witnesses' running products."""
        return self._beyond(self.estimator.journey_support(target))

    def of_scaled(self, delivery: ScaledDelivery) -> Gate | None:
        """`of_journeys` of scaled delivery for a third of a look: from what was done, and from the decisions
        in which something possible is rare."""
        estimator = self.estimator
        choices, ratios = estimator.choices, np.ones(len(estimator.journeys.action))
        for part in stretches(len(choices.rows)):
            ratios[choices.rows[part]] = choices.scaled(delivery, part)[1]
        weights = cumulative_weights(ratios, estimator.steps)
        return self._beyond(weights_support(weights, self._moved(delivery)))

    def of_scaled_steps(self, delivery: ScaledDelivery, weights: Weights) -> Gate | None:
        """`of_steps` of scaled delivery."""
        return self.of_weights(weights, self._moved(delivery))

    def of_weights(self, weights: Weights, moved: Floats) -> Gate | None:
        """`of_steps` of a target by its weights; moved (A,): the mean of what it moves onto rare
        actions."""
        return self._beyond(self.estimator.support_given(weights, moved))

    def _moved(self, delivery: ScaledDelivery) -> Floats:
        """(A,) mean of what scaled delivery moves onto rare actions."""
        estimator = self.estimator
        rows = estimator.rare_decisions
        mu = estimator.behaviour[rows]
        target = delivery.probabilities(NO_FEATURES, estimator.journeys.eligible[rows], mu)
        return estimator.mean_moved(target, mu)

    def of_steps(self, target: Target, weights: Weights) -> Gate | None:
        """The headline's: `marginal_weights` of the target."""
        return self._beyond(self.estimator.support(target, weights))

    def beyond(self, target: Target) -> Gate | None:
        """Both."""
        return self.of_journeys(target) or self.of_steps(target, self.estimator.marginal_weights(target))

    def _beyond(self, support: Support) -> Gate | None:
        actions = self.estimator.journeys.actions
        return gate_beyond(support, actions, self.settings)
