"""Ranks and regrets, by hand and against scipy."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from models.evaluation.ranking import regret_at_k, score_ranking, spearman, spearman_interval

TRUTH = np.array([1.0, 4.0, 2.0, 3.0])
"""Column 0 is today's delivery, column 1 the best."""


def contributions(
    estimates: list[float], noise: float = 0.0, clusters: int = 200, seed: int = 1
) -> np.ndarray:
    """(C, m) whose column sums are the estimates; noise: standard error of each sum."""
    spread = np.random.default_rng(seed).normal(size=(clusters, len(estimates)))
    spread -= spread.mean(axis=0)
    return np.array(estimates) / clusters + noise * spread / np.sqrt(clusters)


def test_a_perfect_order_loses_nothing():
    score = score_ranking(contributions([10.0, 40.0, 20.0, 30.0], noise=0.1), TRUTH, logged=0)
    assert score.spearman == pytest.approx(1.0)
    assert (score.spearman_low, score.spearman_high) == (pytest.approx(1.0), pytest.approx(1.0))
    assert score.regret == (0.0, 0.0, 0.0, 0.0)
    assert score.relative_regret == 0.0
    assert score.false_accept_rate == 0.0


def test_regret_by_hand():
    """Estimated order: 2 (worth 2), 3 (worth 3), 1 (worth 4), 0 (worth 1)."""
    estimated = np.array([0.0, 5.0, 9.0, 7.0])
    assert [regret_at_k(estimated, TRUTH, k) for k in (1, 2, 3, 4)] == [2.0, 1.0, 0.0, 0.0]
    assert score_ranking(contributions([0, 5, 9, 7]), TRUTH, logged=0).relative_regret == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="k from 1 to 4, not 5"):
        regret_at_k(estimated, TRUTH, 5)


def test_harm_is_a_regret_above_one_and_a_false_accept():
    """Today's delivery (column 3) is worth 3; the estimates say that 0 and 1 are better; 0 is not."""
    score = score_ranking(contributions([9.0, 8.0, 1.0, 5.0]), TRUTH, logged=3)
    assert score.relative_regret == pytest.approx(3.0)  # 3 lost where 1 could be won
    assert score.false_accept_rate == 0.5
    careful = score_ranking(
        contributions([9, 8, 1, 5]), TRUTH, logged=3, accepted=np.array([False, True, False, True])
    )
    assert careful.false_accept_rate == 0.0
    best_is_logged = score_ranking(contributions([1.0, 9.0, 1.0, 5.0]), TRUTH, logged=1)
    assert best_is_logged.relative_regret is None and best_is_logged.false_accept_rate is None


def test_spearman_is_scipys_with_ties_too():
    rng = np.random.default_rng(2)
    estimated, truth = rng.integers(0, 5, 12).astype(float), rng.integers(0, 5, 12).astype(float)
    assert spearman(estimated, truth) == pytest.approx(spearmanr(estimated, truth).statistic)
    assert spearman(np.ones(4), TRUTH) is None  # no order, no correlation
    assert spearman_interval(np.ones((30, 4)), TRUTH, level=0.95, seed=1) == (None, None)


def test_the_interval_covers_the_correlation_of_the_true_order():
    """Six policies whose estimates are as noisy as they differ: 100 logs, each with its own noise. The median
    correlation of new logs lies inside at least 85 of the 95 % intervals; a true 95 % falls below that once
    in 20,000 runs. The widths are real: 0.3 or more."""
    rng, truth = np.random.default_rng(3), np.arange(6.0)
    draws = np.array([spearman(truth + rng.normal(size=6), truth) for _ in range(2000)])
    centre, inside, widths = np.median(draws), 0, []
    for _ in range(100):
        c = truth / 100 + rng.normal(size=(100, 6)) / 10
        low, high = spearman_interval(c, truth, level=0.95, seed=1)
        assert low is not None and high is not None
        inside += low <= centre <= high
        widths.append(high - low)
    assert inside >= 85
    assert np.median(widths) > 0.3
