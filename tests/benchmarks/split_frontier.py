"""The frontier's check: does an answer that was never fitted for a budget spend it in the world?"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.judging import Judge
from models.agents.frontier import MixturePolicy, PolicyFrontier, policy_frontier
from models.agents.policy import AgentPolicy
from models.evaluation.support import refusal
from models.policies import Policy
from models.rules import Logged, ScaledDelivery
from sql.errors import StudyError
from tests.benchmarks.split_truth import Realise, Realised

Floats = NDArray[np.float64]

BUDGETS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Multiples of today's spend."""
PRICES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
CUTS = (0.25, 0.5, 0.75)
"""Of all channels' delivery alike, for budgets below what the agent wants to spend."""


@dataclass(frozen=True)
class Answer:
    """What the frontier says of one budget. All as multiples of today's spend."""

    budget: float
    spent: float | None
    """Below `budget`: so much cannot be spent. None: no policy spends so little."""
    low: float = 0.0
    high: float = 0.0
    """Interval of `spent`, as the frontier states it."""
    mixture: MixturePolicy | None = None


def frontier_answers(agent: AgentPolicy, choosers: Judge) -> tuple[Answer, ...]:
    """One for each of BUDGETS, on the choosing users; empty where the log supports no point."""
    frontier = frontier_of(agent, choosers)
    if frontier is None:
        return ()
    today, found = spend_today(choosers), []
    for budget in BUDGETS:
        try:
            answer = frontier.at(budget * today)
        except StudyError:
            found.append(Answer(budget, None))
            continue
        stated = answer.spend_interval
        found.append(
            Answer(budget, answer.spend / today, stated.low / today, stated.high / today, answer.policy)
        )
    return tuple(found)


def realised_answers(answers: tuple[Answer, ...], realise: Realise) -> list[dict[str, Any]]:
    """What the answers spend and earn in the world, ready for JSON.

    An answer deals every customer to one of two policies for good: in expectation it spends and earns the
    mean of what they do, weighted with its share, so that each corner of the frontier is put in force once.
    """
    corners: dict[int, Realised] = {}

    def of(policy: Policy) -> Realised:
        if id(policy) not in corners:
            corners[id(policy)] = realise(policy)
        return corners[id(policy)]

    found = []
    for answer in answers:
        told: dict[str, Any] = {"budget": answer.budget, "spent": answer.spent}
        if answer.mixture is not None:
            first, second, share = of(answer.mixture.first), of(answer.mixture.second), answer.mixture.share
            mixed = {name: (1 - share) * first[name] + share * second[name] for name in first}
            told |= {"low": answer.low, "high": answer.high, "realised": mixed["spend"], "row": mixed}
        found.append(told)
    return found


def frontier_of(agent: AgentPolicy, choosers: Judge) -> PolicyFrontier | None:
    """The agent at a grid of prices, today's delivery and its cuts; None where the log supports no point."""
    channels = choosers.journeys.actions[1:]
    policies: list[tuple[Policy, float]] = [(replace(agent, price=p), p) for p in PRICES]
    policies.append((Logged(), float("nan")))
    for m in CUTS:
        policies.append((ScaledDelivery((1.0, *(m for _ in channels)), f"cut to {m:g}"), float("nan")))
    settings = choosers.night.study.evaluation
    names, scale = choosers.journeys.outcome_names, choosers.journeys.scale
    columns = [names.index(n) for n in ("margin", *(f"cost:{a}" for a in channels))]

    def contributions(policy: Policy) -> Floats | None:
        target = choosers.target(policy)
        if refusal(choosers.estimator.support(target), choosers.journeys.actions, settings):
            return None
        values: Floats = scale * choosers.estimator.contributions(target)[:, columns]
        return values

    try:
        return policy_frontier(
            policies,
            contributions,
            scale * choosers.estimator.logged[:, columns],
            channels=channels,
            z=choosers.night.study.split.z,
            interval=choosers.interval,
        )
    except StudyError:
        return None


def spend_today(users: Judge) -> float:
    """Per period, currency units, by the headline estimator."""
    cost = users.journeys.outcome_names.index("cost")
    return float(users.journeys.scale * np.sum(users.estimator.logged[:, cost]))
