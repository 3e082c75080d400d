"""When to order and up to which stock: published optima, brute force, and demand that stock-outs hide."""

import numpy as np
import pytest
from scipy.stats import poisson

from models.restock import DayCosts, Demand, average_cost, best_reorder_policy, demand_from_sales

VEINOTT_WAGNER = DayCosts(order=64.0, holding=1.0, stock_out=9.0)


def poisson_demand(mean: float, units: int = 200) -> Demand:
    p = poisson.pmf(np.arange(units), mean)
    return Demand(p, float(1.0 - p.sum()))


@pytest.mark.parametrize(
    ("mean", "at", "up_to", "cost"), [(10, 6, 40, 35.022), (15, 10, 49, 42.698), (20, 14, 62, 49.173)]
)
def test_the_published_optima(mean: int, at: int, up_to: int, cost: float) -> None:
    """Zheng & Federgruen 1991, table 1."""
    found = best_reorder_policy(poisson_demand(mean), VEINOTT_WAGNER)
    assert (found.at, found.up_to) == (at, up_to)
    assert found.cost == pytest.approx(cost, abs=0.001)


def test_the_formula_is_what_days_cost_when_unmet_demand_is_lost() -> None:
    """200,000 days of a shop that orders up to 20 at 6: a standard error of about .02 EUR."""
    rng, costs = np.random.default_rng(3), DayCosts(20.0, 1.0, 9.0)
    stock, spent = 20, 0.0
    for wanted in rng.poisson(5.0, 200_000).tolist():
        if stock <= 6:
            stock, spent = 20, spent + costs.order
        stock, short = max(stock - wanted, 0), max(wanted - stock, 0)
        spent += costs.holding * stock + costs.stock_out * short
    assert average_cost(6, 20, poisson_demand(5.0), costs) == pytest.approx(spent / 200_000, abs=0.1)


def test_demand_is_told_by_days_that_had_more() -> None:
    """Sold 1 of 3, 2 of 2 (sold out), 2 of 3: one of three wanted 1; of the two that wanted more one is
    known to have stopped at 2, and the other had no third to sell, so that it says nothing of 2."""
    found = demand_from_sales(np.array([1, 2, 2]), np.array([3, 2, 3]))
    assert found.probability == pytest.approx([0.0, 1 / 3, 2 / 3]) and found.beyond == pytest.approx(0.0)


def test_stock_outs_do_not_lower_the_demand() -> None:
    """20,000 days at stocks by lot: every chance within .02, five standard errors, of the truth; as if
    sales were the demand, the mean is a fifth too low."""
    rng = np.random.default_rng(5)
    stock, wanted = rng.integers(5, 30, 20_000), rng.poisson(15.0, 20_000)
    sold = np.minimum(stock, wanted)
    found = demand_from_sales(sold, stock)
    assert found.probability == pytest.approx(poisson.pmf(found.units, 15.0), abs=0.02)
    assert found.units @ found.probability == pytest.approx(15.0, abs=0.3) and sold.mean() < 12.5


def test_days_that_tell_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="every day sold out"):
        demand_from_sales(np.array([3, 5]), np.array([3, 5]))
    with pytest.raises(ValueError, match="no more than their stock"):
        demand_from_sales(np.array([4]), np.array([3]))


WAITS = DayCosts(order=24.0, holding=1.0, stock_out=9.0, lead_days=2)


def test_an_order_that_takes_days_is_decided_by_what_dynamic_programming_decides() -> None:
    """Any order at any position is allowed; relative value iteration (White 1963) of the average cost."""
    demand = poisson_demand(4.0, units=30)
    found = best_reorder_policy(demand, WAITS)
    cost, up_to = by_dynamic_programming(4.0, WAITS)
    assert found.cost == pytest.approx(cost, rel=1e-6)
    ordered = {position: level for position, level in up_to.items() if level > position}
    assert set(ordered.values()) == {found.up_to} and max(ordered) == found.at


def test_the_position_tells_what_an_order_two_days_away_costs() -> None:
    """200,000 days, order by order: what is on its way comes two mornings later, and demand waits."""
    rng, hand, coming, spent = np.random.default_rng(4), 20, [0, 0], 0.0
    policy = best_reorder_policy(poisson_demand(4.0, units=30), WAITS)
    for wanted in rng.poisson(4.0, 200_000).tolist():
        hand += coming.pop(0)
        position = hand + sum(coming)
        ordered = policy.up_to - position if position <= policy.at else 0
        coming.append(ordered)
        hand -= wanted
        spent += WAITS.order * (ordered > 0) + max(hand, 0) * WAITS.holding + max(-hand, 0) * WAITS.stock_out
    assert policy.cost == pytest.approx(spent / 200_000, rel=0.01)


def by_dynamic_programming(mean: float, costs: DayCosts) -> tuple[float, dict[int, int]]:
    """EUR a day of the best policy there is, and what every position is ordered up to, by positions alone."""
    low, high = -60, 60
    states, wanted = np.arange(low, high + 1), np.arange(40)
    p, ahead = poisson.pmf(wanted, mean), poisson.pmf(np.arange(200), mean * (costs.lead_days + 1))
    over = states[:, None] - np.arange(200)
    evening = (costs.holding * np.maximum(over, 0) + costs.stock_out * np.maximum(-over, 0)) @ ahead
    after = np.maximum(states[:, None] - wanted, low) - low
    value, order = np.zeros(len(states)), costs.order * (states[None, :] > states[:, None])
    impossible = np.where(states[None, :] < states[:, None], np.inf, 0.0)
    for _ in range(3_000):
        ahead_of = evening + value[after] @ p  # by the position after the order
        whole = order + impossible + ahead_of
        new = whole.min(axis=1)
        gain, value = new[60] - value[60], new - new[60]
    return float(gain), dict(zip(states.tolist(), states[whole.argmin(axis=1)].tolist(), strict=True))
