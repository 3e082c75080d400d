"""A purchase counts for what could be expected of it; what was logged is kept, and in sum nothing is lost."""

from dataclasses import replace

import numpy as np
import pytest

from models.mdp import MARGIN_AS_LOGGED, Transitions, expected_worth, with_expected_margin
from tests.models.agents.tables import table

EUR = 1_000_000


def shop(margin_of, people: int = 600, days: int = 6, seed: int = 0) -> Transitions:
    """People who buy on about every second day: margin_of(rng, entity, action) is what it brings."""
    rng, n = np.random.default_rng(seed), people * days
    action = rng.integers(0, 3, n)
    bought = rng.random(n) < 0.5
    return table(
        actions=("none", "search", "social"),
        features=rng.standard_normal((n, 4)),
        eligible=np.ones((n, 3)),
        action=action,
        margin=np.where(bought, margin_of(rng, np.arange(n) // days, action), 0.0),
        length=days,
    )


def lucky(rng, entity, action):  # noqa: ARG001
    """20 EUR on average, whoever buys."""
    return 20.0 * np.exp(0.6 * rng.standard_normal(len(entity)) - 0.18)


def test_luck_is_left_out_and_what_was_logged_is_kept() -> None:
    log = shop(lucky)
    worth = expected_worth(log)
    assert worth is not None
    each = worth.expected / worth.purchases / EUR
    assert each.std() < 0.6 and each.mean() == pytest.approx(20.0, rel=0.05)  # of 13 EUR that they spread
    counted = with_expected_margin(log, worth)
    assert counted.outcome("margin").sum() == pytest.approx(log.outcome("margin").sum(), abs=len(worth.rows))
    assert np.array_equal(counted.outcome(MARGIN_AS_LOGGED), log.outcome("margin"))
    assert np.array_equal(counted.outcome("purchases"), log.outcome("purchases"))
    # v = .66: purchases alone are told with 1 / sqrt(1 + v^2) = .83 of the error
    assert worth.error_kept == pytest.approx(0.83, abs=0.02)


def test_who_has_always_bought_for_much_is_expected_to() -> None:
    def rich_and_poor(rng, entity, action):
        return np.where(entity % 2, 3.0, 1.0) * lucky(rng, entity, action)

    log = shop(rich_and_poor, days=12)
    worth = expected_worth(log)
    assert worth is not None
    each = worth.expected / worth.purchases / EUR
    late = log.day[worth.rows] >= log.day.max() - 2
    rich = log.entity[worth.rows] % 2 == 1
    # five earlier purchases of 60 or 20 EUR, drawn towards everybody's 40 as if by two more
    assert each[late & rich].mean() == pytest.approx((5 * 60 + 2 * 40) / 7, rel=0.1)
    assert each[late & ~rich].mean() == pytest.approx((5 * 20 + 2 * 40) / 7, rel=0.1)


def test_a_kind_of_people_who_buy_for_more_is_known() -> None:
    def by_kind(rng, entity, action):
        return np.where(entity % 3 == 0, 2.0, 1.0) * lucky(rng, entity, action)

    log = shop(by_kind, days=3)
    features = log.features.copy()
    features[:, 0] = log.entity % 3 == 0
    kind, *others = log.feature_spec
    log = replace(log, features=features, feature_spec=(replace(kind, group="who"), *others))
    worth = expected_worth(log)
    assert worth is not None
    each, dear = worth.expected / worth.purchases, log.entity[worth.rows] % 3 == 0
    assert each[dear].mean() / each[~dear].mean() == pytest.approx(2.0, rel=0.1)


def test_what_was_shown_plays_no_part() -> None:
    """Nor anything else that an ad may have changed: the error of such a worth would lean with the ads."""
    log = shop(lucky)
    other = replace(log, action=2 - log.action, features=log.features[::-1].copy())
    once, again = expected_worth(log), expected_worth(other)
    assert once is not None and again is not None and np.array_equal(once.expected, again.expected)


def test_a_later_purchase_changes_nothing_that_is_expected_of_an_earlier_one_by_the_same_entity() -> None:
    """What comes after a purchase is no part of its worth: a fold learns from the entities of the others."""
    log = shop(lucky)
    last = np.flatnonzero((log.outcome("purchases") > 0) & (log.entity == log.entity[0]))[-1]
    changed = log.outcomes.copy()
    changed[last, [o.name for o in log.outcome_spec].index("margin")] *= 1.5
    other = expected_worth(replace(log, outcomes=changed))
    worth = expected_worth(log)
    assert worth is not None and other is not None
    mine = (log.entity[worth.rows] == log.entity[0]) & (worth.rows < last)
    shift = other.expected[mine] / worth.expected[mine]
    assert np.ptp(shift) < 2e-3  # but for the mean that all share


def test_where_it_would_tell_nothing_purchases_count_as_logged() -> None:
    assert expected_worth(shop(lucky, people=60)) is None  # too few

    def alike(rng, entity, action):  # noqa: ARG001
        return np.full(len(entity), 20.0)

    assert expected_worth(shop(alike)) is None


def test_it_is_the_same_whoever_else_s_rows_come_first() -> None:
    log = shop(lucky)
    once, again = expected_worth(log), expected_worth(replace(log, outcomes=log.outcomes.copy(order="F")))
    assert once is not None and again is not None and np.array_equal(once.expected, again.expected)
