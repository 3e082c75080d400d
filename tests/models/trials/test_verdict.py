"""What is said of tests whose truth is known."""

import numpy as np
import pytest

from models.evaluation import BootstrapT
from models.results import Answer
from models.trials import TrialLog, compare_arms, decide_which, judge_trial
from sql.errors import LogError
from tests.models.trials.shops import Shop


def verdicts(shop: Shop, draws: int, seed: int):
    bootstrap = BootstrapT(np.arange(shop.entities), seed=1)
    idle = None if shop.idle is None else shop.arms[shop.idle]
    return [decide_which(compare_arms(shop.draw([seed, i]), bootstrap=bootstrap), idle) for i in range(draws)]


@pytest.mark.parametrize("idle", [0, None])
def test_arms_alike_find_nothing(idle: int | None):
    """60 draws: at least 53 find nothing. A verdict that errs in 5 % falls below once in 100 runs."""
    found = verdicts(Shop(4_000, idle=idle), 60, 1)
    assert sum(v.kind == Answer.NOTHING for v in found) >= 53


def test_mailings_that_pay_nothing_back_are_told_to_stop():
    """Each costs 5 and changes nothing, at a standard error of about .75: missed once in 10,000 draws."""
    shop = Shop(6_000, costs=(0.0, 5.0, 5.0))
    assert all(v.kind == Answer.IDLE and v.arms == ("none",) for v in verdicts(shop, 20, 2))


def test_two_that_beat_none_alike_cannot_be_told_apart():
    """20 draws; they are told apart in one of 20, in more than 4 once in 400 runs."""
    shop = Shop(10_000, lifts=(1.0, 3.0, 3.0), costs=(0.0, 0.1, 0.1))
    found = verdicts(shop, 20, 3)
    assert sum(v.kind == Answer.SEVERAL and set(v.arms) == {"b", "c"} for v in found) >= 16
    open_ones = [v for v in found if v.kind == Answer.SEVERAL]
    assert all(v.between is not None and {v.between.arm, v.between.other} == {"b", "c"} for v in open_ones)


def test_the_best_arm_is_named_and_more_entities_say_how_far_it_is():
    shop = Shop(20_000, lifts=(1.0, 1.2, 2.5), costs=(0.0, 0.1, 0.1))
    result = judge_trial(shop.draw(4))
    assert result.verdict.kind == Answer.ONE and result.verdict.arms == ("c",)
    against = result.against_idle("c")
    assert against is not None and against.interval is not None
    assert against.interval.low < shop.truth[2] - shop.truth[0] < against.interval.high
    assert against.more_entities is None  # told apart


def test_as_many_more_entities_as_are_asked_for_tell_the_arms_apart():
    """One draw says how many more; of 40 tests of that size 80 % tell, fewer than 22 once in 500 runs."""
    small = Shop(4_000, rate=0.05, lifts=(1.0, 1.35), costs=(0.0, 0.0), shares=(0.5, 0.5))
    truth = small.truth[1] - small.truth[0]
    [difference] = compare_arms(small.draw(8), matters=truth).differences
    assert not difference.told_apart and difference.more_entities_to_matter is not None
    large = Shop(4_000 + difference.more_entities_to_matter, 0.05, (1.0, 1.35), (0.0, 0.0), (0.5, 0.5))
    told = [compare_arms(large.draw([9, i])).differences[0].told_apart for i in range(40)]
    assert 22 <= sum(told) <= 39


def test_controls_that_were_dropped_stop_the_verdict():
    log = Shop(6_000).draw(5)
    kept = log.of((log.arm != 0) | (np.arange(log.n) % 2 == 0))
    result = judge_trial(kept)
    assert result.verdict.kind == Answer.CONTRADICTION and result.rule is None
    assert [c.passed for c in result.checks] == [False, True]


def test_an_arm_of_a_few_entities_is_shown_and_not_judged():
    log = Shop(3_000).draw(6)
    few = log.of((log.arm != 2) | (np.cumsum(log.arm == 2) <= 5))
    compared = compare_arms(few)
    assert compared.arms[2].entities == 5 and compared.arms[2].value is None
    assert [d.interval is None for d in compared.differences] == [False, True, True]


def test_a_log_of_one_arm_is_no_test():
    log = Shop(300).draw(7)
    with pytest.raises(LogError, match="two arms"):
        judge_trial(log.of(log.arm == 1))


def test_rows_of_one_entity_count_as_one():
    """The same test with every row twice tells no more: the standard errors stay."""
    log = Shop(5_000).draw(8)
    twice = TrialLog(
        np.repeat(log.entity, 2), np.repeat(log.arm, 2), log.arms, log.idle, np.repeat(log.outcome, 2),
        np.repeat(log.cost, 2), np.repeat(log.covariates, 2, axis=0), log.names,
        None if log.probability is None else np.repeat(log.probability, 2),
    )  # fmt: skip
    for one, two in zip(compare_arms(log).differences, compare_arms(twice).differences, strict=True):
        assert two.estimate == pytest.approx(one.estimate, abs=0.01 * (one.standard_error or 0.0))
        assert two.standard_error == pytest.approx(one.standard_error, rel=1e-3)
