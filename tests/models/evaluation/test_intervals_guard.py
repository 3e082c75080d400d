"""The gamma guard: what an interval says about purchases that were not seen."""

import numpy as np
import pytest
from scipy.stats import chi2

from models.evaluation.intervals.bootstrap_t import (
    BOTH,
    GUARD,
    BootstrapT,
    normal_interval,
    standard_errors,
)
from models.evaluation.intervals.gamma_interval import Gross, Tails, fay_feuer, guard_reach, measure_tails


def column(weights: np.ndarray, amounts: np.ndarray) -> Gross:
    """One outcome (C,), one row per cluster."""
    return Gross((weights * amounts)[:, None], amounts[:, None], np.abs(weights))


def rare(clusters: int, buyers: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(weights, amounts) of a log with so many heavy purchases, under weights of mean 1."""
    rng = np.random.default_rng(seed)
    amounts = np.zeros(clusters)
    amounts[rng.choice(clusters, buyers, replace=False)] = rng.lognormal(0, 1, buyers)
    weights = rng.lognormal(-0.125, 0.5, clusters)
    return weights / weights.mean(), amounts


@pytest.mark.parametrize("count", [0, 1, 7, 300])
def test_equal_terms_give_the_exact_poisson_interval(count: int):
    """Garwood (1936): half a chi-squared quantile with 2n and with 2n + 2 degrees of freedom."""
    low, high = fay_feuer(np.full(count, 5.0), unseen=5.0, level=0.95)
    assert low == pytest.approx(5 * (chi2.ppf(0.025, 2 * count) / 2 if count else 0.0))
    assert high == pytest.approx(5 * chi2.ppf(0.975, 2 * count + 2) / 2)


def test_the_gamma_interval_refuses_negative_terms():
    with pytest.raises(ValueError, match="0 or more"):
        fay_feuer(np.array([1.0, -1.0]), unseen=1.0, level=0.9)


def test_the_guard_of_plain_sums_is_fay_and_feuers_interval():
    weights, amounts = rare(1000, 30)
    terms = weights * amounts
    low, high = fay_feuer(terms, unseen=2.5, level=0.9)
    one, none = np.ones(1), np.zeros(1)
    squares = np.array([(terms**2).sum()])
    tails = Tails(np.array([terms.sum()]), none, squares, none, 2.5 * one, none, one)
    below, above = guard_reach(tails, squares, 0.9)
    assert (terms.sum() - below[0], terms.sum() + above[0]) == pytest.approx((low, high))


def test_terms_mirrored_give_the_interval_mirrored():
    """A cost is a negative outcome: its guard reaches down as far as a margin's reaches up."""
    weights, amounts = rare(1000, 30)
    variance = np.array([40.0])
    up = guard_reach(measure_tails(column(weights, amounts)), variance, 0.95)
    down = guard_reach(measure_tails(column(weights, -amounts)), variance, 0.95)
    assert np.concatenate(up) == pytest.approx(np.concatenate(down[::-1]))


def test_nothing_bought_under_the_policy_still_has_an_upper_bound():
    """Buyers in the other arm only: the estimate is 0, and the truth may be above it by what was missed."""
    amounts, weights = np.zeros(100), np.tile([0.0, 2.0], 50)
    amounts[:20:2] = 10.0  # ten purchases of 10, all with weight 0
    contributions = (weights * amounts)[:, None]
    bootstrap = BootstrapT(np.arange(100), seed=1)
    assert bootstrap.intervals(contributions, scale=1.0, level=0.95) == [None]
    found = bootstrap.intervals(contributions, scale=1.0, level=0.95, gross=column(weights, amounts))[0]
    assert found is not None and found.low == found.estimate == 0.0
    # one unseen purchase of 2 x 10, raised because ten amounts are few: exponential with that mean
    assert found.high == pytest.approx(-np.log(0.025) * 20 * (1 + 1 / np.sqrt(10) + 2 / 10))
    assert found.high > 3.6 * 20


def test_equal_policies_have_no_interval_however_guarded():
    """Today's delivery against itself: nothing differs, and rounding is not knowledge."""
    _, amounts = rare(500, 30)
    rounding = column(np.full(500, 1e-16), amounts)
    bootstrap = BootstrapT(np.arange(500), seed=1)
    nothing = np.zeros((500, 1))
    assert bootstrap.intervals(nothing, scale=1.0, level=0.95, gross=rounding) == [None]
    assert bootstrap.methods(nothing, rounding) == [""]
    assert bootstrap.probability_positive(nothing[:, 0], rounding) is None


def test_with_many_events_the_guard_adds_next_to_nothing():
    """Clicks and costs: within 3 % of the normal interval, and named as such."""
    rng = np.random.default_rng(4)
    weights = rng.lognormal(-0.125, 0.5, 20_000)
    amounts = np.column_stack([rng.poisson(0.5, 20_000), rng.gamma(4, size=20_000)]).astype(float)
    weighted = weights[:, None] * amounts
    bootstrap, gross = BootstrapT(np.arange(20_000), seed=1), Gross(weighted, amounts, weights)
    guarded = bootstrap.intervals(weighted, scale=1.0, level=0.95, gross=gross)
    assert bootstrap.methods(weighted, gross) == [BOTH, BOTH]
    for k, interval in enumerate(guarded):
        usual = normal_interval(weighted[:, k], scale=1.0, level=0.95)
        assert 1.0 <= (interval.high - interval.low) / (usual.high - usual.low) < 1.03


def test_the_guard_does_not_undo_what_the_model_explains():
    """A cost known to the cent by the model: its variance is the contributions', not that of the weights."""
    weights, _ = rare(5000, 1)
    spent = np.random.default_rng(1).normal(1.0, 0.01, 5000)
    gross = column(weights, np.ones(5000))
    found = BootstrapT(np.arange(5000), seed=1).intervals(spent[:, None], scale=1.0, level=0.95, gross=gross)
    usual = normal_interval(spent, scale=1.0, level=0.95)
    assert found[0].high - found[0].low < 1.1 * (usual.high - usual.low)


def test_a_difference_is_guarded_on_both_sides():
    """Purchases with weights below 1 lower the uplift; one of them may have been missed as well."""
    weights, amounts = rare(2000, 30)
    gross = column(weights - 1, amounts)
    contributions = gross.weighted
    found = BootstrapT(np.arange(2000), seed=1).intervals(contributions, scale=1.0, level=0.95, gross=gross)
    usual = normal_interval(contributions[:, 0], scale=1.0, level=0.95)
    assert found[0].low < usual.low and found[0].high > usual.high
    tails = measure_tails(gross)
    assert 0 < tails.unseen_below[0] <= tails.unseen_above[0]


def test_heavy_weights_under_which_nobody_bought_reach_further():
    """The same purchases and weights, and 50 more users who could have bought at 20 times the weight."""
    weights, amounts = rare(2000, 30)
    light, heavy = weights.copy(), weights.copy()
    without = np.flatnonzero(amounts == 0)[:50]
    light[without], heavy[without] = 1.0, 20.0
    reach = [
        guard_reach(measure_tails(column(w, amounts)), np.full(1, 60.0), 0.95)[1][0] for w in (light, heavy)
    ]
    assert reach[1] > 1.3 * reach[0]


@pytest.mark.parametrize("buyers", [12, 60, 1500])
def test_the_probability_agrees_with_the_interval(buyers: int):
    """low > 0 at level L exactly where the probability is at least (1 + L) / 2, whatever the method; the grid
    of levels and 4,000 resamples leave .002."""
    weights, amounts = rare(4000, buyers)
    gross = column(weights, amounts)
    noise = np.random.default_rng(2).normal(size=4000)
    bootstrap = BootstrapT(np.arange(4000), seed=1)
    error = standard_errors(gross.weighted)[0]
    last = 0.0
    for z in (-2.5, -1.0, -0.1, 0.1, 0.8, 1.6, 2.5):
        values = gross.weighted[:, 0] + 0.01 * noise
        values = values - (values.sum() - z * error) / 4000  # the same spread around an estimate of z errors
        found = bootstrap.probability_positive(values, gross)
        assert found is not None and found >= last
        last = found
        for level in (0.05, 0.5, 0.8, 0.9, 0.95, 0.98):
            interval = bootstrap.intervals(values[:, None], scale=1.0, level=level, gross=gross)[0]
            if interval.low > 0:
                assert found >= 0.5 + level / 2 - 0.002
            elif interval.high < 0:
                assert found <= 0.5 - level / 2 + 0.002
            else:
                assert 0.5 - level / 2 - 0.002 <= found <= 0.5 + level / 2 + 0.002
    assert last > 0.9


def test_the_method_follows_the_effective_number_of_terms():
    weights, amounts = rare(4000, 1500)
    few = np.where(np.arange(4000) % 50 == 0, amounts, 0.0)
    both = np.column_stack([amounts, few])
    gross = Gross(weights[:, None] * both, both, weights)
    bootstrap = BootstrapT(np.arange(4000), seed=1)
    assert bootstrap.methods(gross.weighted, gross) == [BOTH, GUARD]
    assert bootstrap.methods(gross.weighted) == ["bootstrap-t", "bootstrap-t"]
    one = bootstrap.intervals(gross.of(1).weighted, scale=1.0, level=0.95, gross=gross.of(1))
    two = bootstrap.intervals(gross.weighted, scale=1.0, level=0.95, gross=gross)
    assert (one[0].low, one[0].high) == pytest.approx((two[1].low, two[1].high), rel=1e-12)


def test_the_order_of_the_users_plays_no_part():
    weights, amounts = rare(3000, 40)
    gross, back = column(weights, amounts), column(weights[::-1], amounts[::-1])
    keys = np.arange(3000)
    here = BootstrapT(keys, seed=1).intervals(gross.weighted, scale=1.0, level=0.95, gross=gross)[0]
    there = BootstrapT(keys[::-1], seed=1).intervals(back.weighted, scale=1.0, level=0.95, gross=back)[0]
    assert (here.low, here.high) == pytest.approx((there.low, there.high), rel=1e-10)
