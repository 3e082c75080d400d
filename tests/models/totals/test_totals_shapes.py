"""Carry-over, saturation, and the column whose coefficient is the marginal return."""

import numpy as np
import pytest

from models.totals.shapes import CARRY_OVERS, HALVES, SHAPES, adstock, carry_over_days, make_candidates


def test_adstock_spreads_a_day_of_spend_over_the_days_after_it() -> None:
    spend = np.array([[0.0], [8.0], [0.0], [0.0]])
    assert adstock(spend, 0.5, np.zeros(1))[:, 0].tolist() == [0.0, 4.0, 2.0, 1.0]
    # twice through the same stock: as much in the end, but later
    assert adstock(spend, 0.5, np.zeros(1), order=2)[:, 0].tolist() == [0.0, 2.0, 2.0, 1.5]


def test_steady_spend_is_its_own_stock() -> None:
    spend = np.full((50, 1), 3.0)
    for rate, order in CARRY_OVERS:
        assert adstock(spend, rate, np.array([3.0]), order) == pytest.approx(spend)


def test_the_coefficient_of_every_column_is_the_marginal_return() -> None:
    """1 % more on every day adds 1 % of the spend, times the coefficient."""
    spend = np.random.default_rng(1).gamma(4.0, 25.0, (200, 2))
    found = make_candidates(spend)
    more = np.array([1.0 - 1e-4, 1.0 + 1e-4])
    for k in range(2):
        change = np.diff(found.change(k, more), axis=1)[:, 0]  # (S,) per day, of a spend 2e-4 larger
        assert change / (2e-4 * spend[:, k].mean()) == pytest.approx(np.ones(len(SHAPES)), rel=1e-6)


def test_saturated_channels_lose_more_from_a_cut_than_they_gain_from_a_rise() -> None:
    found = make_candidates(np.full((60, 1), 100.0)).change(0, np.array([0.5, 1.0, 1.5]))
    for shape, (_, half) in enumerate(SHAPES):
        cut, same, rise = found[shape]
        assert same == 0.0
        assert rise == pytest.approx(-cut) if half == HALVES[0] else 0 < rise < -cut


def test_carry_over_days_are_the_mean_delay_of_the_stock() -> None:
    pulse = np.zeros((3000, 1))
    pulse[0] = 1.0
    for kernel, (rate, order) in enumerate(CARRY_OVERS):
        weights = adstock(pulse, rate, np.zeros(1), order)[:, 0]
        assert carry_over_days()[kernel * len(HALVES)] == pytest.approx(float(weights @ np.arange(3000)))
