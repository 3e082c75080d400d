"""Bands of a period's spend, by numbers a reader can work out."""

import numpy as np
import pytest

from models.results import Interval
from models.spending import PolicySpend, SpendDoubt, mixed
from models.spending.todays_spend import TodaysSpend

ALTERNATING = np.array([1.0, -1.0, 1.0, -1.0])


def doubt(weekly: float, daily: float = 0.0, luck: float = 0.0, epochs: int = 7) -> SpendDoubt:
    """Two channels that spend 60 and 40; four weeks and as many days off by these shares."""
    off = weekly * np.column_stack([ALTERNATING, 2 * ALTERNATING, ALTERNATING])
    return SpendDoubt(TodaysSpend(np.array([60.0, 40.0]), off, daily * ALTERNATING, np.full(3, luck)), epochs)


def spend(first: float, second: float, influence: np.ndarray | None = None) -> PolicySpend:
    return PolicySpend(np.array([first, second]), np.zeros((4, 2)) if influence is None else influence)


def test_left_alone_it_errs_as_weeks_did_and_as_the_estimate_does() -> None:
    """t with 4 degrees of freedom: 2.7764. The estimate's error is sqrt(4 x 1) = 2."""
    influence = np.column_stack([ALTERNATING, np.zeros(4)])
    found = doubt(0.03).of_total(spend(120, 80, influence), 0.95)
    assert found.estimate == 200
    assert found.high - 200 == pytest.approx(2.7764 * np.hypot(2.0, 0.03 * 200), rel=1e-4)
    channel = doubt(0.03).of_channel(spend(120, 80, influence), 0, 0.95)
    assert channel.high - 120 == pytest.approx(2.7764 * np.hypot(2.0, 0.06 * 120), rel=1e-4)


def test_no_week_is_known_better_than_the_users_luck() -> None:
    """A quarter of today's money is at the mercy of half of today's luck."""
    found = doubt(0.001, luck=4.0).of_total(spend(15, 10), 0.95)
    assert found.high - 25 == pytest.approx(2.7764 * 2.0, rel=1e-4)
    assert doubt(0.001, luck=40.0).of_total(spend(15, 10), 0.95).low == 0.0


def test_corrected_nightly_one_nights_error_is_left() -> None:
    """Of a seventh of 100: days were 5 % off and weeks 2 %. Where luck moves a week by 14, it moves a day by
    14 / sqrt(7)."""
    sure = Interval(50.0, 45.0, 55.0), Interval(150.0, 140.0, 160.0)
    found = doubt(0.02, daily=0.05).corrected(100.0, *sure)
    half = 2.7764 * np.hypot(5.0, 2.0) / 7
    assert found.estimate == 100 and found.high - 100 == pytest.approx(100 - found.low) == pytest.approx(
        half, 1e-4
    )
    lucky = doubt(0.02, daily=0.05, luck=14.0).corrected(100.0, *sure)
    assert lucky.high - 100 == pytest.approx(2.7764 * np.hypot(14.0 / np.sqrt(7), 2.0 / 7), rel=1e-4)
    weekly = doubt(0.02, daily=0.05, epochs=1).corrected(100.0, *sure)
    assert weekly.high - 100 == pytest.approx(2.7764 * np.hypot(5.0, 2.0), rel=1e-4)


def test_no_correction_spends_more_than_can_be_spent_or_saves_more_than_can_be_saved() -> None:
    least, most = Interval(50.0, 45.0, 55.0), Interval(100.0, 90.0, 110.0)
    at_most = doubt(0.02, daily=0.05).corrected(100.0, least, most)
    assert at_most.low == 90.0 and at_most.high < 103
    beyond = doubt(0.02, daily=0.05).corrected(130.0, least, most)
    assert (beyond.estimate, beyond.low) == (100.0, 90.0)
    at_least = doubt(0.02, daily=0.05).corrected(50.0, least, most)
    assert at_least.high == 55.0 and at_least.low > 48


def test_of_a_mixture_spend_and_error_are_mixed() -> None:
    half = mixed(spend(100, 0, np.ones((4, 2))), spend(0, 50, -np.ones((4, 2))), 0.5)
    assert half.by_channel.tolist() == [50.0, 25.0] and not half.influence.any()
