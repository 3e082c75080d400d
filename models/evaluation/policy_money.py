"""What a policy earns and spends by entity, in the units that budgets are in."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.support import gate_beyond
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PolicyMoney:
    """Goal and the channels' spend of policies on an estimator's entities: C of them, K channels."""

    estimator: DoublyRobust
    settings: EvaluationSettings
    budget: float
    """Today's of all channels per budget period, currency units."""

    def of(self, target: Floats) -> Floats | None:
        """(C, 1 + K) of a target (n, A), currency units per budget period: sums are totals. None where the
        log does not support it. A channel of which the estimate is below 0 is hardly used: it spends 0."""
        estimator = self.estimator
        weights = estimator.marginal_weights(target)
        if gate_beyond(estimator.support(target, weights), estimator.journeys.actions, self.settings):
            return None
        found = self._columns(estimator.contributions(target, weights))
        found[:, 1:] *= self.factor
        found[:, 1:][:, found[:, 1:].sum(axis=0) < 0] = 0.0
        return found

    @cached_property
    def today(self) -> Floats:
        """(C, 1 + K) of today's delivery; its spend adds up to `budget`."""
        found = self._columns(self.estimator.logged)
        found[:, 1:] *= self.factor
        return found

    @cached_property
    def factor(self) -> float:
        """From the spend that is estimated to today's budget: journeys speak of the log's average, and a part
        of the users is not all of them. One for all channels, so that none comes cheaper than it was; what
        a policy spends in the next period is for `models.spending` to say."""
        logged = float(self._columns(self.estimator.logged)[:, 1:].sum())
        return self.budget / logged if self.budget > 0 and logged > 0 else 1.0

    def _columns(self, values: Floats) -> Floats:
        """(C, 1 + K) of contributions (C, o)."""
        journeys = self.estimator.journeys
        names = journeys.outcome_names
        wanted = [names.index(name) for name in (journeys.goal, *(f"cost:{a}" for a in journeys.actions[1:]))]
        found: Floats = journeys.scale * values[:, wanted]
        return found
