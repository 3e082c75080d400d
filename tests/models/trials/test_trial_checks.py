"""Sample ratio and balance: alarms on sound tests, and on those that are not."""

from dataclasses import replace

import numpy as np
import pytest

from models.trials import TrialLog, balance_check, sample_ratio_check
from tests.models.trials.shops import Shop

HALVES = Shop(20_000, lifts=(1.0, 1.0), costs=(0.0, 0.0), shares=(0.5, 0.5))


@pytest.mark.parametrize("shares", [(1 / 3, 1 / 3, 1 / 3), (0.8, 0.1, 0.1)])
def test_sound_tests_raise_no_alarm(shares: tuple[float, ...]):
    """200 draws: at most 2 alarms each. With one in a thousand more come once in 900 runs."""
    logs = [Shop(1_000, shares=shares).draw([1, i]) for i in range(200)]
    assert sum(not sample_ratio_check(log).passed for log in logs) <= 2
    assert sum(not balance_check(log).passed for log in logs) <= 2


def test_a_52_to_48_split_of_20_000_is_found():
    """60 draws, at least 57 found: with 99 % each fewer come once in 3,000 runs."""
    shop = replace(HALVES, shares=(0.52, 0.48), told=(0.5, 0.5))
    found = [sample_ratio_check(shop.draw([2, i])) for i in range(60)]
    assert sum(not check.passed for check in found) >= 57
    assert found[0].expected == 10_000 and found[0].observed != 10_000


def test_probabilities_that_differ_from_row_to_row_are_held_against_the_log():
    """Drawn with e(x) as told: passes, false once in a thousand. A tenth of one arm's rows lost: alarm."""
    log, rng = HALVES.draw(3), np.random.default_rng(4)
    chance = np.where(log.covariates[:, 0] > 0, 0.7, 0.4)
    arm = (rng.random(log.n) < chance).astype(np.int64)
    told = np.where(arm == 1, chance, 1 - chance)
    sound = type(log)(log.entity, arm, log.arms, 0, log.outcome, log.cost, log.covariates, log.names, told)
    assert sound.planned is None and sample_ratio_check(sound).passed
    lost = sound.of((arm == 0) | (rng.random(log.n) < 0.9))
    assert not sample_ratio_check(lost).passed


def test_a_covariate_that_decides_the_arm_is_found_and_named():
    """Those who spent most are in one arm a little more often."""
    log, rng = HALVES.draw(5), np.random.default_rng(6)
    more = log.covariates[:, 2] > np.quantile(log.covariates[:, 2], 0.9)
    arm = (rng.random(log.n) < np.where(more, 0.6, 0.489)).astype(np.int64)
    biased = type(log)(
        log.entity, arm, log.arms, 0, log.outcome, log.cost, log.covariates, log.names, np.full(log.n, 0.5)
    )
    check = balance_check(biased)
    assert not check.passed and check.subject == "spent"


def drawn_by_spend(seed: list[int], n: int = 400, *, follows: bool = True) -> TrialLog:
    """Three arms whose probabilities follow what was spent; told: those that did, or wrongly even ones."""
    log, rng = Shop(n).draw(seed), np.random.default_rng(seed)
    much = log.covariates[:, 2] > np.median(log.covariates[:, 2])
    jitter = 0.05 * rng.random(n)
    chances = np.where(much[:, None], [0.75, 0.15, 0.1], [0.4, 0.3, 0.3]) + np.outer(jitter, [1, -1, 0])
    arm = (rng.random(n)[:, None] > chances.cumsum(axis=1)).sum(axis=1)
    told = chances[np.arange(n), arm] if follows else np.array([0.6, 0.2, 0.2])[arm] + 0.01 * jitter
    return replace(log, arm=arm, probability=told)


@pytest.mark.parametrize("n", [150, 400])
def test_arms_drawn_by_what_was_known_are_alike_once_weighted(n: int):
    """3,000 draws at one alarm in a thousand: 11 and more come once in 10,000 runs."""
    checks = [balance_check(drawn_by_spend([7, i], n)) for i in range(3_000)]
    assert all(check.p_value is not None for check in checks)
    assert sum(not check.passed for check in checks) <= 10


def test_a_draw_that_follows_more_than_its_probabilities_say_is_found():
    found = [balance_check(drawn_by_spend([8, i], 2_000, follows=False)) for i in range(20)]
    assert all(not check.passed and check.subject == "spent" for check in found)


def test_without_facts_or_entities_nothing_is_asked():
    log = drawn_by_spend([9])
    assert balance_check(replace(log, covariates=np.zeros((log.n, 0)), names=())).lacks == "facts"
    assert balance_check(drawn_by_spend([9], 12)).lacks == "entities"
