"""Last-touch split: money follows the last ad seen before a purchase."""

import numpy as np

from models.policies.budgets import AttributedRevenue, fill_budget
from models.policies.known.known_policy import Budgets, budget_rule
from models.policies.policy import Floats


def deal(b: Budgets, revenue: AttributedRevenue) -> Floats:
    """(A,) in proportion to the revenue credited."""
    return fill_budget(np.where(b.paid, revenue.last_touch, 0.0).clip(0), b.low, b.high, b.total)


LAST_TOUCH = budget_rule(
    name="last-touch",
    label="Last-touch split",
    text="Budgets in proportion to the revenue credited to the last {treatment} {seen}.",
    deal=deal,
)
