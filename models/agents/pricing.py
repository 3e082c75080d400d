"""At which price of spend should an agent act? The one the choosing entities trust most within the budget."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.agents.policy import AgentPolicy


@dataclass(frozen=True)
class PricedValue:
    """What an agent is worth at one price on the choosing entities, per budget period in currency units."""

    price: float
    uplift: float
    """Profit minus today's."""
    standard_error: float
    spend: float


def choose_price(values: Sequence[PricedValue], *, budget: float, z: float) -> PricedValue:
    """The price with the largest lower bound (uplift - z x standard error) among those within the budget.

    Where every price spends more, the one that spends least; ties go to the higher price.
    """
    if not values:
        raise ValueError("choose_price needs at least one price")
    within = [v for v in values if v.spend <= budget]
    if not within:
        return min(values, key=lambda v: (v.spend, -v.price))
    return max(within, key=lambda v: (v.uplift - z * v.standard_error, v.price))


def most_trusted(priced: Sequence[tuple[AgentPolicy, PricedValue]], *, z: float) -> AgentPolicy | None:
    """The agent with the largest lower bound of uplift on the choosing entities; None without agents."""
    if not priced:
        return None
    return max(priced, key=lambda pair: pair[1].uplift - z * pair[1].standard_error)[0]


def price_agent(
    policy: AgentPolicy,
    prices: Sequence[float],
    contributions: Callable[[AgentPolicy], tuple[NDArray[np.float64], NDArray[np.float64]]],
    *,
    scale: float,
    budget: float,
    z: float,
) -> tuple[AgentPolicy, PricedValue]:
    """The policy at its chosen price.

    `contributions`: per-cluster profit uplift (C,) and spend (C,) of a policy on the choosing entities,
    such that scale x sum is the total per budget period.
    """
    values = []
    for price in prices:
        uplift, spend = contributions(replace(policy, price=price))
        error = scale * np.sqrt(len(uplift) * uplift.var(ddof=1)) if len(uplift) > 1 else np.inf
        values.append(
            PricedValue(price, scale * float(uplift.sum()), float(error), scale * float(spend.sum()))
        )
    best = choose_price(values, budget=budget, z=z)
    return replace(policy, price=best.price), best
