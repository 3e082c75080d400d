"""What a policy spends in the next period, from the newest states.

    S(pi) = S(mu) + sum_i [V_pi(s_i) - V_mu(s_i)] + g [D(pi) - D(mu)]

S(mu) is `todays_spend`. V are cost heads: fitted Q evaluation over one period, without a tail, on the newest
`WEEKS` periods, read at the newest states s_i of the entities and at those of the late comers of the newest
period; a policy's own effect on later states is inside. D is the doubly robust estimator's correction of the
heads by weighted residuals, per period, and g how many entities start now for one that started then.

Everybody's states and costs count: whom the margins set aside to judge has no less to say about costs. From
`MAX_ROWS` on a sample stands for all; it does not touch S(mu).
An agent that learnt by folds is asked as it is in force, the mean of them: costs taught it little.
Assumption: the heads and weights are those of an evaluation, with its assumptions; and what a policy changes
does not itself drift within the month.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation import DoublyRobust, self_normalised_per_decision
from models.mdp import DailyMoney, FeatureRows, Journeys, JourneyTerms, Transitions, cut_journeys, uniform_of
from models.numerics import side_by_side
from models.policies import Logged, Policy, ScaledDelivery, probabilities_in
from models.settings import EvaluationSettings
from models.spending.bands import PolicySpend, SpendDoubt
from models.spending.newest_weeks import Calendar, calendar_of
from models.spending.todays_spend import WEEKS, TodaysSpend, todays_spend

Floats = NDArray[np.float64]
Run = Callable[[Callable[[Any], None], Iterable[Any]], Any]
SAMPLE_SALT = 0x5EED_0C05
MAX_ROWS = 200_000
"""Decisions that heads are fitted on: seconds, and a memory that no log's length changes."""


