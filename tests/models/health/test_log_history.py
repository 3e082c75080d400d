"""What no log can hold is stopped in a sentence that names rows, day, channel and the way out."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from models.health.log_history import DatedCheck, doubtful_days, examine_history
from sql.settings import DayRange
from tests.models.poisoned_logs import (
    AS_OF,
    Poison,
    Tables,
    begun,
    days_before_night,
    ended,
    on_last,
    one_order_brings,
    one_row_costs,
    sound_log,
    times,
    without,
    write_tables,
)
from tests.sql.tiny_logs import stage
from tests.told import said as told_of

SEARCH = pl.col("channel") == "search"
SOME = pl.lit(True)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return sound_log(tmp_path_factory.mktemp("sound"))


def examined(
    folder: Path, tables: Tables, *, marked: tuple[int, ...] = (), **settings: Any
) -> tuple[DatedCheck, ...]:
    log = write_tables(folder / "log", tables)
    events = stage(log, as_of=AS_OF, time_zone="Europe/Berlin", **settings)
    return examine_history(events, single_step=False, marked=marked)


def alarms(findings: tuple[DatedCheck, ...]) -> dict[str, str]:
    """Check -> status, of those that are not ok."""
    return {f.check.name: f.check.status for f in findings if f.check.status != "ok"}


def text_of(findings: tuple[DatedCheck, ...], name: str) -> str:
    return next(told_of(f.check) for f in findings if f.check.name == name)


STOPPED: list[tuple[str, Poison, str, list[str]]] = [
    (
        "one row costs two million",
        one_row_costs(2_000_000.0),
        "single rows",
        ["1 row of video is worth 2,000,000.00 EUR on 2026-11-15", "[[exclude]]"],
    ),
    (
        "one row costs as much as a month",
        one_row_costs(900.0),
        "spend by day",
        ["video spent 9", "on 2026-11-15 (", " rows, the largest 900.00 EUR)", "[[exclude]]"],
    ),
    (
        "the last day is in micros",
        times("impressions", "cost", 1e6, on_last(1)),
        "cost of an ad",
        ["on 2026-11-19 (", " rows, ", "money_unit", "[[exclude]]"],
    ),
    (
        "the last three weeks are in micros",
        times("impressions", "cost", 1e6, on_last(21)),
        "cost of an ad",
        ["21 such days from 2026-10-30 to 2026-11-19"],
    ),
    (
        "the last day is in currency, the rest in cents",
        times("impressions", "cost", 100.0, ~on_last(1)),
        "cost of an ad",
        ["on 2026-11-19"],
    ),
    (
        "all costs are in micros",
        times("impressions", "cost", 1e6, SOME),
        "spend against sales",
        ["another unit", "money_unit"],
    ),
    (
        "one order brings a billion",
        one_order_brings(1e9),
        "single rows",
        ["1 row of the purchases is worth 1,000,000,000.00 EUR"],
    ),
    (
        "three weeks of orders are in micros",
        times("purchases", "revenue", 1e6, on_last(41) & ~on_last(20)),
        "value of an order",
        ["such days from 2026-1", " purchases on 2026-1", "money_unit"],
    ),
    (
        "purchases stop ten days before the end",
        without("purchases", on_last(10)),
        "silence: purchases",
        ["no purchases from 2026-11-10 to 2026-11-19 (10 days)", "[[exclude]]"],
    ),
    (
        "opportunities stop",
        without("opportunities", on_last(8)),
        "silence: opportunities",
        ["no opportunities from 2026-11-12 to 2026-11-19 (8 days)"],
    ),
    (
        "opportunities of one channel stop",
        without("opportunities", on_last(8) & SEARCH),
        "silence: opportunities",
        ["no opportunities of search from 2026-11-12"],
    ),
    (
        "impressions of one channel stop",
        without("impressions", on_last(8) & (pl.col("channel") == "display")),
        "silence: impressions",
        ["no impressions of display from 2026-11-12", "eligible = false"],
    ),
    (
        "all impressions stop",
        without("impressions", on_last(5)),
        "silence: impressions",
        ["no impressions from 2026-11-15 to 2026-11-19 (5 days)"],
    ),
    (
        "clicks stop",
        without("clicks", on_last(21)),
        "silence: clicks",
        ["no clicks from 2026-10-30 to 2026-11-19 (21 days)"],
    ),
    (
        "costs become 0",
        times("impressions", "cost", 0.0, on_last(6)),
        "silence: ads with a cost",
        ["no ads with a cost from 2026-11-14"],
    ),
    (
        "visits have a hole",
        without("visits", on_last(40) & ~on_last(30)),
        "silence: visits",
        ["no visits from 2026-10-11 to 2026-10-20 (10 days)"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("poison", "name", "said"), [s[1:] for s in STOPPED], ids=[s[0] for s in STOPPED])
def test_a_poisoned_log_is_stopped_and_told(
    sound: Tables, tmp_path: Path, poison: Poison, name: str, said: list[str]
) -> None:
    found = examined(tmp_path, poison(sound))
    assert alarms(found).get(name) == "stop"
    for words in said:
        assert words in text_of(found, name)


SOUND: list[tuple[str, Poison]] = [
    ("nothing is done to it", lambda log: log),
    ("a channel ended three weeks ago", ended("search", 21)),
    ("a channel began two weeks ago", begun("video", 14)),
    (
        "a promotion doubles every order for a week",
        times("purchases", "revenue", 2.0, on_last(20) & ~on_last(13)),
    ),
    ("ads cost three times as much since a month", times("impressions", "cost", 3.0, on_last(30))),
    ("a channel grew tenfold a month ago", times("impressions", "cost", 10.0, on_last(30) & SEARCH)),
    ("one order is worth a hundred", one_order_brings(20_000.0)),
    ("purchases are a day late", without("purchases", on_last(1))),
]


@pytest.mark.parametrize("change", [s[1] for s in SOUND], ids=[s[0] for s in SOUND])
def test_what_happens_in_a_sound_log_is_no_alarm(sound: Tables, tmp_path: Path, change: Poison) -> None:
    assert alarms(examined(tmp_path, change(sound))) == {}


def test_a_feed_two_days_late_is_a_warning(sound: Tables, tmp_path: Path) -> None:
    found = examined(tmp_path, without("impressions", on_last(2))(sound))
    assert alarms(found) == {"silence: impressions": "warn"}
    assert doubtful_days(found) == ()


HOLE = on_last(20) & ~on_last(10)
"""Ten days, long before the end."""


def test_days_that_lost_everything_are_told_of_every_table(sound: Tables, tmp_path: Path) -> None:
    """Nobody pauses all ads and all sales at once; all ads alone somebody may."""
    ads = ("impressions", "opportunities", "clicks")
    paused = sound
    for name in ads:
        paused = without(name, HOLE)(paused)
    assert alarms(examined(tmp_path / "a", paused)) == {}
    lost = without("purchases", HOLE)(paused)
    found = examined(tmp_path / "b", lost)
    told = alarms(found)
    assert told == {f"silence: {name}": "stop" for name in ("purchases", *ads, "ads with a cost")}
    for name in ads:
        assert f"no {name} from 2026-10-31 to 2026-11-09 (10 days)" in text_of(found, f"silence: {name}")


def test_excluding_the_day_is_a_way_out(sound: Tables, tmp_path: Path) -> None:
    poisoned = one_row_costs(2_000_000.0)(sound)
    found = examined(tmp_path / "a", poisoned)
    day = (date(2026, 11, 15) - date(1970, 1, 1)).days
    assert doubtful_days(found) == (day,)
    out = DayRange(first=date(2026, 11, 15), last=date(2026, 11, 15), why="a slip of the keyboard")
    assert alarms(examined(tmp_path / "b", poisoned, exclude=(out,))) == {}


def test_marking_the_day_is_a_way_out_for_a_real_one(sound: Tables, tmp_path: Path) -> None:
    large = one_row_costs(900.0)(sound)
    day = (days_before_night(5).date() - date(1970, 1, 1)).days
    assert alarms(examined(tmp_path, large, marked=(day,))).get("spend by day") is None


def test_daily_totals_are_examined_too(tmp_path: Path) -> None:
    totals = sound_log(tmp_path / "made", tier="C")
    assert alarms(examined(tmp_path / "a", totals)) == {}
    last = pl.col("date") == pl.col("date").max()
    micros = times("totals", "spend", 1e6, last)(totals)
    assert alarms(examined(tmp_path / "b", micros)) == {
        "single rows": "stop", "spend by day": "stop", "cost of an ad": "stop", "spend against sales": "stop"
    }  # fmt: skip
