"""Ads that change what a purchase is worth are found; ads that do not are suspected as rarely as it says."""

import numpy as np
import pytest

from models.evaluation.checks.worth_and_ads import FALSE_ALARMS, check_worth_and_ads, surprises_before
from models.mdp import expected_worth
from tests.models.evaluation.basket_shop import DAYS, shop
from tests.told import said as told_of


def p_value(seed: int, bigger: float = 0.0) -> float:
    log, behaviour = shop(seed, bigger)
    worth = expected_worth(log)
    assert worth is not None
    return float(check_worth_and_ads(log, behaviour, worth, DAYS).figure or 0.0)


def test_it_suspects_ads_without_such_an_effect_as_rarely_as_it_says() -> None:
    """200 logs: 10 % alarms; fewer than 7 or more than 35 in 1 of 1,000 such tests (binomial)."""
    values = np.array([p_value(seed) for seed in range(200)])
    assert 7 <= (values < FALSE_ALARMS).sum() <= 35


def test_it_finds_ads_that_make_baskets_bigger() -> None:
    """Each ad by a fifth: missed in 1 of 20 logs at most; then 5 are missed of 20 in .3 % of such tests."""
    assert sum(p_value(seed, 0.2) >= FALSE_ALARMS for seed in range(20)) < 5


def test_what_it_says() -> None:
    log, behaviour = shop(1)
    worth = expected_worth(log)
    assert worth is not None
    said = told_of(check_worth_and_ads(log, behaviour, worth, DAYS))
    assert "Nothing shows that ads change how much purchases are worth" in said
    log, behaviour = shop(1, 0.4)
    worth = expected_worth(log)
    assert worth is not None
    assert "every margin counts as it was logged" in told_of(check_worth_and_ads(log, behaviour, worth, DAYS))


def test_surprises_are_those_of_the_days_before_and_of_nobody_else() -> None:
    """Against a loop over rows."""
    log, behaviour = shop(3, people=30)
    rows = np.flatnonzero(log.outcome("purchases") > 0)
    found = surprises_before(log, behaviour, rows, DAYS)
    for at, row in enumerate(rows):
        window = (log.entity == log.entity[row]) & (log.day <= log.day[row]) & (log.day > log.day[row] - DAYS)
        window &= np.arange(log.n_rows) <= row
        seen = (log.action[window, None] == np.arange(1, len(log.actions))) - behaviour[window, 1:]
        assert found[at] == pytest.approx(seen.sum(axis=0))
