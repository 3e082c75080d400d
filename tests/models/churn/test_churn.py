"""Who will buy again: windows cut by hand, and chances that are kept by customers who taught nothing."""

import numpy as np
import pytest

from models.churn import ActivityLog, forecast_activity
from models.churn.calibration import calibrate
from tests.models.churn.leaving import leaving_customers

WITHIN_DAYS = 28


def test_windows_end_with_what_is_known() -> None:
    """Windows of two days from days 0 and 2; on day 4 nobody knows yet what day 5 brings. The first customer
    buys on day 1, the second, who is gone after day 2, on day 2."""
    log = ActivityLog(
        entity=np.array([7, 7, 7, 7, 7, 9, 9, 9]),
        day=np.array([0, 1, 2, 3, 4, 0, 1, 2]),
        features=np.zeros((8, 1)),
        happened=np.array([0, 1, 0, 0, 1, 0, 0, 1]),
        mature=np.array([True, True, True, True, False, True, True, True]),
    )
    found = log.windows(2)
    assert found.rows.tolist() == [0, 2, 5, 7]
    assert found.active.tolist() == [True, False, False, True]


def test_a_window_that_touches_what_is_not_known_is_left_out() -> None:
    mature = np.array([True, True, True, False, True, True])
    log = ActivityLog(np.zeros(6, np.int64), np.arange(6), np.zeros((6, 1)), np.zeros(6), mature)
    assert log.windows(2).rows.tolist() == [0, 4]


def test_chances_are_kept_by_customers_who_taught_nothing() -> None:
    """12,000 customers and as many of another draw: the slope by these has a standard error of .017, as
    measured on 24 pairs of 3,000, whose was .034; beyond .1 in no run."""
    forecast = forecast_activity(leaving_customers(12_000, 120, 1), within_days=WITHIN_DAYS)
    assert forecast.calibration.slope.estimate == pytest.approx(1.0, abs=0.1)
    assert forecast.calibration.expected == pytest.approx(forecast.calibration.observed, abs=0.02)
    fresh = leaving_customers(12_000, 120, 2)
    windows = fresh.windows(WITHIN_DAYS)
    chance = forecast.chances(fresh.features[windows.rows])
    seen = calibrate(chance, windows.active, windows.entity, level=0.95)
    assert seen.slope.estimate == pytest.approx(1.0, abs=0.1) and seen.ranked > 0.7


def test_the_slope_of_chances_that_are_too_far_apart() -> None:
    """20,000 chances whose logits are doubled have a slope of a half, with a standard error of .01."""
    rng = np.random.default_rng(3)
    x = rng.standard_normal(20_000)
    active = rng.random(20_000) < 1 / (1 + np.exp(-x))
    found = calibrate(1 / (1 + np.exp(-2 * x)), active, np.arange(20_000), level=0.95)
    assert found.slope.estimate == pytest.approx(0.5, abs=0.05) and found.slope.high < 0.6


def test_windows_of_one_customer_are_no_new_customers() -> None:
    """Every row four times is no more evidence: the interval stays as it is."""
    rng = np.random.default_rng(4)
    x = rng.standard_normal(2_000)
    active, who = rng.random(2_000) < 1 / (1 + np.exp(-x)), np.arange(2_000)
    one = calibrate(1 / (1 + np.exp(-x)), active, who, level=0.95)
    x, active, who = (np.repeat(column, 4) for column in (x, active, who))
    four = calibrate(1 / (1 + np.exp(-x)), active, who, level=0.95)
    assert four.slope.low == pytest.approx(one.slope.low) and four.slope.high == pytest.approx(one.slope.high)


def test_logs_that_cannot_be_learnt_from_are_refused() -> None:
    log = leaving_customers(50, 60, 1)
    with pytest.raises(ValueError, match="100 entities"):
        forecast_activity(log, within_days=WITHIN_DAYS)
    with pytest.raises(ValueError, match="sorted"):
        ActivityLog(np.array([1, 2, 1]), np.zeros(3, np.int64), np.zeros((3, 1)), np.zeros(3))
