"""The shape of the weights' tail: known for known distributions."""

import numpy as np
import pytest

from models.evaluation.estimators.pareto_tail import pareto_shape


@pytest.mark.parametrize("alpha", [1.0, 1.5, 2.0, 4.0])
def test_the_shape_of_a_pareto_is_one_over_its_index(alpha: float) -> None:
    """949 tail weights: the error has a standard deviation of about (1 + k) / 31; five of them are allowed,
    a false alarm in fewer than one of 10,000 runs."""
    weights = np.random.default_rng(1).pareto(alpha, 100_000) + 1
    assert pareto_shape(weights) == pytest.approx(1 / alpha, abs=5 * (1 + 1 / alpha) / 31)


def test_bounded_weights_have_no_heavy_tail() -> None:
    assert pareto_shape(np.random.default_rng(2).random(10_000)) < 0
    assert pareto_shape(np.ones(10_000)) == float("-inf")


def test_the_shape_does_not_depend_on_the_scale() -> None:
    weights = np.exp(np.random.default_rng(3).normal(size=5_000))
    assert pareto_shape(1e6 * weights) == pytest.approx(pareto_shape(weights))


def test_a_handful_of_journeys_says_nothing() -> None:
    assert np.isnan(pareto_shape(np.arange(1.0, 60.0)))
