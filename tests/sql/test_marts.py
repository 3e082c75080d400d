"""Small logs whose marts can be worked out by hand."""

import random
from datetime import date
from itertools import groupby
from pathlib import Path

import pytest
from tiny_logs import click, column, day, entity, impression, mart, purchase, stage, write_log

from sql.settings import DayRange


@pytest.mark.parametrize("key", [b"k", b"x" * 64, b"longer than a block of the hash " * 3])
def test_pseudonyms_are_hmac_sha256(tmp_path: Path, key: bytes) -> None:
    users = ["u1", "größe", "", "x" * 200, "😀"]
    rows = [impression(n, "2026-01-01", user) for n, user in enumerate(users)]
    events = stage(write_log(tmp_path / "log", impressions=rows), key=key)
    assert column(events, "entities", "entity_key") == sorted(entity(u, key) for u in users if u)


def test_exposures_of_one_moment_are_numbered_by_their_ids(tmp_path: Path) -> None:
    draws = random.Random(1)
    ids = draws.sample(range(100_000), 400)
    shown = [
        impression(
            n, f"2026-01-0{draws.randint(1, 3)} 09:00:0{draws.randint(0, 1)}", f"u{n % 9}", cost=n / 100
        )
        for n in ids
    ]
    events = stage(write_log(tmp_path / "log", impressions=shown))
    by_hand = sorted(shown, key=lambda r: (entity(r["user_id"]), r["ts"], r["impression_id"]))
    assert column(events, "exposures", "cost_micros") == [round(r["cost"] * 1e6) for r in by_hand]
    day_of = [(r["user_id"], r["ts"][:10]) for r in by_hand]
    ordinals = [n for _, rows in groupby(day_of) for n, _ in enumerate(rows)]
    assert column(events, "exposures", "ordinal") == ordinals and max(ordinals) > 9


def test_exposures_are_in_order_with_click_cost(tmp_path: Path) -> None:
    shown = [
        impression(3, "2026-01-01 09:00", "u1", "social", "0.30"),
        impression(2, "2026-01-01 09:00", "u1", "search", "0.20"),  # same time: by impression_id
        impression(1, "2026-01-01 21:00", "u1", "none", "0"),
        impression(4, "2026-01-02 08:00", "u1", "search", "0.40"),
    ]
    clicks = [
        click(2, "2026-01-01 09:01", cost="1.00"),
        click(2, "2026-01-03 09:01", cost="1.00"),
        click(4, "2026-01-03 10:00", cost=None),
    ]
    events = stage(write_log(tmp_path / "log", impressions=shown, clicks=clicks))
    assert events.actions == ("none", "search", "social")
    assert column(events, "exposures", "day", "ordinal", "action", "cost_micros", "clicks") == [
        (day("2026-01-01"), 0, 1, 2_200_000, 2),
        (day("2026-01-01"), 1, 2, 300_000, 0),
        (day("2026-01-01"), 2, 0, 0, 0),
        (day("2026-01-02"), 0, 1, 400_000, 1),
    ]
    assert column(events, "clicks", "day", "action", "n") == [
        (day("2026-01-01"), 1, 1),
        (day("2026-01-03"), 1, 2),  # by the day of the click
    ]


def test_opportunities_and_exposures_have_their_time_of_day(tmp_path: Path) -> None:
    """Since midnight by the study's clocks; the night the clocks go back, an hour is not counted twice."""
    times = ["2026-10-25 00:30+02:00", "2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00"]
    shown = [impression(n, ts, "u1") for n, ts in enumerate(times)]
    chances = [
        {"opportunity_id": n, "ts": ts, "user_id": "u1", "channel": "search"}
        for n, ts in enumerate(times[1:])
    ]
    log = write_log(tmp_path / "log", impressions=shown, opportunities=chances)
    events = stage(log, as_of=date(2026, 11, 1), time_zone="Europe/Berlin")
    assert column(events, "exposures", "second_of_day") == [1800, 9000, 12600]
    assert column(events, "opportunities", "n", "second_of_day") == [(2, 9000)]  # of the first


def test_columns_that_the_study_does_not_name_are_noted(tmp_path: Path) -> None:
    shown = [impression(1, "2026-01-01", "u1", campaign_id="c", device="mobile", hour=9, propensity="")]
    users = [{"user_id": "u1", "entry_ts": "2026-01-01", "age": 30, "segment": "new"}]
    log = write_log(tmp_path / "log", impressions=shown, users=users, purchases=[])
    assert [n for n in stage(log).notes if "no use" in n] == [
        "Columns of impressions that the study makes no use of: device, hour. Where delivery or what is "
        "bought depends on one that was known before, name it in `logs.context`.",
        "Columns of users that the study makes no use of: age. Where delivery or what is bought depends on "
        "one that was known before, name it in `logs.user_features`.",
    ]
    named = stage(log, context=("device", "hour"), user_features=("age",))
    assert not any("no use" in note for note in named.notes)


