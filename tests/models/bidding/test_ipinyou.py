"""Bids on iPinYou's real auctions, learnt on the first part; left out where the data is absent."""

import pytest

from models.bidding import PacedBudget, learn_spend, pace
from tests.benchmarks.decisions.bid_level import MOST_BID, ipinyou


@pytest.mark.parametrize("ticks", [24, 48])
def test_an_eighth_of_the_budget_gets_19_of_the_21_clicks_of_the_best_linear_bid(ticks: int) -> None:
    """Nothing is drawn: one log, one answer. The best constant bid in hindsight gets 12."""
    past, today = ipinyou("train"), ipinyou("test")
    if past is None or today is None:
        pytest.skip("no copy of iPinYou's auctions")
    budget = float(today.price.sum()) / 8
    done = pace(today, learn_spend(past), PacedBudget(budget, ticks, most_bid=MOST_BID))
    assert done.gained.sum() >= 19
    assert done.spent.sum() <= budget
    assert done.spent[: ticks // 4].sum() <= 0.5 * budget
