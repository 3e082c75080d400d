"""Equal split: as much for one channel as for the other."""

import numpy as np

from models.policies.budgets import AttributedRevenue, fill_budget
from models.policies.known.known_policy import Budgets, budget_rule
from models.policies.policy import Floats


def deal(b: Budgets, _: AttributedRevenue) -> Floats:
    """(A,) the same for every channel that is paid."""
    return fill_budget(b.paid.astype(np.float64), b.low, b.high, b.total)


EQUAL_SPLIT = budget_rule(
    name="equal split",
    label="Equal split",
    text="The same budget for every {action}, within its bounds.",
    deal=deal,
)