@dataclass(frozen=True)
class SpendForecast:
    """Of any policy; n decisions of the newest periods, m newest states, A actions, K channels."""

    transitions: Transitions
    behaviour: Floats  # (rows of the table, A)
    settings: EvaluationSettings
    calendar: Calendar
    planned: DailyMoney | None = None
    """Budgets that were typed in."""

    @property
    def channels(self) -> tuple[str, ...]:
        return self.transitions.actions[1:]

    @cached_property
    def today(self) -> TodaysSpend:
        return todays_spend(self.transitions, self.calendar, self.planned)

    @cached_property
    def doubt(self) -> SpendDoubt:
        return SpendDoubt(self.today, self.calendar.period_days // self.calendar.epoch_days)

    def prepare(self) -> "SpendForecast":
        """Works out what all policies share, before several ask at once."""
        _ = self.doubt, self._heads.today
        return self

    def of(self, policy: Policy, run: Run = side_by_side) -> PolicySpend:
        """What it spends. run: how its decisions are asked for, as `probabilities_in` has it."""
        if isinstance(policy, Logged):
            return self.of_today
        found, now = self._heads.of(policy, run), self._heads.today
        change = self._heads.scale * (found.by_channel - now.by_channel)
        influence = self._heads.scale * (found.influence - now.influence)
        return PolicySpend(self.today.by_channel + change, influence).without_negative()

    @cached_property
    def of_today(self) -> PolicySpend:
        """Today's delivery: known but for what the rolling origins say."""
        return PolicySpend(self.today.by_channel, np.zeros((1, len(self.today.by_channel))))

    @cached_property
    def _heads(self) -> "_Heads":
        return _heads(self)


def forecast_spend(
    transitions: Transitions,
    behaviour: Floats,
    settings: EvaluationSettings,
    period_days: int,
    excluded_days: Collection[int] = (),
    *,
    single_step: bool = False,
) -> SpendForecast | None:
    """behaviour (rows, A): cross-fitted mu, or logged propensities. None where no period is logged whole."""
    calendar = calendar_of(transitions, period_days, excluded_days, single_step=single_step)
    return None if calendar is None else SpendForecast(transitions, behaviour, settings, calendar)


@dataclass(frozen=True)
class _Heads:
    """Cost heads on the sampled entities' newest periods."""

    forecast: SpendForecast
    estimator: DoublyRobust  # whose outcomes are the K costs
    newest: NDArray[np.int64]  # (m,) rows of the table: first decisions of the newest epoch
    late: NDArray[np.int64]  # rows of the journeys: first decisions of the newest period's late comers
    growth: float
    """Entities that start now, per one that started a period then."""
    scale: float
    """Entities of the log per sampled one."""

    @cached_property
    def today(self) -> PolicySpend:
        return self.of(Logged())

    def of(self, policy: Policy, run: Run = side_by_side) -> PolicySpend:
        """Before `scale`; what is alike for all policies is not in it."""
        journeys, table = self.estimator.journeys, self.forecast.transitions
        target = self._target(policy, journeys.rows, run)
        fitted = self.estimator.model.fit(target)
        states = FeatureRows(table.features, self.newest, table.feature_moments)
        ahead = self.estimator.model.first_values(
            fitted, states, table.entity[self.newest], self._target(policy, self.newest, run)
        )
        weights = self.estimator.marginal_weights(target)
        residual = self_normalised_per_decision(
            partial(self.estimator.residual, fitted), weights, self.estimator.steps
        )
        influence = self.growth / self._periods * residual  # (C, K)
        found = ahead.sum(axis=0) + fitted.v[self.late].sum(axis=0, dtype=np.float64)
        return PolicySpend(found + influence.sum(axis=0), influence)

    @property
    def _periods(self) -> int:
        return min(WEEKS, len(self.forecast.calendar.windows.end))

    def _target(self, policy: Policy, rows: NDArray[np.int64], run: Run) -> Floats:
        """(n, A) of a policy in some rows of the table."""
        table, mu = self.forecast.transitions, self.forecast.behaviour[rows]
        if isinstance(policy, Logged):
            return mu
        features = None if isinstance(policy, ScaledDelivery) else FeatureRows(table.features, rows)
        return probabilities_in(policy, features, table.eligible[rows], mu, run=run)


def _heads(forecast: SpendForecast) -> _Heads:
    table, calendar, settings = forecast.transitions, forecast.calendar, forecast.settings
    windows = calendar.last(WEEKS)
    inside = int(np.count_nonzero(windows.index_of(table.day) >= 0))
    share = min(1.0, MAX_ROWS / max(inside, 1))
    kept = uniform_of(table.entity, SAMPLE_SALT) < share if share < 1 else np.ones(table.n_rows, bool)
    terms = JourneyTerms(calendar.period_days, 0, single_step=False, period_days=calendar.period_days)
    journeys = _costs_alone(cut_journeys(table, kept, terms, total_entities=1.0, windows=windows))
    estimator = DoublyRobust(
        journeys,
        forecast.behaviour[journeys.rows],
        folds=settings.folds,
        ridge=settings.ridge,
        min_behaviour_probability=settings.min_behaviour_probability,
    )
    at = np.flatnonzero(kept & (table.day >= calendar.newest))
    newest = at[np.r_[True, np.diff(table.entity[at]) != 0]] if len(at) else at
    first = np.flatnonzero(journeys.t == 0)
    assert journeys.days_left is not None  # not single steps
    late = journeys.days_left[first] < calendar.period_days
    in_newest = windows.index_of(table.day[journeys.rows[first]]) == len(windows.end) - 1
    began = np.count_nonzero(~late) / len(windows.end)
    everyone, sampled = len(np.unique(table.entity)), len(np.unique(table.entity[kept]))
    return _Heads(
        forecast,
        estimator,
        newest,
        first[late & in_newest],
        growth=len(newest) / began if began > 0 else 1.0,
        scale=table.stands_for * everyone / max(sampled, 1),
    )


def _costs_alone(journeys: Journeys) -> Journeys:
    """The same with the actions' costs as their only outcomes."""
    names = tuple(f"cost:{action}" for action in journeys.actions[1:])
    columns = [journeys.outcome_names.index(name) for name in names]
    return replace(
        journeys,
        outcomes=np.ascontiguousarray(journeys.outcomes[:, columns]),
        outcome_names=names,
        outcome_units=("currency",) * len(names),
        goal_weights=None,
    )
