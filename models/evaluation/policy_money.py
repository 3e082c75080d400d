"""What a policy earns and spends by entity, in the units that budgets are in."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.evaluation.doubly_robust import DoublyRobust
from models.evaluation.support import refusal
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]


def to_the_log(current: Floats, estimated: Floats) -> Floats:
    """(K,) factors from what users' journeys say today's delivery spends, `estimated` (K,), to what the whole
    log says, `current` (K,): journeys leave out the last days, and a part of the users is not all of them.
    1 where a channel spends nothing."""
    known = (current > 0) & (estimated > 0)
    found: Floats = np.divide(current, estimated, out=np.ones(len(current)), where=known)
    return found


@dataclass(frozen=True)
class PolicyMoney:
    """Margin and the channels' spend of policies on an estimator's entities: C of them, K channels."""

    estimator: DoublyRobust
    settings: EvaluationSettings
    current: Floats  # (K,) today's spend per budget period in the whole log, currency units

    def of(self, target: Floats) -> Floats | None:
        """(C, 1 + K) of a target (n, A), currency units per budget period: sums are totals. None where the
        log does not support it."""
        estimator = self.estimator
        weights = estimator.marginal_weights(target)
        if refusal(estimator.support(target, weights), estimator.journeys.actions, self.settings):
            return None
        return self._columns(estimator.contributions(target, weights)) * np.append(1.0, self.factor)

    @cached_property
    def today(self) -> Floats:
        """(C, 1 + K) of today's delivery; its spend adds up to `current`."""
        return self._columns(self.estimator.logged) * np.append(1.0, self.factor)

    @cached_property
    def factor(self) -> Floats:
        """(K,) from the spend that is estimated to the log's own."""
        return to_the_log(self.current, self._columns(self.estimator.logged)[:, 1:].sum(axis=0))

    def _columns(self, values: Floats) -> Floats:
        """(C, 1 + K) of contributions (C, o)."""
        journeys = self.estimator.journeys
        names = journeys.outcome_names
        wanted = [names.index(name) for name in ("margin", *(f"cost:{a}" for a in journeys.actions[1:]))]
        found: Floats = journeys.scale * values[:, wanted]
        return found
