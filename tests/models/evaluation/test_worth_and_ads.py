"""Ads that change what a purchase is worth are found; ads that do not are suspected as rarely as it says."""

import numpy as np
import pytest

from models.evaluation.checks.worth_and_ads import FALSE_ALARMS, check_worth_and_ads, surprises_before
from models.mdp import Transitions, expected_worth
from tests.models.agents.tables import table
from tests.told import said as told_of

DAYS = 3


def shop(seed: int, bigger: float = 0.0, people: int = 500, days: int = 8) -> tuple[Transitions, np.ndarray]:
    """People shown ads by lot, who buy more after them; a purchase is worth exp(bigger) times as much for
    each ad of the first kind in the last three days."""
    rng, n = np.random.default_rng(seed), people * days
    action = rng.integers(0, 3, n)
    shown = (action > 0).astype(float).reshape(people, days)
    first = (action == 1).astype(float).reshape(people, days)

    def recent(x: np.ndarray) -> np.ndarray:
        return sum(np.pad(x, ((0, 0), (lag, 0)))[:, :days] for lag in range(DAYS))

    bought = rng.random((people, days)) < 0.1 + 0.05 * recent(shown)
    margin = np.exp(0.6 * rng.standard_normal((people, days)) + bigger * recent(first)) * 20
    log = table(
        actions=("none", "search", "social"),
        features=rng.standard_normal((n, 4)),  # nothing of what was shown
        eligible=np.ones((n, 3)),
        action=action,
        margin=np.where(bought, margin, 0.0).ravel(),
        length=days,
    )
    return log, np.full((n, 3), 1 / 3)


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
