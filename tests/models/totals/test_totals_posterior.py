"""The sampler against the sum over all shapes, and the robust spread against what is known in formulas."""

import itertools

import numpy as np
import pytest
from scipy.stats import t

from models.totals.posterior import sample_shapes
from models.totals.robust import fit_coefficients, long_run_variance, mixture_quantile


def test_the_sampler_visits_shapes_as_often_as_bayes_rule_says() -> None:
    """Two channels of three shapes: nine marginal likelihoods, against 20,000 sweeps.

    Sweeps are correlated, a few to one: a share's standard error is below 0.01. Seeds are fixed; with others
    a right sampler would leave the tolerance of 0.04 in fewer than 1 of 1,000 tries.
    """
    rng = np.random.default_rng(3)
    z = rng.standard_normal((40, 2, 3)) + rng.standard_normal((40, 2, 1))
    y = 0.25 * z[:, 0, 1] - 0.2 * z[:, 1, 2] + rng.standard_normal(40)
    precision = 0.5
    exact = np.zeros((3, 3))
    for a, b in itertools.product(range(3), repeat=2):
        x = z[:, [0, 1], [a, b]]
        covariance = np.eye(40) + x @ x.T / precision
        exact[a, b] = -0.5 * (np.linalg.slogdet(covariance)[1] + y @ np.linalg.solve(covariance, y))
    exact = np.exp(exact - exact.max())
    exact /= exact.sum()
    flat = z.reshape(40, 6)
    drawn = sample_shapes(
        (flat.T @ flat).reshape(2, 3, 2, 3), (flat.T @ y).reshape(2, 3), precision, seed=1, sweeps=20_000
    )
    shares = np.zeros((3, 3))
    np.add.at(shares, (drawn[:, 0], drawn[:, 1]), 1 / len(drawn))
    assert exact.max() < 0.9  # a posterior that one could guess would test nothing
    assert np.abs(shares - exact).max() < 0.04


def test_the_long_run_variance_of_errors_with_memory() -> None:
    """AR(1) with memory 0.5: the variance of a sum is n / (1 - 0.5)^2. 200 logs of 2,000 days.

    One estimate has a relative standard error of sqrt(2 / B) = 0.18, their mean one of 0.013, and a bias of a
    few percent downwards: within 0.1 in all but 1 of 10,000 tries.
    """
    rng = np.random.default_rng(1)
    noise = rng.standard_normal((2000, 200))
    for day in range(1, 2000):
        noise[day] += 0.5 * noise[day - 1]
    found, freedom = long_run_variance(noise)
    assert freedom == 63
    assert np.diagonal(found).mean() / (2000 / 0.25) == pytest.approx(1.0, abs=0.1)


def test_the_spread_of_a_coefficient_grows_with_the_errors_memory_and_never_shrinks() -> None:
    rng = np.random.default_rng(1)
    slow = np.repeat(rng.standard_normal((60, 1)), 10, axis=0)
    independent = rng.standard_normal(600)
    correlated = np.repeat(rng.standard_normal(60), 10)
    usual = 1 / np.sqrt(float((slow**2).sum()) + 0.01)
    plain = fit_coefficients(slow, independent, 1.0, 0.01, 599)
    wide = fit_coefficients(slow, correlated, 1.0, 0.01, 599)
    assert plain.sd[0] >= usual * (1 - 1e-12)
    assert plain.sd[0] < 1.5 * usual
    assert wide.sd[0] > 2.0 * usual  # ten days of one error: sqrt(10) in the long run


def test_quantiles_of_a_mixture() -> None:
    one = mixture_quantile(np.array([[2.0], [2.0]]), np.array([[0.5], [0.5]]), 7, 0.9)
    assert one[0] == pytest.approx(2.0 + 0.5 * t.ppf(0.9, 7))
    mean, sd = np.array([[-1.0], [3.0]]), np.array([[0.5], [2.0]])
    found = mixture_quantile(mean, sd, 20, 0.3)
    assert t.cdf((found[0] - mean[:, 0]) / sd[:, 0], 20).mean() == pytest.approx(0.3)
    assert mixture_quantile(np.zeros((3, 1)), np.zeros((3, 1)), 5, 0.9)[0] == pytest.approx(0.0, abs=1e-12)
