"""Complete Journey and Hillstrom: generated files of their layout, and the real ones where they are."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tiny_logs import column, count, day, mart, real_data, stage, write_table

from sql.errors import LogError, StudyError
from sql.events import Events

JOURNEY = {
    "source": "complete_journey",
    "source_numbers": {"mailing_cost": 0.5},
    "user_features": ("demographics_known", "age_years", "income_thousands", "household_size", "kids"),
}
HILLSTROM = {
    "source": "hillstrom",
    "source_numbers": {"mailing_cost": 0.05},
    "user_features": ("recency", "history", "newbie", "past_channel"),
}


def stage_journey(folder: Path, **settings: Any) -> Events:
    return stage(
        folder,
        as_of=date(2018, 1, 1),
        time_zone="America/New_York",
        margin_rate=0.25,
        attribution_days=28,
        **JOURNEY,
        **settings,
    )


def write_journey(folder: Path, ending: str = "parquet") -> Path:
    """Three households, three campaigns of two types, one of them before 2017."""
    campaigns = [("1", "A", "2016-12-28"), ("2", "A", "2017-02-01"), ("3", "B", "2017-02-01")]
    tables = {
        "campaign_descriptions": [
            {"campaign_id": c, "campaign_type": f"Type {t}", "start_date": d} for c, t, d in campaigns
        ],
        "campaigns": [
            {"campaign_id": c, "household_id": h}
            for c, h in (("1", "h1"), ("2", "h1"), ("2", "h2"), ("3", "h1"))
        ],
        "coupon_redemptions": [
            {"household_id": "h1", "coupon_upc": u, "campaign_id": "2", "redemption_date": "2017-02-05"}
            for u in ("u1", "u2")
        ],
        "transactions_sample": [
            # the log's clock is UTC: 03:30 on Monday is Sunday evening in New York
            line("h1", "b1", 2.5, 0.0, "2017-01-02 03:30:00"),
            line("h1", "b2", 0.1, 0.0, "2017-02-06 18:00:00"),
            line("h1", "b2", 0.2, 0.15, "2017-02-06 18:00:00"),
            line("h3", "b3", 7.0, 0.0, "2017-03-01 18:00:00"),
        ],
        "demographics": [
            {
                "household_id": "h2",
                "age": "35-44",
                "income": "50-74K",
                "household_size": "5+",
                "kids_count": "3+",
            }
        ],
    }
    for name, rows in tables.items():
        write_table(folder / f"{name}.{ending}", rows)
    return folder


def line(household: str, basket: str, sales: float, coupon: float, ts: str) -> dict[str, object]:
    return {
        "household_id": household,
        "basket_id": basket,
        "sales_value": sales,
        "coupon_disc": coupon,
        "transaction_timestamp": ts,
    }


@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_complete_journey_layout(tmp_path: Path, ending: str) -> None:
    events = stage_journey(write_journey(tmp_path / "log", ending))
    assert (events.tier, events.actions) == ("A", ("none", "Type A", "Type B"))
    # every household could have got every campaign type on its launch day
    assert sorted(column(events, "opportunities", "day", "action")) == [
        *[(day("2016-12-28"), 1)] * 3,
        *[(day("2017-02-01"), 1)] * 3,
        *[(day("2017-02-01"), 2)] * 3,
    ]
    assert sorted(column(events, "exposures", "day", "action", "cost_micros", "clicks")) == [
        (day("2016-12-28"), 1, 500_000, 0),
        (day("2017-02-01"), 1, 500_000, 0),
        (day("2017-02-01"), 1, 500_000, 2),
        (day("2017-02-01"), 2, 500_000, 0),
    ]
    # margin = a quarter of the sales, less the coupon in full
    assert sorted(column(events, "bookings", "day", "purchases", "revenue_micros", "margin_micros")) == [
        (day("2017-01-01"), 1, 2_500_000, 625_000),
        (day("2017-02-06"), 1, 300_000, -75_000),
        (day("2017-03-01"), 1, 7_000_000, 1_750_000),
    ]
    # a known panel: entry on the first Monday with purchases, earlier mailings are history
    assert column(events, "entities", "entry_day", "entry_by_ad") == [(day("2017-01-02"), False)] * 3
    assert sorted(column(events, "entities", *(f"f_{name}" for name in events.user_features))) == [
        (0.0, 0.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0, 0.0),
        (1.0, 40.0, 62.0, 5.0, 3.0),
    ]


def test_a_basket_with_an_unreadable_line_is_quarantined(tmp_path: Path) -> None:
    log = write_journey(tmp_path / "log", "csv")
    with (log / "transactions_sample.csv").open("a") as stream:
        stream.write("h3,b3,?,0,2017-03-01 18:00:00\n")
        stream.write("h3,b4\n")
    events = stage_journey(log)
    assert count(events, "purchases").quarantined == {"revenue is missing": 1}
    assert count(events, "transactions").quarantined == {"the line cannot be read": 1}


def write_hillstrom(folder: Path) -> Path:
    """Six customers; the first two rows are equal and are two customers all the same."""
    rows = [
        ("10", "142.44", "1", "0", "Surburban", "0", "Phone", "Womens E-Mail", "0", "0", "0"),
        ("10", "142.44", "1", "0", "Surburban", "0", "Phone", "Womens E-Mail", "0", "0", "0"),
        ("6", "329.08", "1", "1", "Rural", "1", "Web", "No E-Mail", "1", "1", "29.99"),
        ("7", "180.65", "0", "1", "Urban", "1", "Web", "Mens E-Mail", "1", "1", "10.5"),
        ("2", "45.34", "1", "0", "Urban", "0", "Web", "Mens E-Mail", "1", "0", "0"),
        ("1", "29.99", "0", "1", "Rural", "1", "Multichannel", "No E-Mail", "0", "0", "0"),
    ]
    names = [
        "recency",
        "history",
        "mens",
        "womens",
        "zip_code",
        "newbie",
        "channel",
        "segment",
        "visit",
        "conversion",
        "spend",
    ]
    write_table(folder / "hillstrom.csv", [dict(zip(names, row, strict=True)) for row in rows])
    return folder


def stage_hillstrom(folder: Path, **settings: Any) -> Events:
    return stage(
        folder, as_of=date(2008, 4, 3), single_step=True, attribution_days=14, **HILLSTROM, **settings
    )


def test_hillstrom_layout(tmp_path: Path) -> None:
    events = stage_hillstrom(write_hillstrom(tmp_path / "log"))
    assert (events.tier, events.actions) == ("A+", ("none", "mens", "womens"))
    assert sorted(column(events, "exposures", "day", "action", "cost_micros", "clicks", "propensity")) == [
        *[(day("2008-03-20"), 0, 0, 0, pytest.approx(1 / 3))] * 2,
        (day("2008-03-20"), 1, 50_000, 1, pytest.approx(1 / 3)),
        (day("2008-03-20"), 1, 50_000, 1, pytest.approx(1 / 3)),
        (day("2008-03-20"), 2, 50_000, 0, pytest.approx(1 / 3)),
        (day("2008-03-20"), 2, 50_000, 0, pytest.approx(1 / 3)),
    ]
    assert sorted(column(events, "bookings", "day", "revenue_micros")) == [
        (day("2008-04-02"), 10_500_000),
        (day("2008-04-02"), 29_990_000),
    ]
    assert len(mart(events, "visits")) == 3
    assert events.user_features == (
        "recency",
        "history",
        "newbie",
        "past_channel=Multichannel",
        "past_channel=Phone",
        "past_channel=Web",
    )
    # outcomes lie inside the fortnight that starts with the mailing, and the log ends with it
    assert (events.first_day, events.last_day) == (day("2008-03-20"), day("2008-04-02"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"source": "hilstrom"}, "did you mean 'hillstrom'?"),
        ({"source": "hillstrom"}, "`logs.source_numbers.mailing_cost` is missing"),
        (
            {"source": "hillstrom", "source_numbers": {"mailing_cost": 1, "mail_cost": 1}},
            "`logs.source_numbers.mail_cost`: the source hillstrom has no such number",
        ),
        ({**HILLSTROM, "tables": {"visits": {"path": "x"}}}, "`logs.tables` goes with"),
    ],
)
def test_source_settings_that_do_not_fit(tmp_path: Path, settings: dict[str, object], words: str) -> None:
    with pytest.raises(StudyError) as error:
        stage(write_hillstrom(tmp_path / "log"), **settings)
    assert words in str(error.value)


def test_a_raw_table_that_is_missing(tmp_path: Path) -> None:
    log = write_journey(tmp_path / "log")
    (log / "transactions_sample.parquet").unlink()
    with pytest.raises(LogError, match=r"has no transactions\*.parquet, .csv or .jsonl, which the source"):
        stage_journey(log)
    with pytest.raises(LogError, match="has no column 'history'; did you mean 'histori'"):
        write_table(tmp_path / "h" / "hillstrom.csv", [{"recency": 1, "histori": 2, "segment": 3}])
        stage(tmp_path / "h", **HILLSTROM)


@pytest.mark.skipif(real_data("complete_journey") is None, reason="the real log is not here")
def test_real_complete_journey(tmp_path: Path) -> None:
    folder = real_data("complete_journey")
    assert folder is not None
    events = stage_journey(folder, work=tmp_path, max_quarantined_share=0.0)
    assert {c.table: (c.rows_in, c.good) for c in events.counts if c.table != "opportunities"} == {
        "impressions": (6589, 6589),
        "clicks": (2102, 2102),  # every redemption joins to a mailing
        "purchases": (47243, 47243),
        "users": (2379, 2379),
    }
    entry = day("2017-01-02")
    assert sum(d < day("2017-01-01") for d in column(events, "exposures", "day")) == 147
    assert set(column(events, "entities", "entry_day")) == {entry}
    buyers = set(column(events, "bookings", "entity_key"))
    assert len(buyers - set(column(events, "exposures", "entity_key"))) == 820
    # weekly epochs from the first day on are Mondays to Sundays, whole to the end
    assert ((entry - events.first_day) % 7, (events.last_day + 1 - events.first_day) % 7) == (0, 0)


@pytest.mark.skipif(real_data("hillstrom") is None, reason="the real log is not here")
def test_real_hillstrom(tmp_path: Path) -> None:
    folder = real_data("hillstrom")
    assert folder is not None
    events = stage_hillstrom(folder, work=tmp_path, max_quarantined_share=0.0)
    assert count(events, "impressions").good == 64_000
    spend = dict(column(events, "bookings", "entity_key", "revenue_micros"))
    means = {}
    for action, name in enumerate(events.actions):
        users = [k for k, a in column(events, "exposures", "entity_key", "action") if a == action]
        means[name] = sum(spend.get(k, 0) for k in users) / len(users) / 1e6
    assert means == pytest.approx({"none": 0.653, "mens": 1.423, "womens": 1.077}, abs=5e-4)
