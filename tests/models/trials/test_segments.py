"""Groups that respond differently: found where they were planted, and told by those who did not find them."""

from dataclasses import replace

import numpy as np
import pytest

from models.results import Answer, SegmentBound
from models.trials import TrialLog, find_segments, judge_trial
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.segments import ARMS, FACTS, draw_customers


def planted(entities: int, seed: int, *, alike: bool = False) -> TrialLog:
    drawn = draw_customers(Size(entities, 42, seed, LAST_DAY), alike=alike)
    return TrialLog(
        np.arange(entities) * 7919, drawn.arm, ARMS, 0, drawn.margin, np.zeros(entities), drawn.facts, FACTS,
        np.full(entities, 1 / 3),
    )  # fmt: skip


def coupons(gain: np.ndarray, x: np.ndarray, seed: int) -> TrialLog:
    """A coupon brings gain (n,) beside noise of 1, by facts x (n, 2)."""
    rng, n = np.random.default_rng(seed), len(gain)
    arm = rng.integers(0, 2, n)
    return TrialLog(
        np.arange(n), arm, ("none", "coupon"), 0, arm * gain + rng.standard_normal(n), np.zeros(n), x,
        ("age", "visits"), np.full(n, 0.5),
    )  # fmt: skip


def test_the_planted_groups_and_what_messages_do_in_them() -> None:
    """60,000 customers: groups differ by six standard errors and more. The interval holds the 4 EUR that the
    coupon brings of the young with the app, but for one draw in 100."""
    found = find_segments(planted(60_000, 3))
    assert found is not None and len(found.segments) == 4 and found.differ < 1e-6
    assert {bound.fact for one in found.segments for bound in one.bounds} == {"age", "app", "orders"}
    (young,) = [one for one in found.segments if one.arm == "coupon"]
    by_fact = {bound.fact: bound for bound in young.bounds}
    assert (
        by_fact["app"] == SegmentBound("app", 0.0, np.inf, is_flag=True) and 33 <= by_fact["age"].up_to <= 37
    )
    assert young.effects[0].arm == "coupon" and found.against == "none"
    assert young.effects[0].interval.low < 4.0 < young.effects[0].interval.high
    assert found.for_all == "mail" and found.gain.low > 0


def test_of_a_log_that_cannot_be_believed_nothing_is_made() -> None:
    found = judge_trial(planted(30_000, 4), seed=1)
    assert found.segments is not None and found.rule is not None
    told = found.withdrawn()
    assert told.verdict.kind == Answer.CONTRADICTION and not told.chooses_by_rule
    assert (told.rule, told.parts, told.segments) == (None, None, None)
    assert told.arms == found.arms  # what was counted stays


def test_customers_who_respond_alike_are_one_group() -> None:
    """20 draws; a question too many is asked in 1 of 20, more than four once in 400 runs. The others believe
    1 in 20 of these: two of 20 draws once in 800 runs."""
    found = [find_segments(planted(4_000, 10 + i, alike=True)) for i in range(20)]
    assert sum(one is not None and one.differ < 0.05 for one in found) <= 1
    assert sum(one is not None and len(one.segments) == 1 for one in found) >= 16


def test_a_fact_that_tells_only_together_with_another_is_found() -> None:
    """The coupon gains where both facts are high or both are low: neither tells anything alone."""
    x = np.random.default_rng(5).integers(0, 2, (4_000, 2)).astype(float)
    found = find_segments(coupons(np.where(x[:, 0] == x[:, 1], 0.6, -0.6), x, 7))
    assert found is not None and len(found.segments) == 4
    arms = {tuple(at): found.segments[found.of(np.array([at], float))[0]].arm for at in np.ndindex(2, 2)}
    assert arms == {(0, 0): "coupon", (1, 1): "coupon", (0, 1): "none", (1, 0): "none"}


def test_rows_of_one_customer_count_as_one() -> None:
    """Every row four times: the same groups, and intervals as wide as of one row each."""
    log = planted(12_000, 4)
    rows = np.repeat(np.arange(log.n), 4)
    many = replace(
        log, entity=log.entity[rows], arm=log.arm[rows], outcome=log.outcome[rows], cost=log.cost[rows],
        covariates=log.covariates[rows], probability=np.full(len(rows), 1 / 3),
    )  # fmt: skip
    one, four = find_segments(log), find_segments(many)
    assert one is not None and four is not None
    assert [s.bounds for s in one.segments] == [s.bounds for s in four.segments]
    assert four.gain.high - four.gain.low == pytest.approx(one.gain.high - one.gain.low, rel=0.02)


def test_too_few_entities_or_no_facts_get_no_segments() -> None:
    log = planted(1_000, 2)
    assert find_segments(log) is None
    log = planted(4_000, 2)
    assert find_segments(replace(log, covariates=np.zeros((log.n, 0)), names=())) is None
