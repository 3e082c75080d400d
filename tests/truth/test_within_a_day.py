"""Channels that meet the same person on the same day: each earns its own, and the useless ones nothing."""

import pytest

from tests.benchmarks.day_logs import CHANNELS, DayLog
from tests.benchmarks.day_replicate import one_log
from tests.benchmarks.day_scoreboard import page_text

REACHES = 1.5
"""Half widths of a 95 % interval: 2.9 standard errors."""


@pytest.mark.slow
@pytest.mark.parametrize("effect", ["same day", "next day"])
def test_what_an_ad_earns_is_not_credited_to_the_days_other_ads(effect: str) -> None:
    """Fixed logs, so that nothing flickers: of fresh ones about 1 in 100 would ring falsely. Read as
    a chain of choices among the day's channels, such logs say 3.6 of the working channel's 6.4, plus or minus
    1.2, and give the rest to the others."""
    record = one_log(DayLog(a_day=3, effect=effect, seed=11))
    for channel in CHANNELS:
        told, truth = record["iroas"][channel], record["truth"][channel]
        assert told is not None
        estimate, low, high = told
        assert abs(estimate - truth) < REACHES * (high - low) / 2, channel


def test_the_page_counts_what_is_covered() -> None:
    told = {"search": [0.0, -1.0, 1.0], "social": [5.0, 4.0, 6.0], "video": [2.0, 1.0, 3.0]}
    truth = DayLog(effect="both").truth
    records = [
        {"a_day": a, "effect": e, "iroas": told, "truth": truth, "rows": 10, "seconds": 1.0}
        for a in range(1, 6)
        for e in ("same day", "next day", "both")
    ]
    row = next(line for line in page_text(records).splitlines() if line.startswith("| 2 | both"))
    assert "| 1 | 6.40 | 5.00 +- nan | 2.00 | 0% of 1 | 50% of 2 | 10 | 1.0 |" in row
