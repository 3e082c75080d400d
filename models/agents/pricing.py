"""At which price, and how boldly, should an agent act? As the choosing entities trust most, within budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.agents.policy import ActionValues, AgentPolicy, leashed
from models.evaluation.doubly_robust import DoublyRobust
from models.evaluation.intervals import standard_errors
from models.evaluation.support import refusal
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]

SPEND_TOLERANCE = 0.005
"""A policy whose spend lies at most so far below the budget, as a share of it, spends it."""
MAX_SEARCHES = 12
"""Prices tried to meet a budget; each is one evaluation."""


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
    judge: Callable[[Floats], tuple[float, float, float] | None]
    """Target (n, A) -> (uplift in profit, its standard error, spend), or None where it is not credible."""


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
        if refusal(estimator.support(target), journeys.actions, settings):
            return None
        values = estimator.contributions(target)
        uplift = values[:, profit] - estimator.logged[:, profit]
        error = float(standard_errors(uplift[:, None])[0])
        if not np.isfinite(error):
            return None
        scale = journeys.scale
        return scale * float(uplift.sum()), scale * error, scale * float(values[:, cost].sum())

    return Choosers(features, journeys.eligible, behaviour, judge)


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

    Tried are, for every softness, the given prices and the one between the lowest and `max_price` (default:
    the highest of `prices`) at which the agent spends the budget (`match_spend`): agents compare at equal
    spend. Where the log supports none of them (None), the policy is the softest at the first price: it will
    be refused by the evaluation, with the reason.
    """
    values: dict[float, Floats] = {}
    trials: list[Trial] = []

    def try_at(price: float, temperature: float) -> Trial | None:
        known = [t for t in trials if (t.price, t.softness) == (price, temperature)]
        if known:
            return known[0]
        if price not in values:
            values[price] = ensemble.action_values(choosers.features, choosers.eligible, price)
        found = choosers.judge(leashed(values[price], choosers.behaviour, temperature))
        if found is None:
            return None
        trials.append(Trial(price, temperature, *found))
        return trials[-1]

    for temperature in softness:
        tried = [try_at(price, temperature) for price in sorted(prices)]
        credible = [trial for trial in tried if trial is not None]
        above = [t.price for t in credible if t.spend > budget]
        below = [t.price for t in credible if t.spend <= budget]
        low = max(above, default=min(prices))
        high = min((p for p in below if p > low), default=max(max_price or 0.0, *prices))
        match_spend(_spend_of(try_at, temperature), budget=budget, low=low, high=high)
    best = choose_trial(trials, budget=budget, z=z)
    if best is None:
        return AgentPolicy(ensemble, prices[0], max(softness), name), None
    return AgentPolicy(ensemble, best.price, best.softness, name), best


def _spend_of(
    try_at: Callable[[float, float], Trial | None], softness: float
) -> Callable[[float], float | None]:
    def spend(price: float) -> float | None:
        trial = try_at(price, softness)
        return None if trial is None else trial.spend

    return spend


def most_trusted(priced: Sequence[tuple[AgentPolicy, Trial | None]], *, z: float) -> AgentPolicy | None:
    """The agent with the largest lower bound on the choosing entities; any, where none is credible."""
    credible = [(policy, trial) for policy, trial in priced if trial is not None]
    if credible:
        return max(credible, key=lambda pair: pair[1].lower_bound(z))[0]
    return priced[0][0] if priced else None
