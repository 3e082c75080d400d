"""A line cut at 0 whose moments hold: against a general optimiser, and on tables small enough to read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from models.evaluation.estimators import non_negative_weights
from models.evaluation.estimators.non_negative_weights import HOLDS, NonNegativeWeights


def fitted(x: np.ndarray, y: np.ndarray, penalty: float = 0.0) -> np.ndarray:
    """(q,) the line, begun at least squares."""
    squares = x.T @ x + penalty * np.diag(np.r_[0.0, np.ones(x.shape[1] - 1)])
    kept = NonNegativeWeights(squares, x.T @ y, lambda rows: x[rows])
    line = np.linalg.solve(squares, x.T @ y)
    while kept.is_off(x @ line):
        line = kept.fitted(line)
    return line


def test_three_rows_whose_line_is_below_0() -> None:
    """Weights of 0, 0 and 3 at 0, 1 and 2: the line is 1 less too much at the first, cut there it sums to
    3.5. Of weights that are not negative and keep both sums, 3 and 6, there is one: 0, 0 and 3."""
    x, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([0.0, 0.0, 3.0])
    line = np.linalg.solve(x.T @ x, x.T @ y)
    assert (x @ line).tolist() == pytest.approx([-0.5, 1.0, 2.5])
    assert np.maximum(x @ fitted(x, y), 0.0).tolist() == pytest.approx([0.0, 0.0, 3.0], abs=0.01)


def test_a_line_above_0_stays_as_it_is() -> None:
    x, y = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]), np.array([1.0, 2.0, 3.0])
    assert fitted(x, y).tolist() == pytest.approx([1.0, 1.0])


@given(seed=st.integers(0, 10_000), columns=st.integers(1, 6), penalty=st.sampled_from([0.1, 3.0, 100.0]))
def test_a_general_optimiser_finds_the_same_weights(seed: int, columns: int, penalty: float) -> None:
    rng = np.random.default_rng(seed)
    x = np.column_stack([np.ones(200), rng.normal(size=(200, columns))])
    y = np.exp(1.5 * x @ rng.normal(size=columns + 1) / np.sqrt(columns + 1))
    y /= y.mean()  # as weights are
    cost = penalty * np.r_[0.0, np.ones(columns)]

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        rho = np.maximum(x @ theta, 0.0)
        value = rho @ rho / 2 - theta @ (x.T @ y) + theta @ (cost * theta) / 2
        return float(value), x.T @ (rho - y) + cost * theta

    slow = minimize(loss, np.zeros(columns + 1), jac=True, method="BFGS", options={"gtol": 1e-8}).x
    found = fitted(x, y, penalty)
    off = np.abs(loss(found)[1]) / np.sqrt(np.diag(x.T @ x + np.diag(cost)) / len(x))
    assert np.all(off <= 5 * HOLDS * y.sum())  # a column is up to four times its size, where nobody counted
    assert loss(found)[0] - loss(slow)[0] <= 1e-3 * abs(loss(slow)[0])


def test_rows_that_come_below_0_later_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few are gathered at first, the line is the same."""
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(500), rng.normal(size=(500, 3))])
    y = np.exp(2.0 * x[:, 1] - 2.0)
    all_at_once = fitted(x, y)
    monkeypatch.setattr(non_negative_weights, "NEAR", 0.0)
    assert np.maximum(x @ fitted(x, y), 0.0) == pytest.approx(np.maximum(x @ all_at_once, 0.0), abs=0.05)


def test_columns_that_say_the_same_change_no_weight() -> None:
    """A small log's columns may be one another's copies: which of them the line rests on is not told, and the
    weights are those of one alone."""
    rng = np.random.default_rng(3)
    one = np.column_stack([np.ones(300), rng.normal(size=300)])
    y = np.exp(1.5 * one[:, 1])
    twice = np.column_stack([one, one[:, 1]])
    kept = NonNegativeWeights(twice.T @ twice, twice.T @ y, lambda rows: twice[rows])
    line = np.linalg.lstsq(twice, y, rcond=None)[0]
    while kept.is_off(twice @ line):
        line = kept.fitted(line)
    np.testing.assert_allclose(twice @ line, one @ fitted(one, y), atol=1e-6 * y.sum())
