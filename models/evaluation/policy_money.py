"""What a policy earns and spends by entity, in the units that budgets are in: by looks, of which a frontier
and what is left of it take half a dozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.evaluation.checks.support_gate import SupportGate
from models.evaluation.estimators.fast_doubly_robust import Acts, QuickLook

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PolicyMoney:
    """Goal and the channels' spend of policies on a look's entities: C of them, K channels."""

    look: QuickLook
    gate: SupportGate
    budget: float
    """Today's of all channels per budget period, currency units."""

    def of(self, acts: Acts) -> Floats | None:
        """(C, 1 + K) of what a target does, currency units per budget period: sums are totals. None where the
        log does not support it. A channel of which the estimate is below 0 is hardly used: it spends 0."""
        values, beyond = self.look.supported(acts, self.gate)
        if beyond is not None:
            return None
        found = self._columns(values, self.look.outcomes)
        found[:, 1:] *= self.factor
        found[:, 1:][:, found[:, 1:].sum(axis=0) < 0] = 0.0
        return found

    @cached_property
    def today(self) -> Floats:
        """(C, 1 + K) of today's delivery; its spend adds up to `budget`."""
        estimator = self.look.estimator
        found = self._columns(estimator.logged, estimator.journeys.outcome_names)
        found[:, 1:] *= self.factor
        return found

    @cached_property
    def factor(self) -> float:
        """From the spend that is estimated to today's budget: journeys speak of as many as come today, and of
        the log's average delivery. One for all channels, so that none comes cheaper than it was; what
        a policy spends in the next period is for `models.spending` to say."""
        estimator = self.look.estimator
        logged = float(self._columns(estimator.logged, estimator.journeys.outcome_names)[:, 1:].sum())
        return self.budget / logged if self.budget > 0 and logged > 0 else 1.0

    def _columns(self, values: Floats, names: Sequence[str]) -> Floats:
        """(C, 1 + K) of contributions (C, o) to outcomes of these names."""
        journeys = self.look.estimator.journeys
        wanted = [names.index(name) for name in (journeys.goal, *(f"cost:{a}" for a in journeys.actions[1:]))]
        found: Floats = journeys.scale * values[:, wanted]
        return found
