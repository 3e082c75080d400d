"""Common random numbers: two deliveries differ in as few exposures as their probabilities allow."""

import numpy as np

from models.worlds.coupling import coupled, drawn

MU = np.array([0.5, 0.2, 0.2, 0.1])
PI = np.array([0.40, 0.25, 0.10, 0.25])
N = 100_000
U = (np.arange(N) + 0.5) / N  # an even grid instead of chance: shares are exact to 1 / N per interval


def _rows(p: np.ndarray) -> np.ndarray:
    return np.tile(p, (N, 1))


def test_coupled_actions_have_the_new_probabilities() -> None:
    action = coupled(U, _rows(MU), _rows(PI))
    assert np.abs(np.bincount(action, minlength=4) / N - PI).max() < 1e-4


def test_no_more_actions_change_than_must() -> None:
    """The maximal coupling moves the total variation distance, here 0.2; inverse distributions move more."""
    before = drawn(U, _rows(MU))
    assert abs((coupled(U, _rows(MU), _rows(PI)) != before).mean() - 0.2) < 1e-4
    assert (drawn(U, _rows(PI)) != before).mean() > 0.24


def test_an_unchanged_row_keeps_its_action_to_the_bit() -> None:
    rng = np.random.default_rng(1)
    mu = rng.dirichlet(np.ones(6), 500)
    u = rng.random(500)
    assert np.array_equal(coupled(u, mu, mu.copy()), drawn(u, mu))


def test_an_action_without_probability_is_never_drawn() -> None:
    pi = np.array([0.7, 0.3, 0.0, 0.0])
    assert set(np.unique(coupled(U, _rows(MU), _rows(pi)))) == {0, 1}
