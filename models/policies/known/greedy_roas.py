"""Greedy ROAS split: the channel that claims most per unit of spend is filled first."""

import numpy as np

from models.policies.budgets import AttributedRevenue
from models.policies.known.known_policy import Budgets, budget_rule
from models.policies.policy import Floats


def deal(b: Budgets, revenue: AttributedRevenue) -> Floats:
    """(A,) filled from the highest attributed ROAS down; ties by position."""
    roas = np.where(b.paid, revenue.last_touch / np.where(b.paid, b.spend, 1.0), -np.inf)
    budget = b.low.copy()
    left = b.total - budget.sum()
    for k in np.argsort(-roas, kind="stable"):
        extra = min(max(left, 0.0), b.high[k] - budget[k])
        budget[k] += extra
        left -= extra
    return budget


GREEDY_ROAS = budget_rule(
    name="greedy ROAS",
    label="Greedy ROAS split",
    text="All the budget that the bounds allow to the {action} with the highest attributed ROAS, "
    "then the next; the rest at their minimum.",
    deal=deal,
)
