"""What platforms would claim, and what the last touch or click is credited with."""

from pathlib import Path

import pytest
from tiny_logs import click, column, day, entity, impression, mart, purchase, stage, write_log, write_table

from sql.events import Events


@pytest.fixture
def attributed(tmp_path: Path) -> Events:
    """One user; window 7 days. p1: display, clicked search before. p2: nothing in the window. p3: a tie."""
    shown = [
        impression(1, "2026-01-01 08:00", "u1", "search", "1"),
        impression(2, "2026-01-02 08:00", "u1", "display", "2"),
        impression(3, "2026-01-03 08:00", "u1", "none", "0"),
        impression(4, "2026-01-20 08:00", "u1", "search", "1"),
        impression(5, "2026-01-20 08:00", "u1", "display", "2"),
        impression(6, "2026-01-21 08:00", "u2", "search", "1"),
    ]
    bought = [
        purchase(1, "2026-01-04 09:00", "u1", "100"),
        purchase(2, "2026-01-10 09:00", "u1", "50"),
        purchase(3, "2026-01-20 08:00", "u1", "30"),
        purchase(4, "2026-01-21 07:59", "u2", "10"),  # a minute before the ad
    ]
    clicks = [click(1, "2026-01-01 08:01"), click(4, "2026-01-20 08:30")]
    log = write_log(tmp_path / "log", impressions=shown, purchases=bought, clicks=clicks)
    return stage(log, margin_rate=0.4)


def test_what_a_platform_would_claim(attributed: Events) -> None:
    assert mart(attributed, "attributed") == [
        {
            "action": 1,  # display
            "cost_micros": 4_000_000,
            "revenue_micros": 130_000_000,
            "margin_micros": 52_000_000,
            "impressions": 2,
            "clicks": 0,
            "purchases": 2,
        },
        {
            "action": 2,  # search
            "cost_micros": 3_000_000,
            "revenue_micros": 0,
            "margin_micros": 0,
            "impressions": 3,
            "clicks": 2,
            "purchases": 0,
        },
    ]


def test_without_any_purchase_a_claim_is_unknown_and_not_0(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1")]))
    assert column(events, "attributed", "revenue_micros", "margin_micros") == [(None, None)]
    days = [{"date": "2026-01-01", "channel": "tv", "spend": "100"}]
    write_table(tmp_path / "totals" / "totals.csv", days)
    events = stage(tmp_path / "totals")
    assert column(events, "attributed", "cost_micros", "revenue_micros") == [(100_000_000, None)]


def test_last_touch_and_last_click(attributed: Events) -> None:
    display, search, user = 1, 2, entity("u1")
    assert column(attributed, "last_touch", "entity_key", "day", "action") == [
        (user, day("2026-01-04"), display),
        (user, day("2026-01-20"), display),  # i5 and i4 at one time: the larger id
    ]
    assert column(attributed, "last_click", "entity_key", "day", "action") == [
        (user, day("2026-01-04"), search)
    ]
