"""Last-click split: money follows the last click before a purchase."""

import numpy as np

from models.policies.budgets import AttributedRevenue, fill_budget
from models.policies.known.known_policy import Budgets, budget_rule
from models.policies.policy import Floats


def deal(b: Budgets, revenue: AttributedRevenue) -> Floats:
    """(A,) in proportion to the revenue credited."""
    return fill_budget(np.where(b.paid, revenue.last_click, 0.0).clip(0), b.low, b.high, b.total)


LAST_CLICK = budget_rule(
    name="last-click",
    label="Last-click split",
    text="Budgets in proportion to the revenue a platform credits to the last click.",
    deal=deal,
)
