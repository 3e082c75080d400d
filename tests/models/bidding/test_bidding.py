"""Bids under a budget: the exact replay, the learnt price of money, and pacing."""

import numpy as np
import pytest

from models.bidding import Auctions, PacedBudget, learn_spend, pace, replay

THREE = Auctions(
    worth=np.array([0.1, 0.2, 0.4]), price=np.array([20.0, 30.0, 100.0]), gained=np.array([1.0, 0.0, 3.0])
)


def drawn(seed: int, n: int = 20_000, dearer: float = 1.0) -> Auctions:
    """Worths of mean 1 and prices of median .8, times `dearer`, independent of each other."""
    rng = np.random.default_rng(seed)
    worth = rng.gamma(2.0, 0.5, n)
    price = dearer * 0.8 * np.exp(0.6 * rng.standard_normal(n))
    return Auctions(worth, price, worth * rng.gamma(4.0, 0.25, n))


def test_a_bid_wins_at_the_price_and_pays_no_more() -> None:
    done = replay(THREE, np.array([20.0, 29.0, 500.0]), budget=1000.0)
    assert (done.spent[0], done.gained[0]) == (120.0, 4.0)


def test_what_the_budget_cannot_pay_is_let_go() -> None:
    done = replay(THREE, np.full(3, 500.0), budget=119.0)
    assert (done.spent[0], done.gained[0]) == (50.0, 1.0)


def test_the_price_of_money_of_three_auctions() -> None:
    """Prices per worth are 200, 150 and 250: at 200 the first two are won, 50 in three auctions."""
    curve = learn_spend(THREE)
    assert curve.multiplier.tolist() == [150.0, 200.0, 250.0]
    assert curve.spend_of(200.0) == pytest.approx(50 / 3) and curve.multiplier_of(50 / 3) == 200.0
    assert curve.multiplier_of(9.9) == 0.0  # the first to be won costs 30 in three auctions


@pytest.mark.parametrize("dearer", [0.5, 1.0, 2.0])
def test_the_budget_is_spent_evenly_and_never_exceeded(dearer: float) -> None:
    """Also where all prices have halved or doubled since; a quarter of 20,000 auctions holds chance of 3
    %."""
    budget = 0.1 * 20_000
    done = pace(drawn(2, dearer=dearer), learn_spend(drawn(1)), PacedBudget(budget))
    assert 0.95 * budget < done.spent.sum() <= budget
    assert done.share_spent(by=0.25) < 0.5
    assert done.spent[-12:].sum() > 0.1 * budget  # money is left for the last quarter


def test_paced_bids_gain_what_the_best_bids_in_hindsight_do() -> None:
    """Linear bids with the multiplier that just spends the budget of the same auctions are the best there
    are; pacing without seeing them misses .1 % on average, and at most .4 % in 100 draws."""
    budget, today = 0.1 * 20_000, drawn(2)
    best = learn_spend(today).multiplier_of(budget / today.n)
    hindsight = replay(today, best * today.worth, budget)
    done = pace(today, learn_spend(drawn(1)), PacedBudget(budget))
    assert done.gained.sum() > 0.99 * hindsight.gained.sum()


def test_money_that_is_not_needed_is_not_spent() -> None:
    """Worths are in money: no bid above them, however large the budget."""
    today = drawn(2)
    done = pace(today, learn_spend(drawn(1)), PacedBudget(10.0 * today.n, most=1.0))
    truthful = replay(today, today.worth, 10.0 * today.n)
    assert done.spent.sum() == pytest.approx(truthful.spent.sum())
    assert done.multiplier.max() == 1.0


def test_auctions_that_tell_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to bid for"):
        learn_spend(Auctions(np.zeros(2), np.ones(2), np.ones(2)))
    with pytest.raises(ValueError, match="below 0"):
        Auctions(np.ones(1), -np.ones(1), np.ones(1))
