"""At which price, and how boldly, should an agent act? As the choosing entities trust most, within budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.agents.policy import AgentPolicy, Ensemble, leashed
from models.evaluation.doubly_robust import DoublyRobust
from models.evaluation.intervals import standard_errors
from models.evaluation.support import refusal
from models.settings import EvaluationSettings

Floats = NDArray[np.float64]


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


def price_agent(
    ensemble: Ensemble,
    name: str,
    choosers: Choosers,
    *,
    prices: Sequence[float],
    softness: Sequence[float],
    budget: float,
    z: float,
) -> tuple[AgentPolicy, Trial | None]:
    """The ensemble at its chosen price and softness, and what the choosing entities say of it.

    Where the log supports none of them (None), the policy is the softest at the first price: it will be
    refused by the evaluation, with the reason.
    """
    trials = []
    for price in prices:
        values = ensemble.action_values(choosers.features, choosers.eligible, price)
        for temperature in softness:
            found = choosers.judge(leashed(values, choosers.behaviour, temperature))
            if found is not None:
                trials.append(Trial(price, temperature, *found))
    best = choose_trial(trials, budget=budget, z=z)
    if best is None:
        return AgentPolicy(ensemble, prices[0], max(softness), name), None
    return AgentPolicy(ensemble, best.price, best.softness, name), best


def most_trusted(priced: Sequence[tuple[AgentPolicy, Trial | None]], *, z: float) -> AgentPolicy | None:
    """The agent with the largest lower bound on the choosing entities; any, where none is credible."""
    credible = [(policy, trial) for policy, trial in priced if trial is not None]
    if credible:
        return max(credible, key=lambda pair: pair[1].lower_bound(z))[0]
    return priced[0][0] if priced else None
