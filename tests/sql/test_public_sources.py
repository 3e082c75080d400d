"""Criteo attribution, Open Bandit and iPinYou: what their rows become, on small files of their layout."""

from datetime import date
from pathlib import Path

import pytest
from public_layouts import write_criteo, write_ipinyou, write_open_bandit
from tiny_logs import column, count, day, mart, real_data, stage

from sql.errors import LogError, StudyError


def test_criteo_s_conversions_count_once_and_small_campaigns_are_other(tmp_path: Path) -> None:
    """Day 0 is called 2017-01-02; the largest two campaigns are 22, and 33 as the first of three alike."""
    settings = {
        "source": "criteo_attribution",
        "source_numbers": {"largest_campaigns": 2},
        "context": ("cat1",),
    }
    events = stage(write_criteo(tmp_path / "log"), as_of=date(2017, 3, 1), **settings)
    assert events.actions == ("none", "22", "33", "other") and events.tier == "B"
    shown = sorted(column(events, "exposures", "day", "action", "cost_micros", "clicks"))
    first, second = day("2017-01-02"), day("2017-01-03")
    assert shown == [
        (first, 1, 10, 1), (first, 2, 10, 0),
        (second, 1, 10, 0), (second, 1, 10, 0), (second, 3, 10, 0), (second, 3, 10, 1),
    ]  # fmt: skip
    assert column(events, "bookings", "day", "purchases", "revenue_micros") == [(second, 1, 390_000)]
    assert [row["c_cat1"] for row in mart(events, "exposures")] == [10.0] * 6


def test_criteo_asks_how_many_campaigns(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"largest_campaigns` is missing: how many campaigns"):
        stage(write_criteo(tmp_path / "log"), source="criteo_attribution")


def test_open_bandit_is_a_decision_per_row_with_its_probability(tmp_path: Path) -> None:
    settings = {"source": "open_bandit", "context": ("position",), "user_features": ("user_feature_0",)}
    log = write_open_bandit(tmp_path / "log")
    events = stage(log, as_of=date(2019, 12, 1), single_step=True, **settings)
    assert events.tier == "A+" and events.actions == ("none", "item 0", "item 1")
    shown = column(events, "exposures", "action", "propensity", "cost_micros", "c_position", "clicks")
    assert sorted(shown) == [
        (1, 0.5, 0, 1.0, 1),
        (1, 0.5, 0, 3.0, 0),
        (2, 0.5, 0, 1.0, 1),
        (2, 0.5, 0, 2.0, 0),
    ]
    assert column(events, "bookings", "revenue_micros") == [1_000_000, 1_000_000]
    assert count(events, "purchases").rows_in == 2 and len(mart(events, "entities")) == 4


@pytest.mark.parametrize("conversions", [True, False])
def test_ipinyou_s_auctions_cost_what_was_paid(tmp_path: Path, conversions: bool) -> None:
    """50 fen per thousand are 0.0005 CNY; a second click on one auction earns nothing more."""
    settings = {"source": "ipinyou", "source_numbers": {"click_value": 0.5, "conversion_value": 20.0}}
    log = write_ipinyou(tmp_path / "log", conversions)
    events = stage(log, as_of=date(2013, 7, 1), time_zone="Asia/Shanghai", **settings)
    assert events.actions == ("none", "exchange 1", "exchange 2")
    first, second = day("2013-06-06"), day("2013-06-07")
    shown = sorted(column(events, "exposures", "day", "action", "cost_micros", "clicks"))
    assert shown == [(first, 1, 500, 2), (first, 2, 800, 0), (second, 2, 200, 0)]
    assert sum(column(events, "bookings", "revenue_micros")) == 500_000 + 20_000_000 * conversions


def test_ipinyou_with_another_number_of_columns_is_told(tmp_path: Path) -> None:
    log = write_ipinyou(tmp_path / "log")
    (log / "clk.20130606.tsv").write_text("b1\t20130606000204000\tu1\n")
    numbers = {"click_value": 0.5, "conversion_value": 20.0}
    with pytest.raises(LogError, match=r"clk.20130606.tsv has 3 columns and `names` has 24"):
        stage(log, source="ipinyou", source_numbers=numbers)


@pytest.mark.skipif(real_data("open_bandit_men") is None, reason="the real log is not here")
def test_every_row_of_the_real_open_bandit_log_is_a_decision(tmp_path: Path) -> None:
    """10,000 recommendations of 34 items by a uniform logger, 46 of them clicked."""
    folder = real_data("open_bandit_men") / "random"  # type: ignore[operator]
    more = {"as_of": date(2019, 12, 31), "single_step": True, "work": tmp_path / "work"}
    events = stage(folder, source="open_bandit", **more)
    assert (events.tier, len(events.actions)) == ("A+", 35)
    assert (count(events, "impressions").good, count(events, "purchases").good) == (10_000, 46)
