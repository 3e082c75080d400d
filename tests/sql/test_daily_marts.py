"""The log by day and channel, and its largest rows, by hand."""

from pathlib import Path

from tiny_logs import click, day, impression, mart, purchase, stage, write_log

FIRST, SECOND = day("2026-01-01"), day("2026-01-02")
LOG = {
    "impressions": [
        impression(1, "2026-01-01 10:00", "u1", cost="0.10"),
        impression(2, "2026-01-01 11:00", "u2", cost="0.30"),
        impression(3, "2026-01-02 10:00", "u1", cost="0"),
        impression(4, "2026-01-02 10:00", "u2", "none", cost="0"),
        impression(5, "2026-01-02 10:00", "u3", "tv", cost="0.30"),
    ],
    "clicks": [click(1, "2026-01-02 09:00", cost="0.05")],
    "purchases": [
        purchase(1, "2026-01-02 12:00", "u1", "10"),
        purchase(2, "2026-01-02 13:00", "u2", "30"),
        purchase(3, "2026-01-02 14:00", "u2", "50"),
    ],
    "visits": [{"user_id": "u1", "ts": "2026-01-01 08:00"}],
    "opportunities": [
        {"opportunity_id": "o1", "ts": "2026-01-01 10:00", "user_id": "u1", "channel": "search"},
        {"opportunity_id": "o2", "ts": "2026-01-01 11:00", "user_id": "u1", "channel": "search"},
    ],
}


def test_what_each_channel_did_on_each_day(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", **LOG))
    names = ("day", "action", "impressions", "paid_impressions", "cost_micros", "opportunities", "clicks")
    assert events.actions == ("none", "search", "tv")
    assert [tuple(row[n] for n in names) for row in mart(events, "channel_days")] == [
        (FIRST, 1, 2, 2, 450_000, 2, 0),
        (SECOND, 1, 1, 0, 0, 0, 1),
        (SECOND, 2, 1, 1, 300_000, 0, 0),
    ]


def test_what_happened_on_each_day(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", **LOG))
    assert [tuple(row.values()) for row in mart(events, "shop_days")] == [
        (FIRST, 0, 0, 0, 1),
        (SECOND, 3, 90_000_000, 30_000_000, 0),
    ]


def test_the_largest_amounts_of_each_kind(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", **LOG))
    assert [tuple(row.values()) for row in mart(events, "largest_amounts")] == [
        ("cost", 1, 1, FIRST, 300_000, 2),
        ("cost", 1, 2, FIRST, 150_000, 2),
        ("cost", 2, 1, SECOND, 300_000, 1),
        ("revenue", 0, 1, SECOND, 50_000_000, 3),
        ("revenue", 0, 2, SECOND, 30_000_000, 3),
        ("revenue", 0, 3, SECOND, 10_000_000, 3),
    ]


def test_daily_totals_stand_in_where_there_is_nothing_finer(tmp_path: Path) -> None:
    totals = [
        {"date": "2026-01-01", "channel": "tv", "spend": "5", "impressions": "100", "revenue": "7"},
        {"date": "2026-01-02", "channel": "tv", "spend": "6"},
    ]
    log = write_log(tmp_path / "log", totals=totals)
    for name in ("impressions", "purchases"):
        (log / f"{name}.csv").unlink()
    events = stage(log)
    found = [(r["day"], r["impressions"], r["cost_micros"]) for r in mart(events, "channel_days")]
    assert found == [(FIRST, 100, 5_000_000), (SECOND, 0, 6_000_000)]
    assert [(r["kind"], r["micros"]) for r in mart(events, "largest_amounts")] == [
        ("cost", 6_000_000), ("cost", 5_000_000), ("revenue", 7_000_000)
    ]  # fmt: skip
