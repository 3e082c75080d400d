"""Which price and softness an agent acts at: small tables in, a choice out."""

import numpy as np
import pytest

from models.agents.policy import leashed
from models.agents.pricing import Trial, choose_trial


def test_the_largest_lower_bound_within_the_budget_wins() -> None:
    bold = Trial(price=1.0, softness=0.1, uplift=900, standard_error=500, spend=950)
    sure = Trial(price=2.0, softness=0.2, uplift=600, standard_error=100, spend=900)
    dear = Trial(price=0.5, softness=0.1, uplift=2000, standard_error=100, spend=1100)
    assert choose_trial([bold, sure, dear], budget=1000, z=1.64) is sure
    assert choose_trial([bold, sure, dear], budget=1000, z=0.0) is bold
    assert choose_trial([bold, sure, dear], budget=800, z=1.64) is sure  # none fits: the cheapest
    assert choose_trial([], budget=800, z=1.64) is None


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
