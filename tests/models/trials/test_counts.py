"""Tests of counts: against entities one by one, against a z-test, by day, and many at once."""

import numpy as np
import pytest
from scipy.stats import norm

from models.results import Answer, ArmValue
from models.trials import ArmCounts, compare_arms, false_discoveries, judge_counts, successes
from sql.errors import LogError
from tests.models.trials.shops import Shop


def test_counts_say_what_their_entities_say():
    """The same test, entity by entity and as sums: estimates within a tenth of a standard error, as there is
    nothing to adjust for in counts, and intervals within 6 %."""
    log = Shop(9_000, rate=0.1, lifts=(1.0, 1.2, 1.6)).draw(1)
    bare = type(log)(
        log.entity, log.arm, log.arms, 0, log.outcome, log.cost, np.zeros((log.n, 0)), (), log.probability
    )
    sums = [
        ArmCounts(arm, int(mine.sum()), float(log.outcome[mine].sum()), float((log.outcome[mine] ** 2).sum()))
        for k, arm in enumerate(log.arms)
        for mine in [log.arm == k]
    ]
    counted = judge_counts(sums, idle="none").comparison.differences
    for one, other in zip(compare_arms(bare).differences, counted, strict=True):
        assert one.interval is not None and other.interval is not None and other.standard_error is not None
        assert (one.arm, one.other) == (other.arm, other.other)
        assert other.estimate == pytest.approx(one.estimate, abs=0.1 * other.standard_error)
        width = one.interval.high - one.interval.low
        assert other.interval.high - other.interval.low == pytest.approx(width, rel=0.06)


def test_many_successes_are_the_two_sample_z_test():
    found = judge_counts([successes("a", 10_000, 2_000), successes("b", 10_000, 2_150)])
    error = np.sqrt(0.2 * 0.8 / 9_999 + 0.215 * 0.785 / 9_999)
    assert found.p_value == pytest.approx(2 * norm.sf(0.015 / error), rel=0.15)
    [difference] = found.comparison.differences
    assert difference.alone is not None
    assert difference.alone.low == pytest.approx(-0.015 - 1.96 * error, abs=0.0003)
    assert found.verdict.kind == Answer.ONE and found.verdict.arms == ("b",)


def test_rates_within_days_are_compared_where_shares_change_by_day():
    """Simpson: b wins on either day by .02, and loses the pooled comparison."""
    rows = [
        successes("a", 9_000, 2_700, day=1),
        successes("b", 1_000, 320, day=1),
        successes("a", 1_000, 100, day=2),
        successes("b", 9_000, 1_080, day=2),
    ]
    found = judge_counts(rows)
    [difference] = found.comparison.differences
    assert difference.estimate == pytest.approx(-0.02)
    assert [arm.mean for arm in found.comparison.arms] == pytest.approx([0.28, 0.14])  # plain
    assert [arm.estimate for arm in found.comparison.arms] == pytest.approx([0.2, 0.22])  # half of either day
    alone = judge_counts([*rows, successes("a", 50, 10, day=3)])
    assert alone.left_out == 50 and alone.comparison.differences[0].estimate == pytest.approx(-0.02)


def test_rare_successes_are_covered():
    """About 9 and 9 successes: 300 draws, at least 275 covered; of 95 % fewer are once in 400 runs."""
    rng, right = np.random.default_rng(2), 0
    for _ in range(300):
        a, b = rng.binomial(900, 0.01, 2)
        [d] = judge_counts([successes("a", 900, int(a)), successes("b", 900, int(b))]).comparison.differences
        right += d.interval is None or d.interval.low <= 0 <= d.interval.high
    assert right >= 275


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([successes("a", 10, 2)], "2 to 20 arms"),
        ([successes("a", 10, 2, day=1), successes("b", 10, 2, day=2)], "No day of the counts"),
    ],
)
def test_counts_that_compare_nothing_are_refused(rows: list[ArmCounts], sentence: str):
    with pytest.raises(LogError, match=sentence):
        judge_counts(rows)


def test_more_successes_than_entities_are_refused():
    with pytest.raises(LogError, match="arm `a`: 10 entities with sum 12"):
        successes("a", 10, 12)


def test_of_many_tests_few_are_found_by_chance():
    """Benjamini and Hochberg's own example: of 15 p-values the four smallest."""
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p = [*small, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert sum(false_discoveries(p)) == 4 and all(false_discoveries(p)[:4])
    assert false_discoveries([]) == ()


def test_the_false_discovery_rate_is_held():
    """40 tables of 30 tests, 6 of them real: of what is found 4 % is false on average (rate x share of true
    nulls), with a standard error of about 1.5 points; above 10 % once in 10,000 runs."""
    rng, shares = np.random.default_rng(3), []
    for _ in range(40):
        real = np.arange(30) < 6
        p = [
            judge_counts(
                [successes("a", 2_000, int(rng.binomial(2_000, 0.1))),
                 successes("b", 2_000, int(rng.binomial(2_000, 0.15 if works else 0.1)))]
            ).p_value
            for works in real
        ]  # fmt: skip
        found = np.array(false_discoveries(p))
        shares.append((found & ~real).sum() / max(found.sum(), 1))
        assert found[real].sum() >= 3
    assert np.mean(shares) <= 0.1


def test_sums_below_0_are_as_sure_as_those_above():
    earned, lost = (
        judge_counts([ArmCounts("a", 1000, sign * 500.0, 3e4), ArmCounts("b", 1000, sign * 700.0, 4e4)])
        for sign in (1, -1)
    )
    for one, other in zip(
        (*earned.comparison.arms, *earned.comparison.differences),
        (*lost.comparison.arms, *lost.comparison.differences),
        strict=True,
    ):
        gain, loss = (x.value if isinstance(x, ArmValue) else x.interval for x in (one, other))
        assert gain is not None and loss is not None
        assert (loss.estimate, loss.low, loss.high) == pytest.approx((-gain.estimate, -gain.high, -gain.low))


def test_an_arm_of_a_few_entities_decides_nothing():
    """a 5 % and b 8 % of 10,000 differ beyond doubt; of c's 10, whole or day by day, nothing can be said."""
    found = judge_counts([successes("a", 10_000, 500), successes("b", 10_000, 800), successes("c", 10, 5)])
    assert (found.verdict.kind, found.verdict.arms) == (Answer.ONE, ("b",)) and found.p_value < 1e-8
    assert found.comparison.arms[2].value is None and found.comparison.arms[2].estimate == 0.5
    by_day = [successes(arm, 5_000, won, day) for arm, won in (("a", 250), ("b", 400)) for day in (1, 2)]
    found = judge_counts([*by_day, successes("c", 1, 1, day=1), successes("c", 9, 4, day=2)])
    assert found.verdict.arms == ("b",) and found.left_out == 0


def test_arms_that_always_and_never_succeed_are_told_apart():
    """Neither has a spread of its own; that of both together, whole or by day, is 0.032."""
    for rows in (
        [successes("a", 500, 500), successes("b", 500, 0)],
        [successes(arm, 250, won, day) for arm, won in (("a", 250), ("b", 0)) for day in (1, 2)],
    ):
        found = judge_counts(rows)
        [difference] = found.comparison.differences
        assert (found.verdict.kind, found.verdict.arms) == (Answer.ONE, ("a",)) and found.p_value < 1e-6
        assert difference.interval is not None and difference.interval.low > 0.9
    alike = judge_counts([successes("a", 500, 500), successes("b", 500, 500)])
    assert alike.verdict.kind == Answer.NOTHING and alike.comparison.differences[0].more_entities is None
