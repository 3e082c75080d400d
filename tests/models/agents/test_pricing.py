"""Which price and softness an agent acts at: small tables in, a choice out."""

import numpy as np
import pytest

from models.agents.policy import leashed
from models.agents.pricing import choose_trial, match_spend, price_agent
from models.agents.trials import Choosers, Trial


def test_the_largest_promise_within_the_budget_wins() -> None:
    bold = Trial(price=1.0, softness=0.1, uplift=900, standard_error=500, spend=950)
    sure = Trial(price=2.0, softness=0.2, uplift=600, standard_error=100, spend=900)
    dear = Trial(price=0.5, softness=0.1, uplift=2000, standard_error=100, spend=1100)
    assert choose_trial([bold, sure, dear], budget=1000, hurdle=1.96) is sure
    assert choose_trial([bold, sure, dear], budget=1000, hurdle=-9.0) is bold
    assert choose_trial([bold, sure, dear], budget=800, hurdle=1.96) is sure  # none fits: the cheapest
    assert choose_trial([], budget=800, hurdle=1.96) is None


def test_where_all_is_doubtful_the_smallest_change_does_not_win_by_being_small() -> None:
    """Softer is less of the same: gain and doubt shrink alike, and a lower bound would choose the least."""
    bold = Trial(price=1.0, softness=0.05, uplift=1500, standard_error=1200, spend=950)
    timid = Trial(price=1.0, softness=0.4, uplift=300, standard_error=240, spend=950)
    assert choose_trial([bold, timid], budget=1000, hurdle=1.96) is bold
    harmful = Trial(price=1.0, softness=0.05, uplift=-1500, standard_error=1200, spend=950)
    less = Trial(price=1.0, softness=0.4, uplift=-300, standard_error=240, spend=950)
    assert choose_trial([harmful, less], budget=1000, hurdle=1.96) is less


def test_the_leash_by_hand() -> None:
    values = np.array([[0.0, np.log(2.0), -np.inf]])
    usual = np.array([[0.5, 0.25, 0.25]])
    assert leashed(values, usual, 1.0) == pytest.approx(np.array([[0.5, 0.5, 0.0]]))
    assert leashed(values, usual, 1e9) == pytest.approx(np.array([[2 / 3, 1 / 3, 0.0]]))
    assert leashed(values, usual, 0.0).tolist() == [[0.0, 1.0, 0.0]]


def test_an_action_delivery_never_takes_is_never_proposed() -> None:
    values = np.array([[0.0, 700.0, 1e6]])
    usual = np.array([[1.0, 0.0, 0.0]])
    assert leashed(values, usual, 0.01).tolist() == [[1.0, 0.0, 0.0]]


def test_spend_is_met_by_the_price() -> None:
    """Spend 1000 / price: at 800 the price is 1.25."""
    price = match_spend(lambda p: 1000 / p, budget=800, low=1.0, high=4.0)
    assert price is not None and 0.995 * 800 <= 1000 / price <= 800


def test_money_that_earns_less_than_itself_stays_unspent() -> None:
    assert match_spend(lambda p: 500 / p, budget=800, low=1.0, high=4.0) == 1.0


@pytest.mark.parametrize(
    "spend",
    [
        lambda _: 1000.0,  # no price is high enough
        lambda p: 1000.0 if p < 2 else 100.0,  # jumps over the budget
        lambda p: 1000 / p if p in (1.0, 4.0) else None,  # not credible on the way
        lambda _: None,
    ],
)
def test_where_no_price_meets_the_budget(spend) -> None:
    assert match_spend(spend, budget=800, low=1.0, high=4.0) is None


class Linear:
    """Showing the ad earns 2 and costs 1."""

    algorithm = "linear"

    def action_values(self, features, eligible, price):  # noqa: ARG002
        return np.tile([0.0, 2.0 - price], (len(features), 1))


def test_an_agent_acts_at_the_price_that_spends_the_budget() -> None:
    """Each shown ad costs 10 a row; the more that is shown, the more is earned: the budget binds."""
    features, behaviour = np.zeros((10, 1), np.float32), np.full((10, 2), 0.5)

    def judge(target):
        shown = float(target[:, 1].sum())
        return 20 * shown, 1.0, 10 * shown

    choosers = Choosers(features, np.ones((10, 2), bool), behaviour, judge)
    policy, trial = price_agent(
        Linear(),
        "linear",
        choosers,
        prices=(1.0, 3.0),
        softness=(1.0,),
        budget=60,
        hurdle=1.96,
        max_price=4.0,
    )
    assert trial is not None and 0.995 * 60 <= trial.spend <= 60
    assert policy.price == pytest.approx(2 - np.log(0.6 / 0.4), abs=0.02)


def test_what_lies_beyond_a_falling_promise_is_not_asked_for() -> None:
    """The bolder, the better here: after the second softness the others are left, as is the price of 3."""
    features, behaviour = np.zeros((10, 1), np.float32), np.full((10, 2), 0.5)
    asked: list[float] = []

    def judge(target):
        shown = float(target[:, 1].sum())
        asked.append(shown)
        return 20 * shown, 1.0, 10 * shown

    choosers = Choosers(features, np.ones((10, 2), bool), behaviour, judge)
    _, trial = price_agent(
        Linear(),
        "linear",
        choosers,
        prices=(1.0, 1.5, 3.0),
        softness=(4.0, 2.0, 1.0, 0.5),
        budget=99,
        hurdle=1.96,
    )
    bold, softer = 10 / (1 + np.exp(-1 / 0.5)), 10 / (1 + np.exp(-1 / 1.0))
    assert trial is not None and (trial.price, trial.softness) == (1.0, 0.5)
    assert asked == pytest.approx([bold, 10 / (1 + np.exp(-0.5 / 0.5)), softer, 10 / (1 + np.exp(-0.5))])
