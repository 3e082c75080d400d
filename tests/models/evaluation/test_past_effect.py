"""The placebo of the past: it rings as rarely as it says, and finds what delivery alone knows."""

from dataclasses import replace

import numpy as np
import pytest

from models.evaluation.checks.effect_on_the_past import (
    FALSE_ALARMS,
    Followers,
    check_effect_on_the_past,
    effects_on_the_past,
    followers_in_log,
)
from tests.models.agents.tables import table
from tests.told import said as told_of

ACTIONS = ("none", "search", "social")


def drawn(seed: int, people: int = 400, *, knows: float = 0.0) -> Followers:
    """Four decisions each of people, some of whom buy more all along; delivery shows search to them with
    log-odds `knows` more, and the state holds a number that has nothing to do with it."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(people), 4)
    keen = (rng.random(people) < 0.5)[cluster]
    odds = np.exp(np.column_stack([np.zeros(len(cluster)), knows * (keen - 0.5), np.zeros(len(cluster))]))
    mu = odds / odds.sum(axis=1, keepdims=True)
    action = (rng.random(len(mu))[:, None] > mu.cumsum(axis=1)).sum(axis=1).astype(np.int16)
    past = rng.poisson(0.3 + 0.5 * keen).astype(np.float64)
    return Followers(
        rows=np.arange(len(action)),
        features=rng.standard_normal((len(action), 2)).astype(np.float32),
        action=action,
        eligible=np.ones((len(action), 3), bool),
        behaviour=np.tile(mu.mean(axis=0), (len(action), 1)),  # what a model without the secret would say
        past=past,
        cluster=cluster,
        n_clusters=people,
        actions=ACTIONS,
        outcome="purchases",
    )


def test_it_rings_as_rarely_as_it_says() -> None:
    # 300 logs in which delivery knows nothing: more than 28 of 300 lie below .05 in 1 of 1,000 tries
    values = np.array([effects_on_the_past(drawn(seed)).p_value for seed in range(300)])
    assert (values < 0.05).sum() <= 28 and (values < FALSE_ALARMS).sum() <= 10
    assert abs(values.mean() - 0.5) < 0.06  # 3.6 standard errors


def test_it_finds_what_delivery_alone_knows() -> None:
    check = check_effect_on_the_past(drawn(1, 2_000, knows=1.0))
    assert check.status == "warn" and check.figure < 1e-4
    assert "Ads seem to change the purchases before them: search most" in told_of(check)
    assert check_effect_on_the_past(drawn(1, 2_000)).status == "ok"


def test_an_action_that_few_people_met_is_not_told_of() -> None:
    """Social is left to nine people of 400."""
    found = drawn(5)
    few = replace(found, action=np.where((found.action == 2) & (found.cluster >= 9), 0, found.action))
    met = len(np.unique(few.cluster[few.action == 2]))
    assert set(effects_on_the_past(few, min_entities=met).effects) == {"search", "social"}
    assert set(effects_on_the_past(few, min_entities=met + 1).effects) == {"search"}


def test_an_effect_is_the_residual_on_residual_slope() -> None:
    found = drawn(3, 50)
    x = np.column_stack([np.ones(200), found.features])
    rest = found.past - x @ np.linalg.lstsq(x, found.past, rcond=None)[0]
    surprise = (found.action == 1) - found.behaviour[:, 1]
    interval, _ = effects_on_the_past(found).effects["search"]
    assert interval.estimate == pytest.approx((surprise @ rest) / (surprise @ surprise), rel=1e-4)


def test_followers_are_decisions_with_a_choice_after_another_of_the_same_person() -> None:
    rows = table(
        actions=("none", "search"),
        features=np.zeros((6, 1)),
        eligible=np.array([[1, 1], [1, 1], [1, 0], [1, 1], [1, 1], [1, 1]]),
        action=np.array([0, 1, 0, 0, 1, 0]),
        margin=np.array([5.0, 0.0, 7.0, 8.0, 9.0, 1.0]),
        length=3,
    )
    found = followers_in_log(rows, np.full((6, 2), 0.5))
    assert found.rows.tolist() == [1, 4, 5]  # the third has no choice; the first and fourth follow nobody
    assert found.outcome == "purchases" and found.past.tolist() == [1.0, 1.0, 1.0]
    assert found.cluster.tolist() == [0, 1, 1]
    uncounted = replace(rows, outcome_spec=rows.outcome_spec[:-1], outcomes=rows.outcomes[:, :-1])
    assert followers_in_log(uncounted, np.full((6, 2), 0.5)).past.tolist() == [5.0, 8.0, 9.0]


def test_of_several_decisions_of_a_day_only_the_first_has_a_past() -> None:
    # two decisions on each of two days; a day's purchases stand with its last one
    rows = table(
        actions=("none", "search"),
        features=np.zeros((4, 1)),
        eligible=np.ones((4, 2)),
        action=np.array([1, 0, 1, 0]),
        margin=np.array([0.0, 5.0, 0.0, 0.0]),
        length=4,
    )
    found = followers_in_log(replace(rows, day=np.array([3, 3, 4, 4], np.int32)), np.full((4, 2), 0.5))
    assert found.rows.tolist() == [2] and found.past.tolist() == [1.0]


def test_without_a_decision_after_another_it_cannot_be_asked() -> None:
    found = drawn(1, 10)
    none = Followers(
        found.rows[:0], found.features, found.action[:0], found.eligible[:0], found.behaviour[:0],
        found.past[:0], found.cluster[:0], 10, ACTIONS, "purchases",
    )  # fmt: skip
    check = check_effect_on_the_past(none)
    assert check.status == "ok" and check.figure is None and "cannot be asked" in told_of(check)
