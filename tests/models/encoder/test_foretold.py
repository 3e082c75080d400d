"""What followed decisions, less what counts foretell: small tables in, small tables out."""

from dataclasses import replace

import numpy as np

from models.encoder.foretold import what_counts_miss
from models.mdp.transition_table import TIMEOUT, Transitions
from tests.models.agents.tables import table


def journeys(margin: np.ndarray, features: np.ndarray, length: int) -> Transitions:
    """Daily decisions of entities whose log ends before they leave."""
    n = len(margin)
    made = table(
        actions=("none", "mail"),
        features=features,
        eligible=np.ones((n, 2), bool),
        action=np.zeros(n, int),
        margin=margin,
        length=length,
    )
    return replace(made, end=np.where(made.step == length - 1, TIMEOUT, made.end).astype(np.uint8))


def test_what_followed_is_known_for_days_that_the_log_holds_in_full() -> None:
    rng = np.random.default_rng(1)
    made = journeys(rng.random(40), np.zeros((40, 1)), length=10)
    missed = what_counts_miss(made, epoch_days=1, within_days=3)
    assert missed.left.shape == (40, 2)  # margin of a day and of three; purchases, one a day, do not vary
    first = missed.left[:10]
    assert np.isfinite(first[:, 0]).all()
    assert np.isfinite(first[:, 1]).tolist() == [True] * 8 + [False] * 2
    immature = replace(made, mature=np.arange(40) % 10 != 4)
    known = np.isfinite(what_counts_miss(immature, epoch_days=1, within_days=3).left[:10, 1])
    assert known.tolist() == [True, True, False, False, False, True, True, True, False, False]


def test_what_counts_foretell_is_taken_off() -> None:
    """Margin is a line in the first feature and noise: the noise is left, of variance 1."""
    rng = np.random.default_rng(2)
    x, noise = rng.normal(size=(20_000, 2)), rng.normal(size=20_000)
    missed = what_counts_miss(journeys(50 + 5 * x[:, 0] + noise, x, length=1), epoch_days=1, within_days=1)
    assert np.corrcoef(missed.left[:, 0], noise)[0, 1] > 0.99
    assert abs(missed.left[:, 0].var() - 1) < 0.01


def test_longer_spans_count_for_less_and_decisions_without_a_choice_for_nothing() -> None:
    rng = np.random.default_rng(3)
    made = journeys(rng.random(60) * (rng.random(60) < 0.5), np.zeros((60, 1)), length=20)
    forced = np.ones((60, 2), bool)
    forced[::2, 1] = False
    missed = what_counts_miss(replace(made, eligible=forced), epoch_days=1, within_days=4)
    np.testing.assert_allclose(missed.weight, [1, 1, 0.5, 0.5])
    assert not np.isfinite(missed.left[::2]).any() and np.isfinite(missed.left[1:30:2, 0]).any()
