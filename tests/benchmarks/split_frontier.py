"""The frontier's check: does an answer that was never fitted for a budget spend it in the world?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.stages.judging import Judge
from flows.stages.personal import frontier_of, part_of
from flows.stages.spend import Spending
from models.agents.frontier import MixturePolicy
from models.agents.policy import AgentPolicy
from models.policies.policy import Policy
from sql.errors import StudyError
from tests.benchmarks.split_truth import Realise, Realised

Floats = NDArray[np.float64]

BUDGETS = (0.5, 0.75, 1.0, 1.5, 2.0)
"""Multiples of today's spend."""


@dataclass(frozen=True)
class Answer:
    """What the frontier says of one budget. All as multiples of today's budget, that of the newest period."""

    budget: float
    spent: float | None
    """As everybody has it; below `budget`: so much cannot be spent. None: no policy spends so
    little."""
    low: float = 0.0
    high: float = 0.0
    """Interval of what is spent, if it is left alone."""
    mixture: MixturePolicy | None = None
    today: float = 1.0
    """Today's budget in currency units."""


def frontier_answers(
    agent: AgentPolicy, everybody: Judge, spending: Spending, looked_at: int
) -> tuple[Answer, ...]:
    """One for each of BUDGETS, as a night answers. looked_at: trials out of which the agent came."""
    frontier = frontier_of(agent, part_of(everybody, spending.today), spending.ahead, looked_at)
    today, found = spending.today.total, []
    for budget in BUDGETS:
        try:
            answer = frontier.at(budget * today)
        except StudyError:
            found.append(Answer(budget, None))
            continue
        met, stated = min(budget, frontier.reach[1] / today), answer.spend_interval
        found.append(Answer(budget, met, stated.low / today, stated.high / today, answer.policy, today))
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
            came = mixed["in_force"] / answer.today
            told |= {
                "low": answer.low,
                "high": answer.high,
                "realised": came,
                "today": answer.today,
                "row": mixed,
            }
        found.append(told)
    return found