def test_returned_purchases_are_worth_nothing_once_known(tmp_path: Path) -> None:
    rows = [
        purchase(1, "2026-01-01", "u1", "10", returned_ts="2026-01-09"),
        purchase(2, "2026-01-01", "u1", "20", returned_ts="2026-02-09"),  # not yet
        purchase(3, "2026-01-01", "u1", "30"),
    ]
    events = stage(write_log(tmp_path / "log", purchases=rows))
    assert column(events, "bookings", "purchases", "revenue_micros") == [(2, 50_000_000)]
    assert "1 returned purchases are worth nothing." in events.notes


@pytest.mark.parametrize(
    ("tables", "entry", "by_ad"),
    [
        ({"users": [{"user_id": "u1", "entry_ts": "2025-06-01"}]}, "2025-06-01", False),
        ({"visits": [{"user_id": "u1", "ts": "2026-01-04"}]}, "2026-01-04", False),
        ({"purchases": [purchase(1, "2026-01-03", "u1")]}, "2026-01-03", False),
        ({"visits": [{"user_id": "u1", "ts": "2026-01-06"}]}, "2026-01-05", True),
        ({}, "2026-01-05", True),
        (  # the log's owner says when; what lies before is history
            {
                "users": [{"user_id": "u1", "entry_ts": "2026-01-20"}],
                "visits": [{"user_id": "u1", "ts": "2026-01-01"}],
            },
            "2026-01-20",
            False,
        ),
    ],
)
def test_entry(tmp_path: Path, tables: dict[str, list[dict[str, str]]], entry: str, by_ad: bool) -> None:
    shown = [impression(1, "2026-01-05 10:00", "u1")]
    events = stage(write_log(tmp_path / "log", impressions=shown, **tables))
    assert column(events, "entities", "entry_day", "entry_by_ad") == [(day(entry), by_ad)]
    assert any("entered with an ad" in note for note in events.notes) == by_ad


def test_a_user_without_events_is_in_the_panel(tmp_path: Path) -> None:
    users = [{"user_id": "u9", "entry_ts": "2026-01-05"}]
    events = stage(write_log(tmp_path / "log", users=users, impressions=[impression(1, "2026-01-02", "u1")]))
    rows = {row["entity_key"]: row for row in mart(events, "entities")}
    assert rows[entity("u9")]["last_day"] == day("2026-01-05")


def test_a_shown_ad_whose_row_is_refused_is_no_opportunity_let_pass(tmp_path: Path) -> None:
    """Nor where its channel was shown on another day, or another channel on that day."""
    shown = [
        impression(1, "2026-01-01 10:00", "u1", cost=""),
        impression(2, "2026-01-01 11:00", "u1", "video"),
        impression(3, "2026-01-02 10:00", "u1"),
        impression(4, "2026-01-02 11:00", "u1", cost="a lot"),  # shown on that day all the same
        impression(5, "2026-01-01 10:00", "u2"),
    ]
    asked = [("u1", 1, "search"), ("u1", 1, "video"), ("u1", 2, "search")]
    asked += [("u2", 1, "search"), ("u2", 2, "video")]
    chances = [
        {"opportunity_id": n, "ts": f"2026-01-0{on} 09:00", "user_id": user, "channel": channel}
        for n, (user, on, channel) in enumerate(asked)
    ]
    events = stage(write_log(tmp_path / "log", impressions=shown, opportunities=chances))
    left = {(entity("u1"), 1, 2), (entity("u1"), 2, 1), (entity("u2"), 1, 1), (entity("u2"), 2, 2)}
    first = day("2026-01-01") - 1
    kept = column(events, "opportunities", "entity_key", "day", "action")
    assert {(key, on - first, action) for key, on, action in kept} == left


def test_opportunities_count_where_eligible_and_delivered(tmp_path: Path) -> None:
    def chance(n: int, channel: str, **more: str) -> dict[str, str]:
        return {"opportunity_id": f"o{n}", "ts": "2026-01-01", "user_id": "u1", "channel": channel, **more}

    chances = [
        chance(1, "search", eligible="true", propensity="0.4"),
        chance(2, "search", eligible="1", propensity="0.6"),
        chance(3, "search", eligible="false"),
        chance(4, "radio"),  # never delivered
        chance(5, "none"),
    ]
    shown = [impression(1, "2026-01-01", "u1")]
    events = stage(write_log(tmp_path / "log", impressions=shown, opportunities=chances))
    assert column(events, "opportunities", "action", "n", "propensity") == [(1, 2, 0.4)]
    assert events.actions == ("none", "search")
    assert any("radio" in note for note in events.notes)
    assert [c.good for c in events.counts if c.table == "opportunities"] == [5]


