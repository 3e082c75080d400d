"""Tests by region against a known effect of 3.0 a region and day."""

import numpy as np
import pytest

from models.trials import judge_regions
from sql.errors import LogError

TRUTH = 3.0
WORLDS = 40


def regions(seed: int, *, effect: float = TRUTH, treated: int = 3, controls: int = 12, days: int = 40):
    """(outcome (R, T), treated (R,), start): two trends that regions follow in their own mix, and noise."""
    rng, n = np.random.default_rng(seed), treated + controls
    trends = np.stack([np.linspace(0, 10, days), 5 * np.sin(np.arange(days) / 5)])
    mix = rng.dirichlet([1.0, 1.0], n)
    outcome = 50 + 10 * rng.random((n, 1)) + 2 * mix @ trends + rng.standard_normal((n, days))
    chosen = np.zeros(n, bool)
    chosen[rng.permutation(n)[:treated]] = True
    start = 2 * days // 3
    outcome[np.ix_(chosen, np.arange(days) >= start)] += effect
    return outcome, chosen, start


def test_the_effect_is_found_and_covered():
    """At least 34 of 40 intervals of 95 % hold 3.0 (fewer once in 300 runs), and their mean misses it by less
    than four standard errors; the mixture follows what regions share, a plain difference does not."""
    found = [judge_regions(*regions(i)) for i in range(WORLDS)]
    assert sum(f.effect.low <= TRUTH <= f.effect.high for f in found) >= 34
    estimates = np.array([f.effect.estimate for f in found])
    assert abs(estimates.mean() - TRUTH) < 4 * estimates.std(ddof=1) / WORLDS**0.5
    plain = np.array([f.difference_in_differences.estimate for f in found])
    assert estimates.std() < plain.std()
    assert sum(f.effect.low > 0 for f in found) >= 34


def test_difference_in_differences_covers_too():
    """At least 34 of 40 once more."""
    found = [judge_regions(*regions(200 + i)).difference_in_differences for i in range(WORLDS)]
    assert sum(one.low <= TRUTH <= one.high for one in found) >= 34


def test_nothing_is_found_in_nothing():
    """40 worlds without effect: p at most .05 in at most 7; one in 20 each, more come once in 1,000 runs."""
    nothing = [judge_regions(*regions(100 + i, effect=0.0)).p_value for i in range(WORLDS)]
    assert sum(p <= 0.05 for p in nothing) <= 7


def test_a_region_that_is_a_mixture_of_two_is_matched_by_these():
    """Without noise the weights are the mixture's, and the effect is exact."""
    outcome, _, start = regions(5, effect=0.0, treated=1, controls=9)
    rng = np.random.default_rng(6)
    outcome += 3 * rng.standard_normal(outcome.shape)
    outcome[0] = 0.25 * outcome[1] + 0.75 * outcome[2] + 7.0
    outcome[0, start:] += TRUTH
    found = judge_regions(outcome, np.arange(10) == 0, start)
    assert found.effect.estimate == pytest.approx(TRUTH, abs=1e-4)
    assert found.weights[0, :2] == pytest.approx([0.25, 0.75], abs=1e-4)
    assert found.placebos == 9 and found.extra_spend is None


def test_spend_that_is_the_same_in_all_treated_divides_the_effect():
    """1.5 more a day in each treated region and nothing elsewhere: effect and ends over 1.5, truth 2.0."""
    outcome, treated, start = regions(8)
    spend = np.full_like(outcome, 4.0)
    spend[np.ix_(treated, np.arange(outcome.shape[1]) >= start)] += 1.5
    found = judge_regions(outcome, treated, start, spend=spend)
    assert found.extra_spend == pytest.approx(1.5)
    ends = [found.effect.estimate / 1.5, found.effect.low / 1.5, found.effect.high / 1.5]
    told = found.per_spend
    assert [told.estimate, told.low, told.high] == pytest.approx(ends)
    same = judge_regions(outcome, treated, start, spend=np.full_like(outcome, 4.0))
    assert same.extra_spend is None and same.per_spend is None


def test_noisy_spend_has_a_ratio_that_covers_the_truth():
    """Extra spend of 1.5 with noise of .5: the ratio's intervals hold 2.0 in at least 34 of 40."""
    held = 0
    for seed in range(WORLDS):
        outcome, treated, start = regions(300 + seed)
        spend = 4 + 0.5 * np.random.default_rng(seed).standard_normal(outcome.shape)
        spend[np.ix_(treated, np.arange(outcome.shape[1]) >= start)] += 1.5
        told = judge_regions(outcome, treated, start, spend=spend).per_spend
        held += told is None or told.low <= 2.0 <= told.high
    assert held >= 34


def test_spend_that_cannot_be_told_from_none_divides_nothing():
    outcome, treated, start = regions(9)
    spend = 100 + 30 * np.random.default_rng(9).standard_normal(outcome.shape)
    assert judge_regions(outcome, treated, start, spend=spend).per_spend is None


def test_a_fit_that_does_not_end_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    def endless(*_: object) -> None:
        raise RuntimeError("Maximum number of iterations reached.")

    monkeypatch.setattr("models.trials.geo.nnls", endless)
    with pytest.raises(LogError, match="No mixture of the control regions could be fitted"):
        judge_regions(*regions(1))


def test_too_few_controls_or_days_are_refused():
    outcome, treated, start = regions(7, treated=4, controls=6)
    with pytest.raises(LogError, match="twice as many"):
        judge_regions(outcome, treated, start)
    outcome, treated, _ = regions(7)
    with pytest.raises(LogError, match="5 days before"):
        judge_regions(outcome, treated, 3)
