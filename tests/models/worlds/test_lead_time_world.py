"""The world whose orders take two days: its answer in closed form is what its days cost."""

import numpy as np
import pytest

from models.restock import average_cost, best_reorder_policy
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.reorder_lead_time import (
    LEVELS,
    cost_of,
    draw_days,
    habit,
    order_up_to,
)
from tests.benchmarks.decisions.reorder_lead_time import COSTS, wanted

POSITIONS = np.arange(-20, 41)


def test_the_rule_of_the_study_is_the_best_of_its_levels() -> None:
    """Of all thresholds and levels, by a Markov chain and by the renewal formula; 13.77 EUR a day."""
    costs = {
        (at, int(level)): cost_of(order_up_to(at, int(level))(POSITIONS), POSITIONS)
        for at in range(5, 18)
        for level in LEVELS
    }
    assert min(costs, key=costs.__getitem__) == (11, 24)
    assert costs[11, 24] == pytest.approx(average_cost(11, 24, wanted(), COSTS), abs=1e-6)
    assert costs[11, 24] < 1.01 * best_reorder_policy(wanted(), COSTS).cost  # of any level at all


def test_days_cost_what_the_chain_says() -> None:
    """40,000 SKUs of a fortnight of habit, and 10,000 of the rule in force for 60 days, to 1 %."""
    habits = draw_days(Size(40_000, 14, 3, LAST_DAY)).cost.mean()
    assert habits == pytest.approx(cost_of(habit(POSITIONS), POSITIONS), rel=0.01)
    ruled = draw_days(Size(10_000, 60, 3, LAST_DAY), order_up_to(11, 24), 60)
    assert ruled.cost[ruled.day >= 20].mean() == pytest.approx(13.77, rel=0.01)


def test_what_is_ordered_comes_two_mornings_later() -> None:
    drawn = draw_days(Size(50, 30, 5, LAST_DAY))
    evening, stock, ordered = (x.reshape(50, 30) for x in (drawn.evening, drawn.stock, drawn.ordered))
    assert np.array_equal(stock[:, 2:], evening[:, 1:-1] + ordered[:, :-2])
    assert np.array_equal(drawn.on_order.reshape(50, 30)[:, 1:], ordered[:, :-1])
