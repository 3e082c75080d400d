"""What a policy that analysts know says of itself, and what it is made from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from models.policies.budgets import AttributedRevenue, allowed_budgets
from models.policies.policy import Floats, Policy
from models.policies.rules import ScaledDelivery
from models.settings import SplitSettings


@dataclass(frozen=True)
class Situation:
    """Where the study stands today. A actions, 0 is none."""

    actions: tuple[str, ...]
    current: Floats  # (A,) spend per budget period in currency units, 0 for none
    revenue: AttributedRevenue
    """Of the whole log; only its proportions matter."""
    settings: SplitSettings
    single_step: bool
    """One decision per entity: each action is then a plan of its own."""
    idle: bool = True
    """Doing nothing is possible."""
    clone: Policy | None = None
    """The model of today's delivery, where there is one."""


@dataclass(frozen=True)
class KnownPolicy:
    """A plan that every night compares. Everything that is special to it stands in its own file."""

    name: str
    """In columns; a policy of the study may not take it."""
    label: str
    """In the report."""
    text: str
    """What it is, in one sentence for analysts; `{treatments}` and the like are words of the study."""
    make: Callable[[Situation], tuple[Policy, ...]]
    """The policy, named `name`; empty where it does not apply."""


@dataclass(frozen=True)
class Budgets:
    """What a rule has to deal out. All (A,), in currency units per budget period."""

    paid: np.ndarray  # (A,) bool: money is spent on it today
    spend: Floats  # today's, 0 where nothing is paid
    low: Floats
    high: Floats
    total: float


def budget_rule(
    name: str, label: str, text: str, deal: Callable[[Budgets, AttributedRevenue], Floats]
) -> KnownPolicy:
    """A rule that deals the budget out: (A,) budgets within the bounds. It does not apply where nothing is
    spent today, since there is then nothing to scale."""

    def make(situation: Situation) -> tuple[Policy, ...]:
        paid = situation.current > 0
        paid[0] = False
        if not paid.any():
            return ()
        spend = np.where(paid, situation.current, 0.0)
        low, high = allowed_budgets(spend, situation.actions, situation.settings)
        total = situation.settings.total
        budgets = Budgets(paid, spend, low, high, float(spend.sum()) if total is None else total)
        budget = deal(budgets, situation.revenue)
        multipliers = np.where(paid, budget / np.where(paid, spend, 1.0), 1.0)
        return (ScaledDelivery(tuple(multipliers.tolist()), name, text),)

    return KnownPolicy(name, label, text, make)
