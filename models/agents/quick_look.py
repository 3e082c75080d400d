"""A quick look at many policies: the headline with Q of today's delivery in place of Q of the target.

    sum_j V_0 + sum_t J x (sum_j w_jt d_jt) / (sum_j w_jt),
    V(s) = sum_a pi(a|s) Q_mu(s, a),  d_t = r_t + V(s_{t+1}) - Q_mu(s_t, a_t)

w are the headline's marginalised weights of the target (Kallus & Uehara 2020), and Q_mu is fitted once for
all targets, for margin and spend alone: a look costs a third of an evaluation. Consistent where the weights
are, since then any Q will do, and Q is there to take noise away. Exact for today's delivery; wrong where
the weights are and the target is far from today's, by one error times the other. It serves to search:
whatever is found is evaluated. In the demo the uplifts of 18 policies were off by a fiftieth of their
standard error at most, and their spend by 0.3 % near the budget.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.evaluation.doubly_robust import DoublyRobust
from models.evaluation.importance_sampling import self_normalised_per_decision
from models.evaluation.intervals import standard_errors
from models.evaluation.one_thread import one_blas_thread
from models.evaluation.support import measure_support, refusal
from models.evaluation.weights import Weights
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class QuickLook:
    """Margin and spend of targets on an estimator's rows: n rows, A actions, C clusters. Undiscounted."""

    estimator: DoublyRobust
    settings: EvaluationSettings

    def judge(self, target: Floats) -> tuple[float, float, float] | None:
        """Target (n, A) -> uplift in profit against today's delivery, its standard error, spend; currency
        units per budget period. None where the log does not support it, as the evaluation has it."""
        estimator, journeys = self.estimator, self.estimator.journeys
        weights = estimator.marginal_weights(target)
        decided = journeys.is_decision
        support = measure_support(
            target[decided],
            estimator.behaviour[decided],
            weights,
            self.settings.min_behaviour_probability,
        )
        if refusal(support, journeys.actions, self.settings):
            return None
        change = self._contributions(target, weights) - self._today  # a tail is in both, and falls out
        profit = change[:, 0] - change[:, 1]
        error = float(standard_errors(profit[:, None])[0])
        if not np.isfinite(error):
            return None
        spend = estimator.logged[:, journeys.outcome_names.index("cost")].sum() + change[:, 1].sum()
        return journeys.scale * float(profit.sum()), journeys.scale * error, journeys.scale * float(spend)

    def change(self, target: Floats) -> Floats:
        """(C, 2) margin and spend of a target (n, A) less today's: journeys.scale x their sums are the totals
        per budget period. Whether the log supports the target is for others to say."""
        return self._contributions(target, self.estimator.marginal_weights(target)) - self._today

    def _contributions(self, target: Floats, weights: Weights) -> Floats:
        """(C, 2) margin and spend, tails included."""
        steps = self.estimator.steps
        v = np.stack([np.einsum("na,na->n", target, q, optimize=False) for q in self._q], axis=1)
        residual = self._reward - self._logged_q
        residual[:-1] += v[1:] * ~steps.is_last[:-1, None]
        first = steps.over_clusters(self._first, v)
        return first + self_normalised_per_decision(residual, weights, steps)

    @cached_property
    def _q(self) -> Floats:
        """(2, n, A) cross-fitted Q of today's delivery: margin, spend."""
        model, names = self.estimator.model, self.estimator.journeys.outcome_names
        fitted = model.fit(self.estimator.behaviour)
        costs = [k for k, name in enumerate(names) if name.startswith("cost:")]
        columns = (fitted.coefficients[..., names.index("margin")], fitted.coefficients[..., costs].sum(-1))
        both = replace(fitted, coefficients=np.stack(columns, axis=-1))
        with one_blas_thread():
            return np.stack([model.action_values(both, k) for k in (0, 1)])

    @cached_property
    def _logged_q(self) -> Floats:
        """(n, 2) of the logged action."""
        action = self.estimator.journeys.action
        return np.stack([q[np.arange(len(action)), action] for q in self._q], axis=1)

    @cached_property
    def _reward(self) -> Floats:
        """(n, 2) margin and spend booked at each row."""
        journeys = self.estimator.journeys
        return journeys.outcomes[:, [journeys.outcome_names.index(name) for name in ("margin", "cost")]]

    @cached_property
    def _first(self) -> Floats:
        """(n,) 1 where a journey begins."""
        return (self.estimator.steps.t == 0).astype(np.float64)

    @cached_property
    def _today(self) -> Floats:
        """(C, 2) today's delivery, where the look agrees with the headline."""
        behaviour = self.estimator.behaviour
        return self._contributions(behaviour, self.estimator.marginal_weights(behaviour))
