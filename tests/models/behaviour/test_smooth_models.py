"""Probabilities of the smooth models, asked for the rows at hand alone."""

import numpy as np

from models.behaviour.smooth_models import SmoothModels
from models.numerics import CHUNK, SoftmaxRegression


def some_model(rng: np.random.Generator, d: int = 33, actions: int = 4) -> SoftmaxRegression:
    return SoftmaxRegression(
        np.zeros(d), np.ones(d), rng.normal(size=(actions, d)) * 0.1, rng.normal(size=actions), False
    )


def test_a_row_has_the_same_bits_whoever_else_is_asked_for() -> None:
    """A few rows more than BLAS is given at a time, and parts of them down to a single one."""
    rng = np.random.default_rng(1)
    n = CHUNK + 7
    features = rng.normal(size=(n, 33)).astype(np.float32)
    eligible = np.c_[np.ones(n, bool), rng.random((n, 3)) < 0.6]
    models = tuple(some_model(rng) for _ in range(2))
    smooth = SmoothModels(features, eligible, np.arange(n), (models,), np.zeros(n, np.int8))
    everybody = smooth.without(0, np.arange(n))
    np.testing.assert_allclose(everybody, models[0].probabilities(features, eligible), rtol=1e-12)
    for size in (1, 3, 100, CHUNK - 1, CHUNK + 1):
        some = np.sort(rng.choice(n, size, replace=False))
        np.testing.assert_array_equal(smooth.without(0, some), everybody[some])


def test_every_row_is_asked_of_the_model_without_its_fold_and_of_its_regime() -> None:
    rng = np.random.default_rng(2)
    n = 5_000
    features = rng.normal(size=(n, 33)).astype(np.float32)
    eligible, fold, late = np.ones((n, 4), bool), np.arange(n) % 2, np.arange(n) >= 3_000
    old, new = ([some_model(rng), some_model(rng)] for _ in range(2))
    whole = SmoothModels(features, eligible, np.arange(n), (tuple(old),), np.zeros(n, np.int8))
    of_late = SmoothModels(features, eligible, np.flatnonzero(late), (tuple(new),), np.zeros(2_000, np.int8))
    found = whole.with_regime(late, of_late).held_out(fold)
    for f in (0, 1):
        for model, mine in ((old[f], ~late & (fold == f)), (new[f], late & (fold == f))):
            expected = model.probabilities(features[mine], eligible[mine])
            np.testing.assert_allclose(found[mine], expected, rtol=1e-12)
