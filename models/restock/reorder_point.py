"""The best (s, S): order up to S whenever s or less is left.

With a cost K per order, G(y) what a day costs that begins with y units, and m the renewal density of demand,

    cost(s, S) = (K + sum over 0 <= j < S - s of m_j G(S - j)) / sum over 0 <= j < S - s of m_j,
    G(y) = holding E(y - D)+ + stock_out E(D - y)+,    m_0 = 1 / (1 - p_0),  m_j = sum over l of p_l m_(j -
    l),

a cycle's cost over its length (Veinott & Wagner 1965; Zheng & Federgruen 1991). It holds for orders that
come the same day, and whether what is not met is lost or waits, as long as s is 0 or more: at or below s
both order up to S. Such a policy is the best there is. E(D - y)+ = E D - y + E(y - D)+, whose first term no
policy changes, so that the demand beyond the largest stock of a log need not be known to choose among
stocks up to it. Wrong where demand has a season that lasts longer than a cycle.

Orders that take L days to come are decided by the position, stock on hand and on order less what waits: all
that is ordered by now has come L days later, so that y after the order means L days later an evening with
y less the demand of L + 1 days,

    G(y) = holding E(y - D_(L+1))+ + stock_out E(D_(L+1) - y)+

(Scarf 1960; Karlin & Scarf 1958). That needs demand that waits: where it is lost, when what is on its way
comes matters too, and the position alone is not the state.
"""

from dataclasses import dataclass

import numpy as np

from models.restock.demand import Demand, Floats

UNKNOWN = 1e-9
"""A chance of wanting more than is known of, above which it cuts off what is known of several days."""


@dataclass(frozen=True)
class DayCosts:
    """Currency units."""

    order: float
    """Of an order, whatever its size;"""
    holding: float
    """of a unit left in the evening;"""
    stock_out: float
    """of a unit that was wanted and not there, each evening that it waits."""
    lead_days: int = 0
    """Days until an order comes; 0: the same morning."""


@dataclass(frozen=True)
class ReorderPolicy:
    """Order up to `up_to` in the morning when `at` or less is left, on hand and on order."""

    at: int
    up_to: int
    cost: float
    """Currency units a day, without stock_out x mean demand where that mean is not known: see
    `average_cost`."""


def best_reorder_policy(demand: Demand, costs: DayCosts) -> ReorderPolicy:
    """The cheapest pair 0 <= s < S <= K, of all. K is the largest stock that the demand is known for."""
    over = over_lead_time(demand, costs.lead_days)
    most = len(over.probability)
    density, day = _renewal(demand, most), _day_costs(over, costs)
    best = ReorderPolicy(0, most, np.inf)
    for up_to in range(1, most + 1):
        length = density[:up_to].cumsum()  # (S,) of cycles that order at S - 1, S - 2, ... 0
        cycle = costs.order + (density[:up_to] * day[up_to:0:-1]).cumsum()
        each = cycle / length
        at = int(each.argmin())
        if each[at] < best.cost:
            best = ReorderPolicy(up_to - 1 - at, up_to, float(each[at]))
    return best


def average_cost(at: int, up_to: int, demand: Demand, costs: DayCosts) -> float:
    """Currency units a day of ordering up to `up_to` at `at`; demand beyond K counts as K."""
    span, over = up_to - at, over_lead_time(demand, costs.lead_days)
    density, day = _renewal(demand, len(over.probability))[:span], _day_costs(over, costs)
    return float((costs.order + density @ day[up_to:at:-1]) / density.sum())


def over_lead_time(demand: Demand, lead_days: int) -> Demand:
    """Of lead_days + 1 days together; known as far as one day's is, and all of it where that is."""
    whole = demand.probability
    for _ in range(lead_days):
        whole = np.convolve(whole, demand.probability)
    if demand.beyond > UNKNOWN:
        whole = whole[: len(demand.probability)]
    return Demand(whole, max(1.0 - float(whole.sum()), 0.0))


def _day_costs(demand: Demand, costs: DayCosts) -> Floats:
    """(K + 1,) G of 0, 1, ... K units in the morning."""
    stock = np.arange(len(demand.probability) + 1)
    left = demand.left(stock)
    mean = float(demand.units @ demand.probability + len(demand.probability) * demand.beyond)
    return costs.holding * left + costs.stock_out * (mean - stock + left)


def _renewal(demand: Demand, units: int) -> Floats:
    """(units,) m."""
    p = np.zeros(units)
    known = min(units, len(demand.probability))
    p[:known] = demand.probability[:known]
    density = np.zeros(len(p))
    density[0] = 1.0 / (1.0 - p[0])
    for j in range(1, len(p)):
        density[j] = (p[1 : j + 1] @ density[j - 1 :: -1]) / (1.0 - p[0])
    return density