def test_segments_come_from_users_else_from_the_first_impression(tmp_path: Path) -> None:
    shown = [
        impression(1, "2026-01-02", "u1", segment="late"),
        impression(2, "2026-01-01", "u1", segment="early"),
        impression(3, "2026-01-01", "u2", segment="early"),
        impression(4, "2026-01-01", "u3"),
    ]
    users = [{"user_id": "u2", "entry_ts": "2026-01-01", "segment": "vip"}]
    events = stage(write_log(tmp_path / "log", impressions=shown, users=users))
    found = dict(column(events, "entities", "entity_key", "segment"))
    assert found == {entity("u1"): "early", entity("u2"): "vip", entity("u3"): None}
    assert events.segments == ("early", "vip")


def test_an_arm_lasts_to_the_day_before_it_ends(tmp_path: Path) -> None:
    spans = [
        ("2026-01-02", "2026-01-05"),
        ("2026-01-06 08:00", None),
        ("2026-01-06 09:00", "2026-01-07 01:00"),
    ]
    arms = [{"user_id": "u1", "arm": "holdout", "since": since, "until": until} for since, until in spans]
    events = stage(write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1")], arms=arms))
    days = [("2026-01-02", "2026-01-04"), ("2026-01-06", "2026-01-07")]
    assert column(events, "arms", "day", "last_day") == [(day(a), day(b)) for a, b in days]


def test_rare_segments_are_merged(tmp_path: Path) -> None:
    users = [{"user_id": f"u{n}", "entry_ts": "2026-01-01", "segment": f"s{n % 60:02d}"} for n in range(90)]
    events = stage(write_log(tmp_path / "log", users=users))
    assert len(events.segments) == 50
    assert events.segments[:2] == ("other", "s00")
    assert any("49 largest of 60 segments" in note for note in events.notes)


def test_logged_columns_become_numbers(tmp_path: Path) -> None:
    shown = [
        impression(1, "2026-01-01", "u1", age="41", new="true", device="mobile", blank=None),
        impression(2, "2026-01-02", "u1", age=None, new="false", device="MOBILE", blank=None),
        impression(3, "2026-01-03", "u1", age="1e1", new="true", device=None, blank=None),
    ]
    context = ("age", "new", "device", "blank")
    events = stage(write_log(tmp_path / "log", impressions=shown), context=context)
    assert events.context_columns == ("age", "age=missing", "new", "device=MOBILE", "device=mobile (2)")
    columns = [f"c_{name}" for name in events.context_columns]
    assert column(events, "exposures", *columns) == [
        (41.0, 0.0, 1.0, 0.0, 1.0),
        (None, 1.0, 0.0, 1.0, 0.0),
        (10.0, 0.0, 1.0, 0.0, 0.0),
    ]
    assert "The column blank holds no value and was left out." in events.notes


def test_categories_keep_the_twelve_most_frequent(tmp_path: Path) -> None:
    users = [
        {"user_id": f"u{n}", "entry_ts": "2026-01-01", "city": f"city {n % 20:02d}" if n < 40 else "city 19"}
        for n in range(50)
    ]
    events = stage(write_log(tmp_path / "log", users=users), user_features=("city",))
    # city 19 leads; the others are tied and stand in byte order
    assert events.user_features == (*(f"city=city {n:02d}" for n in range(11)), "city=city 19")
    assert sum(column(events, "entities", "f_city=city 19")) == 12


def test_the_log_s_days_and_the_excluded_ones(tmp_path: Path) -> None:
    shown = [impression(1, "2026-01-03", "u1"), impression(2, "2026-01-20", "u1")]
    outage = DayRange(first=date(2025, 12, 1), last=date(2026, 1, 4), why="tag broken")
    events = stage(write_log(tmp_path / "log", impressions=shown), exclude=(outage,))
    assert (events.first_day, events.last_day) == (day("2026-01-03"), day("2026-01-20"))
    assert events.excluded_days == (day("2026-01-03"), day("2026-01-04"))


def test_an_empty_log_is_staged(tmp_path: Path) -> None:
    for ending in ("csv", "parquet"):
        events = stage(write_log(tmp_path / ending, ending))
        assert (events.actions, events.tier) == (("none",), "B")
        assert all(mart(events, p.stem) == [] for p in events.folder.iterdir())
    (tmp_path / "nothing").mkdir()
    for name in ("impressions.jsonl", "purchases.jsonl"):
        (tmp_path / "nothing" / name).touch()
    assert stage(tmp_path / "nothing").last_day == day("2026-01-31")


def test_a_log_without_purchases_is_staged(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", impressions=[impression(1, "2026-01-01", "u1")]))
    assert mart(events, "bookings") == []
    assert column(events, "attributed", "action", "revenue_micros", "purchases") == [(1, None, 0)]
