"""Two sources on one channel: pooled, disputed, or alone."""

import math

import pytest

from models.results import Interval
from models.totals.combine import combine

Z = 1.959963984540054


def around(estimate: float, error: float) -> Interval:
    return Interval(estimate, estimate - Z * error, estimate + Z * error, 0.95)


def test_sources_that_agree_are_weighted_by_precision() -> None:
    (found,) = combine({"tv": around(2.0, 0.5)}, {"tv": around(2.2, 1.0)})
    assert not found.disputed and found.pooled is not None
    assert found.pooled.estimate == pytest.approx((2.0 / 0.25 + 2.2 / 1.0) / (4 + 1))
    assert found.pooled.high - found.pooled.low == pytest.approx(2 * Z / math.sqrt(5))
    assert found.pooled.high - found.pooled.low < 2 * Z * 0.5


def test_sources_that_contradict_each_other_are_both_shown_and_the_channel_is_held() -> None:
    (found,) = combine({"tv": around(0.2, 0.5)}, {"tv": around(4.0, 1.0)})
    assert found.disputed and found.pooled is None
    assert (found.user_level, found.totals) == (around(0.2, 0.5), around(4.0, 1.0))
    assert found.heterogeneity == pytest.approx(3.8**2 / 1.25)


def test_a_test_passed_narrowly_widens_the_pooled_interval() -> None:
    (found,) = combine({"tv": around(0.0, 1.0)}, {"tv": around(2.5, 1.0)})  # Q = 3.1 of at most 3.8
    assert found.pooled is not None and found.heterogeneity == pytest.approx(3.125)
    assert found.pooled.high - found.pooled.low == pytest.approx(2 * Z * math.sqrt(3.125 / 2))


def test_one_source_stands_alone_and_none_says_so() -> None:
    radio, tv, web = combine({"web": None, "tv": around(1.0, 1.0)}, {"radio": around(2.0, 1.0)})
    assert (radio.channel, radio.pooled, radio.disputed) == ("radio", around(2.0, 1.0), False)
    assert (tv.channel, tv.pooled) == ("tv", around(1.0, 1.0))
    assert (web.channel, web.pooled, web.heterogeneity) == ("web", None, None)


def test_an_interval_without_width_is_refused() -> None:
    with pytest.raises(ValueError, match="tv has no finite width"):
        combine({"tv": Interval(1.0, 1.0, 1.0)}, {"tv": around(1.0, 1.0)})
