"""The curve over ordered levels: what neighbours lend, and when they lend nothing."""

import numpy as np
import pytest

from models.levels import fit_level_curve

AT = np.arange(0.0, 11.0)


def test_a_parabola_is_found_with_half_the_noise() -> None:
    """At 11 levels of standard error 1 the curve's mean squared error falls to about (p + 1) / 11 of
    theirs."""
    rng = np.random.default_rng(5)
    truth = 20.0 - 0.3 * (AT - 6.0) ** 2
    off = np.zeros(2)
    for _ in range(200):
        raw = truth + rng.standard_normal(len(AT))
        curve = fit_level_curve(AT, raw, np.eye(len(AT)))
        off += [((raw - truth) ** 2).mean(), ((curve.smoother @ raw - truth) ** 2).mean()]
    assert off[1] < 0.6 * off[0]


def test_the_peak_lies_between_levels() -> None:
    raw = 20.0 - 0.3 * (AT - 6.4) ** 2
    curve = fit_level_curve(AT, raw, 0.01 * np.eye(len(AT)))
    assert curve.peak(raw, 0.0, 10.0) == pytest.approx(6.4, abs=0.05)
    assert curve.peak(raw, 7.0, 10.0) == 7.0  # of the levels that may be chosen


def test_a_jump_that_can_be_seen_is_not_smoothed_away() -> None:
    raw = np.where(AT >= 5, 10.0, 0.0) + 0.01 * np.sin(97 * AT)
    curve = fit_level_curve(AT, raw, 0.01**2 * np.eye(len(AT)))
    assert (curve.degree, curve.misfit) == (10, 1.0)
    assert curve.smoother @ raw == pytest.approx(raw)
