"""At which price, and how boldly, should an agent act? As the choosing entities trust most, within budget.

The search asks by `quick_look` where there is one, and what it finds is evaluated in full: the result is
never a look's. Where the full spend is off by more than 0.5 %, the looks are corrected by it and the search
goes on; after a few such turns it asks in full.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.agents.policy import ActionValues, AgentPolicy, leashed
from models.evaluation.doubly_robust import DoublyRobust
from models.evaluation.intervals import standard_errors
from models.evaluation.quick_look import QuickLook
from models.evaluation.support import refusal
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]

SPEND_TOLERANCE = 0.005
"""A policy whose spend lies at most so far below the budget, as a share of it, spends it."""
MAX_SEARCHES = 12
"""Prices tried to meet a budget; each is one evaluation, or one look."""
CONFIRMATIONS = 4
"""Policies found by looks that are evaluated, before the search is made in full."""
KEPT_PRICES = 4
"""At so many prices an agent's values are remembered: large arrays."""

Judge = Callable[[Floats], tuple[float, float, float] | None]
"""Target (n, A) -> (uplift in profit, its standard error, spend), or None where it is not credible."""


@dataclass(frozen=True)
class Trial:
    """What an agent is worth at one price and softness on the choosing entities, per budget period."""

    price: float
    softness: float
    uplift: float
    """Profit minus today's, in currency units."""
    standard_error: float
    spend: float

    def lower_bound(self, z: float) -> float:
        return self.uplift - z * self.standard_error


@dataclass(frozen=True)
class Choosers:
    """The choosing entities' decisions (n rows) and how they judge a target policy."""

    features: NDArray[np.float32]  # (n, d)
    eligible: NDArray[np.bool_]  # (n, A)
    behaviour: Floats  # (n, A)
    judge: Judge
    look: Judge | None = None
    """The same, cheaper and not quite right; None: there is no cheaper one."""


def choosers_of(
    estimator: DoublyRobust,
    features: NDArray[np.float32],
    behaviour: Floats,
    settings: EvaluationSettings,
) -> Choosers:
    """The entities of an estimator as those who choose: raw features (n, d) and behaviour (n, A) of its rows.

    A target that the log does not support, or whose uplift has no known spread, is not credible.
    """
    journeys = estimator.journeys
    profit, cost = (journeys.outcome_names.index(name) for name in ("profit", "cost"))

    def judge(target: Floats) -> tuple[float, float, float] | None:
        weights = estimator.marginal_weights(target)
        if refusal(estimator.support(target, weights), journeys.actions, settings):
            return None
        values = estimator.contributions(target, weights)
        uplift = values[:, profit] - estimator.logged[:, profit]
        error = float(standard_errors(uplift[:, None])[0])
        if not np.isfinite(error):
            return None
        scale = journeys.scale
        return scale * float(uplift.sum()), scale * error, scale * float(values[:, cost].sum())

    return Choosers(features, journeys.eligible, behaviour, judge, QuickLook(estimator, settings).judge)


def choose_trial(trials: Sequence[Trial], *, budget: float, z: float) -> Trial | None:
    """The trial with the largest lower bound among those within the budget; where every one spends more,
    the one that spends least. Ties go to the higher price, then the softer policy. None without trials."""
    within = [t for t in trials if t.spend <= budget]
    if within:
        return max(within, key=lambda t: (t.lower_bound(z), t.price, t.softness))
    return min(trials, key=lambda t: (t.spend, -t.price, -t.softness), default=None)


def match_spend(
    spend: Callable[[float], float | None], *, budget: float, low: float, high: float
) -> float | None:
    """The price in [low, high] at which a policy spends the budget, and at most 0.5 % less.

    spend(price): what the policy spends, falling in the price; None where that is not credible. `low` where
    even that spends no more than the budget: the rest stays unspent. None where no price is found: spend at
    `high` is still above, not credible on the way, or jumps over the budget (a greedy policy, few states).
    Interpolation and bisection in turn, aimed a little below the budget.
    """
    at_low = spend(low)
    if at_low is None or at_low <= budget:
        return None if at_low is None else low
    at_high = spend(high)
    if at_high is None or at_high > budget:
        return None
    for turn in range(MAX_SEARCHES):
        if at_high >= (1 - SPEND_TOLERANCE) * budget:
            return high
        share = (at_low - (1 - SPEND_TOLERANCE / 2) * budget) / (at_low - at_high)
        price = low + (high - low) * (share if turn % 2 == 0 else 0.5)
        found = spend(price)
        if found is None:
            return None
        if found > budget:
            low, at_low = price, found
        else:
            high, at_high = price, found
    return None


