"""Values and differences of arms: against plain means, in coverage, and against Tukey's critical value."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import studentized_range

from models.evaluation import BootstrapT
from models.trials import compare_arms
from models.trials.simultaneous import JointNormal, pairs_of
from tests.models.trials.shops import Shop


def test_without_covariates_an_arm_is_worth_its_mean():
    """Fixed shares and nothing to adjust for: each arm's value is its plain mean minus its cost."""
    log = Shop(3_000, costs=(0.0, 0.2, 0.3)).draw(1)
    bare = type(log)(
        log.entity, log.arm, log.arms, log.idle, log.outcome, log.cost, np.zeros((log.n, 0)), (), None
    )
    for arm in compare_arms(bare).arms:
        assert arm.estimate == pytest.approx(arm.mean - arm.cost, abs=0.02)


def test_covariates_that_foretell_make_intervals_shorter_and_others_no_longer():
    """An outcome that follows a covariate: the adjusted error is that of the noise alone."""
    log = Shop(5_000).draw(2)
    follows = log.covariates[:, 0] + 0.5 * np.random.default_rng(3).standard_normal(log.n) + 10
    known = type(log)(
        log.entity, log.arm, log.arms, 0, follows, log.cost, log.covariates, log.names, log.probability
    )
    bare = type(log)(
        log.entity, log.arm, log.arms, 0, follows, log.cost, log.covariates[:, 1:2], ("age",), None
    )
    with_it, without = (compare_arms(one).differences[0].standard_error for one in (known, bare))
    assert with_it == pytest.approx(0.5 * (2 * 3 / 5_000) ** 0.5, rel=0.1)
    assert without == pytest.approx(1.25**0.5 * (2 * 3 / 5_000) ** 0.5, rel=0.1)


@pytest.mark.parametrize(("entities", "rate"), [(1_000, 0.1), (5_000, 0.03)])
def test_all_differences_lie_in_their_intervals_at_once(entities: int, rate: float):
    """120 draws: at least 107 of them wholly right; intervals that cover 95 % fall below once in 150 runs.
    The table of 500 draws is tests/benchmarks/trials.md."""
    shop = Shop(entities, rate=rate, lifts=(1.0, 1.2, 1.5), costs=(0.0, 0.1, 0.1))
    bootstrap, right = BootstrapT(np.arange(entities), seed=1), 0
    for seed in range(120):
        found = compare_arms(shop.draw([4, seed]), bootstrap=bootstrap).differences
        truths = [shop.truth[shop.arms.index(d.arm)] - shop.truth[shop.arms.index(d.other)] for d in found]
        right += all(
            d.interval is not None and d.interval.low <= truth <= d.interval.high
            for d, truth in zip(found, truths, strict=True)
        )
    assert right >= 107


def test_arms_of_equal_spread_need_tukeys_critical_value():
    for arms in (3, 5):
        joint = JointNormal(np.eye(arms), pairs_of(arms, None), 0.95)
        tukey = studentized_range.ppf(0.95, arms, 1e6) / np.sqrt(2)
        assert joint.critical(tuple(range(arms)), 0.95) == pytest.approx(tukey, abs=0.02)


def test_of_three_arms_the_last_pair_is_asked_at_its_own_level():
    """All three differ beyond chance; then the pair in the middle has to be no further apart than 1.96."""
    joint = JointNormal(np.eye(3), pairs_of(3, None), 0.95)
    assert joint.steps(np.array([4.0, 4.9, 2.0])).told_apart == (True, True, True)
    assert joint.steps(np.array([4.0, 4.9, 1.9])).told_apart == (True, True, False)
    assert joint.steps(np.array([1.0, 2.2, 2.3])).told_apart == (False, False, False)
    assert joint.steps(np.array([1.0, 2.2, 2.3])).critical[0] == pytest.approx(2.344, abs=0.02)


def test_an_arm_without_a_purchase_is_not_certain_to_bring_nothing():
    log = Shop(600, rate=0.03).draw(5)
    none_bought = type(log)(
        log.entity, log.arm, log.arms, 0, np.where(log.arm == 1, 0.0, log.outcome), log.cost,
        log.covariates, log.names, log.probability,
    )  # fmt: skip
    [first, *_] = compare_arms(none_bought).differences
    assert first.interval is not None and first.interval.high > first.estimate + first.standard_error


@pytest.mark.parametrize("entities", [3_000, 9_000])  # few purchases, and many
def test_what_is_lost_is_as_sure_as_what_is_earned(entities: int):
    """With every outcome's sign turned, each interval is turned too."""
    log = Shop(entities, rate=0.05, lifts=(1.0, 1.2, 1.6)).draw(1)
    losses = compare_arms(replace(log, outcome=-log.outcome, cost=-log.cost)).differences
    for gain, loss in zip(compare_arms(log).differences, losses, strict=True):
        assert gain.interval is not None and loss.interval is not None
        assert (loss.interval.low, loss.interval.high) == pytest.approx(
            (-gain.interval.high, -gain.interval.low), rel=1e-6
        )
        assert gain.told_apart == loss.told_apart
