"""Generated files as people have them: exports of ad platforms, wide media tables, tests, a shop's logs."""

import random
from datetime import date, timedelta
from pathlib import Path

from tests.sql.public_layouts import write_lines

FIRST = date(2026, 1, 5)


def days(n: int) -> list[str]:
    return [(FIRST + timedelta(d)).isoformat() for d in range(n)]


def write_exports(folder: Path, n: int = 30) -> Path:
    """Google (micros beside currency, cut by device), Meta, Reddit (micros without saying so) by hour and
    again by country, and a table of campaigns' names."""
    draw = random.Random(1)
    google = [["date", "id", "device", "clicks", "impressions", "cost_micros", "conversions_value"]]
    meta = [["ad_id", "date", "account_id", "impressions", "inline_link_clicks", "spend"]]
    reddit = [["campaign_id", "date", "clicks", "impressions", "spend", "currency_code"]]
    places = [["campaign_id", "date", "clicks", "country", "spend"]]
    for day in days(n):
        for device in ("MOBILE", "DESKTOP"):
            cost = draw.randrange(1_000_000, 90_000_000)
            google.append([day, 77, device, draw.randrange(5, 40), 900, cost, round(draw.uniform(0, 200), 2)])
        meta.append(
            [
                f"6{draw.randrange(10**6)}",
                day,
                1700252,
                4000,
                draw.randrange(5, 20),
                f"{draw.uniform(5, 90):.2f}",
            ]
        )
        for hour in (9, 15):
            spend = draw.randrange(90_000_000, 160_000_000)
            reddit.append(["c1", f"{day}T{hour:02d}:00:00", 90, 30_000, spend, "USD"])
        places.append(["c1", day, 180, "US", 250_000_000])
    write_lines(folder / "google_ads_campaign_stats.csv", google)
    write_lines(folder / "facebook_ads_basic_ad.csv", meta)
    write_lines(folder / "reddit_ads_campaign_report.csv", reddit)
    write_lines(folder / "reddit_ads_campaign_country_report.csv", places)
    write_lines(
        folder / "google_ads_campaign_history.csv", [["id", "updated_at", "name"], [77, "2026-01-01", "Zj9y"]]
    )
    return folder


def write_wide_media(folder: Path, weeks: int = 20, revenue: str = "revenue") -> Path:
    """A row per week: revenue, and columns of spend for two channels, one of impressions."""
    rows: list[list[object]] = [["DATE", revenue, "tv_S", "facebook_I", "facebook_S", "events"]]
    for day in days(7 * weeks)[::7]:
        rows.append([day, "2754371.6", "22358.3", "24301284.2", "7607.1", "na"])
    write_lines(folder / "weekly.csv", rows)
    return folder


def write_trial(folder: Path, n: int = 120, user: str = "UNIQUE_ID", arm: str = "TREATMENT") -> Path:
    """A test: half treated, by turns; a third of the treated buy, a fourth of the others."""
    rows: list[list[object]] = [[user, arm, "AGE", "PURCHASE"]]
    for i in range(n):
        rows.append([f"c{i:04d}", i % 2, 20 + i % 40, int(i % 12 in (1, 5, 4, 8, 0))])
    write_lines(folder / "trial.csv", rows)
    return folder


def write_hillstrom(folder: Path) -> Path:
    """The e-mail test's columns, three customers."""
    names = (
        "recency history_segment history mens womens zip_code newbie channel segment visit conversion spend"
    )
    rows = [
        [10, "2) $100", 142.44, 1, 0, "Rural", 0, "Web", arm, 1, 1, 20]
        for arm in ("No E-Mail", "Mens E-Mail")
    ]
    write_lines(folder / "hillstrom.csv", [names.split(), *rows])
    return folder


def write_shop(folder: Path, n: int = 60) -> Path:
    """A shop's own names: ads with times in UTC and cost in cents, orders with seconds since 1970."""
    ads: list[list[object]] = [["event_id", "event_time", "customer_id", "network", "cost_cents", "age"]]
    orders: list[list[object]] = [["order_id", "customer_id", "created_at", "order_value"]]
    for i in range(n):
        day = FIRST + timedelta(i % 30)
        ads.append(
            [f"e{i}", f"{day}T10:00:00Z", f"u{i % 15}", ("search", "video")[i % 2], 25 + i % 7, 20 + i % 15]
        )
        if i % 4 == 0:
            orders.append([f"o{i}", f"u{i % 15}", 1767700000 + 86400 * (i % 30), f"{12 + i % 9}.50"])
    write_lines(folder / "ad_impressions.tsv", ads, "\t")
    write_lines(folder / "orders.csv", orders)
    return folder


def write_counts(folder: Path) -> Path:
    """A test of two variants, counted: from 10 to 14 %."""
    rows: list[list[object]] = [["variant", "visitors", "conversions"], ["none", 5000, 500], ["B", 5000, 700]]
    write_lines(folder / "results.csv", rows)
    return folder


def write_markets(folder: Path) -> Path:
    """15 markets for 30 days, 3 of them treated for the last ten at 2 a day: 3 more, with noise of 1."""
    draw = random.Random(3)
    rows: list[list[object]] = [["market", "date", "sales", "spend", "treated"]]
    for market in range(15):
        for n, day in enumerate(days(30)):
            given = market < 3 and n >= 20
            rows.append(
                [f"m{market:02}", day, 40 + market + draw.gauss(0, 1) + 3 * given, 2 * given, int(given)]
            )
    write_lines(folder / "holdout.csv", rows)
    return folder
