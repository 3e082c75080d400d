"""Lift tests and daily totals beside user-level logs: like is compared with like; disputes hold a channel."""

from datetime import date

import numpy as np
import pytest
from pydantic import ValidationError

from models.results import Interval, SourcesDiffer, TotalsUnused
from models.totals.combine import combine
from models.totals.lift_tests import iroas_between, iroas_found, newest_tests
from models.totals.settings import LiftTest
from models.totals.wide import WideEvidence, usable
from sql.errors import StudyError
from tests.models.split.response_worlds import ResponseWorld
from tests.told import said as told_of

WORLD = ResponseWorld(spend=(1000.0, 500.0), iroas=(2.0, 0.5), saturation=(0.5, 2.0))


def lift(channel: str, iroas: float, last: str = "2026-05-31", **more: float) -> LiftTest:
    day = date.fromisoformat(last)
    return LiftTest(
        channel=channel, first=day.replace(day=1), last=day, iroas=iroas, standard_error=0.5, **more
    )


def around(estimate: float, error: float) -> Interval:
    half = 1.959963984540054 * error
    return Interval(estimate, estimate - half, estimate + half, 0.95)


@pytest.mark.parametrize("multiplier", [0.0, 0.5, 1.5, 3.0])
def test_the_logs_are_asked_about_the_very_change_that_was_tested(multiplier: float) -> None:
    """Returns bend: a holdout earns more per unit of spend than the next unit does, and 3 x earns less."""
    found, why = iroas_between(WORLD.log(1), "channel_a", multiplier, 0.95)
    assert found is not None and why == ""
    change = WORLD.margin(np.array([1.0, 1.0])) - WORLD.margin(np.array([multiplier, 1.0]))
    truth = change / (WORLD.spend[0] * (1 - multiplier))
    assert found.low <= found.estimate <= found.high
    assert found.estimate == pytest.approx(truth, rel=0.1)  # entities differ: so do their weights


def test_the_newest_test_of_a_channel_counts() -> None:
    old, new = lift("tv", 1.0, "2025-05-31"), lift("tv", 2.0)
    assert newest_tests((new, old), ("tv", "web")) == {"tv": new}
    assert iroas_found(new, 0.95) == around(2.0, 0.5)


def test_a_test_of_an_unknown_channel_or_of_no_change_is_refused() -> None:
    with pytest.raises(StudyError, match="names 'radio', which the logs do not hold; they hold tv, web"):
        newest_tests((lift("radio", 1.0),), ("tv", "web"))
    with pytest.raises(ValidationError, match="a test changes the budget"):
        lift("tv", 1.0, multiplier=1.0)
    with pytest.raises(StudyError, match="last lies before first"):
        newest_tests((lift("tv", 1.0).model_copy(update={"first": date(2027, 1, 1)}),), ("tv",))


def test_a_dispute_holds_the_channel_and_warns() -> None:
    found = combine(
        {"tv": around(0.2, 0.5), "web": around(1.0, 0.5)}, {"tv": around(4.0, 1.0)}, "a lift test"
    )
    wide = WideEvidence(found)
    assert wide.held == {
        "tv": SourcesDiffer("a lift test", 0.2, 4.0),
    }
    (check,) = wide.checks
    assert (check.name, check.status) == ("a lift test: tv", "warn")
    assert check.figure == pytest.approx(3.8 / np.sqrt(1.25)) and check.limit == "<= 1.96"
    assert "0.2 (-0.8 to 1.2) by user-level logs, 4.0 (2.0 to 6.0) by a lift test" in told_of(check)


def test_agreement_holds_nothing_and_tells_what_both_say_together() -> None:
    wide = WideEvidence(combine({"tv": around(1.0, 0.5)}, {"tv": around(1.4, 1.0)}))
    assert wide.held == {}
    (check,) = wide.checks
    assert check.status == "ok" and told_of(check).endswith("per unit of spend; together 1.1 (0.2 to 2.0).")


def test_totals_that_say_nothing_are_told_once() -> None:
    (check,) = WideEvidence(unused=TotalsUnused("Their spend hardly moves.")).checks
    assert check.status == "ok" and told_of(check).endswith("were not used. Their spend hardly moves.")


def test_an_interval_without_ends_or_width_is_not_weighed() -> None:
    assert usable(Interval(1.0, 1.0, 1.0)) is None
    assert usable(Interval(1.0, float("-inf"), 2.0)) is None
    assert usable(around(1.0, 0.1)) == around(1.0, 0.1)


def test_sources_that_agree_are_held_as_rarely_as_promised_and_others_nearly_always() -> None:
    """5 % of 2000 agreeing pairs; below 7 % but for one run in 20,000. At 5 standard errors nearly all."""
    rng = np.random.default_rng(8)
    errors = rng.uniform(0.2, 2.0, (2, 2000))
    noise = rng.standard_normal((2, 2000)) * errors
    apart = 5 * np.sqrt((errors**2).sum(axis=0))

    def held(shift: np.ndarray) -> float:
        pairs = zip(*(noise + np.stack([shift, 0 * shift])), *errors, strict=True)
        return float(
            np.mean([combine({"tv": around(x, a)}, {"tv": around(y, b)})[0].disputed for x, y, a, b in pairs])
        )

    assert 0.03 < held(0 * apart) < 0.07
    assert held(apart) > 0.99
