"""Days are the study's; money is exact."""

from pathlib import Path

import pytest
from tiny_logs import column, count, day, impression, purchase, stage, write_log


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2026-01-01 23:30", "UTC", "2026-01-01"),
        ("2026-01-01 23:30", "America/New_York", "2026-01-01"),  # without a zone it is the study's
        ("2026-01-01T23:30:00Z", "Europe/Berlin", "2026-01-02"),
        ("2026-01-02 02:00:00+05:30", "UTC", "2026-01-01"),
        ("2026-01-02 02:00:00 +0530", "UTC", "2026-01-01"),  # as shops export it
        ("2026-01-01T23:30:00 Z", "Europe/Berlin", "2026-01-02"),
        ("2026-01-02", "Pacific/Auckland", "2026-01-02"),
        ("1767310200", "UTC", "2026-01-01"),  # 23:30, in seconds
        ("1767310200.5", "Europe/Berlin", "2026-01-02"),
        ("1767310200000", "Europe/Berlin", "2026-01-02"),
        ("1767310200000000", "UTC", "2026-01-01"),
        ("1767310200000000000", "UTC", "2026-01-01"),
    ],
)
def test_days(tmp_path: Path, written: str, zone: str, expected: str) -> None:
    log = write_log(tmp_path / "log", impressions=[impression(1, written, "u1")])
    assert column(stage(log, time_zone=zone), "exposures", "day") == [day(expected)]


@pytest.mark.parametrize(
    ("written", "unit", "micros"),
    [
        ("0.1", "currency", 100_000),
        ("0.0000005", "currency", 1),  # half away from zero
        ("0.00000049", "currency", 0),
        ("0.30000000000000004", "currency", 300_000),
        ("1e-3", "currency", 1_000),
        ("4,012.80", "currency", 4_012_800_000),
        ("1,234,567", "currency", 1_234_567_000_000),
        ("1,234,567", "micros", 1_234_567),
        ("12", "cents", 120_000),
        ("12.34565", "cents", 123_457),
        ("2500000", "micros", 2_500_000),
        ("9999999999.999999", "currency", 9_999_999_999_999_999),
    ],
)
def test_money(tmp_path: Path, written: str, unit: str, micros: int) -> None:
    log = write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1", cost=written)])
    tables = {"impressions": {"path": "impressions.csv", "money_unit": unit}}
    assert column(stage(log, tables=tables), "exposures", "cost_micros") == [micros]


def test_ten_thousand_cents_are_a_hundred(tmp_path: Path) -> None:
    """Floats would not add up: 0.01 has no exact binary form."""
    rows = [impression(n, "2026-01-01", "u1", cost=0.01) for n in range(10_000)]
    events = stage(write_log(tmp_path / "log", "parquet", impressions=rows))
    assert column(events, "attributed", "cost_micros") == [100_000_000]


def test_margin_is_the_logs_or_the_margin_rate_s(tmp_path: Path) -> None:
    rows = [
        purchase(1, "2026-01-01", "u1", "10", margin="7.5"),
        purchase(2, "2026-01-02", "u1", "10.000005", margin=None),
        purchase(3, "2026-01-03", "u1", "-4", margin=None),
    ]
    events = stage(write_log(tmp_path / "log", purchases=rows), margin_rate=0.3)
    assert column(events, "bookings", "revenue_micros", "margin_micros") == [
        (10_000_000, 7_500_000),
        (10_000_005, 3_000_002),  # 3,000,001.5 away from zero
        (-4_000_000, -1_200_000),
    ]


def test_the_reporting_delay_is_a_quantile_in_whole_days(tmp_path: Path) -> None:
    rows = [
        purchase(n, "2026-01-01 12:00", "u1", knowledge_ts=f"2026-01-{1 + n:02d} 18:00") for n in range(20)
    ]
    events = stage(write_log(tmp_path / "log", purchases=rows))
    assert events.delay_days == 19  # the 19th of 20 delays: 18 days and 6 hours
    assert column(events, "bookings", "known_day")[:2] == [day("2026-01-01"), day("2026-01-02")]


def test_known_before_it_happened_is_known_when_it_happened(tmp_path: Path) -> None:
    rows = [purchase(1, "2026-01-05", "u1", knowledge_ts="2026-01-01")]
    events = stage(write_log(tmp_path / "log", purchases=rows))
    assert count(events, "purchases").good == 1
    assert column(events, "bookings", "known_day") == [day("2026-01-05")]
    assert events.delay_days == 0