def price_agent(
    ensemble: ActionValues,
    name: str,
    choosers: Choosers,
    *,
    prices: Sequence[float],
    softness: Sequence[float],
    budget: float,
    z: float,
    max_price: float | None = None,
) -> tuple[AgentPolicy, Trial | None]:
    """The agent at its chosen price and softness, and what the choosing entities say of it.

    Tried are, from the boldest softness on, the given prices and the one between the lowest and `max_price`
    (default: the highest of `prices`) at which the agent spends the budget (`match_spend`): agents compare at
    equal spend. A higher price, or a softer policy, is tried for as long as the lower bound does not fall.
    Where the log supports none of them (None), the policy is the softest at the first price: it will be
    refused by the evaluation, with the reason.
    """
    asked = _Asked(ensemble, choosers)
    most = max(max_price or 0.0, *prices)

    def search(factor: dict[float, float] | None) -> Trial | None:
        """factor: of the spend a look tells, by softness; None: in full."""

        def trial(price: float, temperature: float) -> Trial | None:
            if factor is None:
                return asked.trial(price, temperature, look=False)
            return asked.trial(price, temperature, look=True, factor=factor.get(temperature, 1.0))

        return _search(
            trial, prices=sorted(prices), softness=sorted(softness), budget=budget, z=z, max_price=most
        )

    best: Trial | None = None
    factor: dict[float, float] = {}
    for _ in range(CONFIRMATIONS if choosers.look else 0):
        found = search(factor)
        told = found and asked.trial(found.price, found.softness, look=False)
        if found is None or told is None:
            break
        if _agree(found, told, budget):
            best = told
            break
        if found.spend <= 0:
            break
        factor[found.softness] = factor.get(found.softness, 1.0) * told.spend / found.spend
    best = best or search(None)
    if best is None:
        return AgentPolicy(ensemble, prices[0], max(softness), name), None
    return AgentPolicy(ensemble, best.price, best.softness, name), best


def _search(
    trial: Callable[[float, float], Trial | None],
    *,
    prices: Sequence[float],
    softness: Sequence[float],
    budget: float,
    z: float,
    max_price: float,
) -> Trial | None:
    """The best of the trials that are worth it; prices and softness ascending."""
    trials: list[Trial] = []
    before: float | None = None
    for temperature in softness:
        tried = _climb(trial, temperature, prices, budget, z, max_price)
        trials += tried
        bound = max((t.lower_bound(z) for t in tried if t.spend <= budget), default=None)
        if bound is not None:
            if before is not None and bound < before:
                break
            before = bound
    return choose_trial(trials, budget=budget, z=z)


def _agree(found: Trial, told: Trial, budget: float) -> bool:
    """Does the full evaluation find what the look did: the same spend, as near below the budget or above?"""
    near = abs(told.spend - found.spend) <= SPEND_TOLERANCE * abs(found.spend)
    edges = (1 - SPEND_TOLERANCE) * budget, budget
    return near and all((told.spend <= edge) == (found.spend <= edge) for edge in edges)


def _climb(
    trial: Callable[[float, float], Trial | None],
    softness: float,
    prices: Sequence[float],
    budget: float,
    z: float,
    max_price: float,
) -> list[Trial]:
    """Credible trials at one softness: up the prices to the first within budget, the one that spends it, and
    further up while the lower bound rises."""
    found: dict[float, Trial] = {}

    def at(price: float) -> Trial | None:
        answer = found.get(price) or trial(price, softness)
        if answer is not None:
            found[price] = answer
        return answer

    def spend(price: float) -> float | None:
        answer = at(price)
        return None if answer is None else answer.spend

    rest = list(prices)
    while rest:
        first = at(rest.pop(0))
        if first is not None and first.spend <= budget:
            break
    low = max((p for p, t in found.items() if t.spend > budget), default=min(prices))
    high = min((p for p, t in found.items() if t.spend <= budget and p > low), default=max_price)
    match_spend(spend, budget=budget, low=low, high=high)
    for price in rest:
        within = [t for t in found.values() if t.spend <= budget]
        top = max(within, key=lambda t: t.price, default=None)
        if top is not None and top.lower_bound(z) < max(t.lower_bound(z) for t in within):
            break
        at(price)
    return list(found.values())


class _Asked:
    """One agent's trials on the choosing entities: no question is asked twice."""

    def __init__(self, ensemble: ActionValues, choosers: Choosers) -> None:
        self._ensemble, self._choosers = ensemble, choosers
        self._choice = np.flatnonzero(choosers.eligible.sum(axis=1) > 1)
        self._features, self._eligible = choosers.features[self._choice], choosers.eligible[self._choice]
        self._values: dict[float, Floats] = {}
        self._known: dict[tuple[float, float, bool], tuple[float, float, float] | None] = {}

    def trial(self, price: float, softness: float, *, look: bool, factor: float = 1.0) -> Trial | None:
        """None where it is not credible; its spend times the factor. look: not the full evaluation."""
        key = (price, softness, look)
        if key not in self._known:
            judge = self._choosers.look if look else None
            self._known[key] = (judge or self._choosers.judge)(self._target(price, softness))
        found = self._known[key]
        return None if found is None else Trial(price, softness, found[0], found[1], factor * found[2])

    def _target(self, price: float, softness: float) -> Floats:
        """(n, A); where one action alone is possible nobody has to be asked."""
        values = self._values.pop(price, None)
        if values is None:
            values = self._ensemble.action_values(self._features, self._eligible, price)
        self._values[price] = values  # the newest last
        if len(self._values) > KEPT_PRICES:
            del self._values[next(iter(self._values))]
        target = self._choosers.eligible.astype(np.float64)
        target[self._choice] = leashed(values, self._choosers.behaviour[self._choice], softness)
        return target


def most_trusted(priced: Sequence[tuple[AgentPolicy, Trial | None]], *, z: float) -> AgentPolicy | None:
    """The agent with the largest lower bound on the choosing entities; any, where none is credible."""
    credible = [(policy, trial) for policy, trial in priced if trial is not None]
    if credible:
        return max(credible, key=lambda pair: pair[1].lower_bound(z))[0]
    return priced[0][0] if priced else None
