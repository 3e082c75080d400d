"""The masked softmax regression: its curvature, its optimum from any start, its calibration."""

import numpy as np
import pytest

from models.numerics.softmax_regression import (
    BOUND_SHARE,
    SAMPLED_ROWS,
    SoftmaxRegression,
    _blocks,
    _curvature,
    _negative_log_likelihood,
    fit_calibration,
    fit_softmax_regression,
    masked_softmax,
)

WEIGHTS = np.array([[0.0, 0.0, 0.0, 0.0], [1.0, -0.5, 0.0, 0.3], [-0.4, 0.8, 0.6, 0.0]])


def log(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (n, 4), two of them nearly the same; eligible (n, 3); actions (n,) drawn by WEIGHTS."""
    rng = np.random.default_rng(11)
    features = rng.normal(size=(n, 4))
    features[:, 1] = 0.95 * features[:, 0] + 0.3 * features[:, 1]
    eligible = rng.random((n, 3)) < [1.0, 0.7, 0.2]
    eligible[:, 0] = True
    chances = masked_softmax(features @ WEIGHTS.T + [0.0, -1.0, -2.0], eligible)
    return features, eligible, (chances.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)


def test_the_curvature_is_the_gradients_derivative() -> None:
    features, eligible, action = log(400)
    blocks = _blocks(features, eligible, action, np.zeros(4), np.ones(4), squares=False)
    theta = np.random.default_rng(1).normal(size=(5, 3))
    x = np.column_stack([features, np.ones(400)])
    bound = BOUND_SHARE / 3 * np.einsum("ij,kl->ikjl", x.T @ x, np.eye(3)).reshape(15, 15)
    found = _curvature(theta, blocks) - bound
    for k in range(15):
        step = np.zeros(15)
        step[k] = 1e-5
        up, down = (
            _negative_log_likelihood(theta + s * step.reshape(5, 3), blocks)[1].ravel() for s in (1, -1)
        )
        np.testing.assert_allclose(found[:, k], (up - down) / 2e-5, atol=1e-4)


@pytest.mark.parametrize("squares", [False, True])
def test_the_optimum_is_the_same_from_any_start(squares: bool) -> None:
    """With so many rows the search begins on some of them; from a model that is wrong it ends there too."""
    n = 2 * SAMPLED_ROWS + 1_000
    features, eligible, action = log(n)
    p = 8 if squares else 4
    wrong = SoftmaxRegression(np.zeros(4), np.ones(4), np.full((3, p), 0.1), np.array([0, 1.0, 2.0]), squares)
    cold = fit_softmax_regression(features, eligible, action, squares=squares)
    warm = fit_softmax_regression(features, eligible, action, squares=squares, start=wrong)
    ours, others = (m.probabilities(features, eligible) for m in (cold, warm))
    assert np.sqrt(((ours - others) ** 2).mean()) < 2e-5
    # at the optimum every action's expected number is the number seen, but for the intercept's small ridge
    seen = np.bincount(action, minlength=3)
    np.testing.assert_allclose(ours.sum(axis=0), seen, atol=0.1 * np.abs(cold.intercepts).max() + 1e-4 * n)


def test_twice_the_utilities_want_half_the_temperature() -> None:
    """20,000 rows tell a temperature of 0.5 to a standard error of about 0.006; the bound is five of them."""
    features, eligible, action = log(20_000)
    utilities = features @ WEIGHTS.T + [0.0, -1.0, -2.0]
    temperature, bias = fit_calibration(2.0 * utilities, eligible, action)
    assert temperature == pytest.approx(0.5, abs=0.03)
    assert np.abs(bias).max() < 0.2
    kept, _ = fit_calibration(utilities, eligible, action, temperature=0.7)
    assert kept == 0.7
