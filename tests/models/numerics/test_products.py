"""Sums of products over a design in float32: rounded row by row, added up in float64."""

import numpy as np

from models.numerics import gram, products

RNG = np.random.default_rng(11)


def test_a_float64_design_gives_the_product_of_matrices() -> None:
    x, y = RNG.normal(size=(10_000, 5)), RNG.normal(size=(10_000, 3))
    np.testing.assert_allclose(products(x, y), x.T @ y, rtol=1e-12)
    np.testing.assert_allclose(gram(x), x.T @ x, rtol=1e-12)
    assert products(x[:0], y[:0]).tolist() == np.zeros((5, 3)).tolist()


def test_a_million_rows_of_float32_lose_no_more_than_their_own_rounding() -> None:
    """Added up in float32 a million rows of 1.1 would be off by thousands of times as much."""
    x = np.full((1_000_000, 1), 1.1, np.float32)
    exact = 1_000_000 * np.float64(np.float32(1.1)) ** 2
    assert abs(gram(x)[0, 0] / exact - 1) < 1e-12
    assert abs(products(x, x)[0, 0] / exact - 1) < 1e-6
    assert products(x, x).dtype == gram(x).dtype == np.float64
