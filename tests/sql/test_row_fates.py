"""Bad rows never stop a night and never vanish: rows in = good + duplicate + quarantined + not yet known."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_logs import click, column, count, impression, purchase, stage, write_log, write_table

from sql.advice import LINE_FAULT
from sql.errors import LogError, StudyError

GOOD = impression(1, "2026-01-01 10:00", "u1")


BAD: list[tuple[dict[str, Any], str]] = [
    ({"user_id": " "}, "user_id is missing"),
    ({"impression_id": None}, "impression_id is missing"),
    ({"channel": ""}, "channel is missing"),
    ({"ts": None}, "ts is missing"),
    ({"ts": "yesterday"}, "ts is not a time"),
    ({"ts": "infinity"}, "ts is not a time"),
    ({"ts": "1970-01-01"}, "ts is before 2000"),
    ({"cost": None}, "cost is missing"),
    ({"cost": "free"}, "cost is not a number"),
    ({"cost": "nan"}, "cost is not a number"),
    ({"cost": "1,234"}, "cost is not a number"),  # a thousand, or one and a bit?
    ({"cost": "-0.01"}, "cost is negative"),
    ({"cost": "1e11"}, "cost is too large"),
    ({"propensity": "0"}, "propensity is not in (0, 1]"),
    ({"propensity": "1.01"}, "propensity is not in (0, 1]"),
    ({"propensity": "often"}, "propensity is not a number"),
    ({"knowledge_ts": "later"}, "knowledge_ts is not a time"),
]
"""What is changed in a good impression, and the reason it is refused for."""


def test_bad_impressions_are_quarantined_with_their_reason(tmp_path: Path) -> None:
    rows = [impression(n, "2026-01-01 11:00", "u2") | change for n, (change, _) in enumerate(BAD, start=2)]
    events = stage(write_log(tmp_path / "log", impressions=[GOOD, *rows]))
    found = count(events, "impressions")
    assert (found.rows_in, found.good, found.duplicate) == (1 + len(BAD), 1, 0)
    assert found.quarantined == Counter(reason for _, reason in BAD)


@pytest.mark.parametrize(
    ("table", "row", "reason"),
    [
        ("clicks", click(7, "2026-01-01"), "click without a known impression"),
        ("clicks", click(2, "2026-01-01"), "click on an impression whose channel is none"),
        ("clicks", click(1, "2026-01-01", cost="-1"), "cost is negative"),
        ("purchases", purchase(1, "2026-01-01", ""), "user_id is missing"),
        ("purchases", purchase(1, "2026-01-01", "u1", "lots"), "revenue is not a number"),
        ("purchases", purchase(1, "2026-01-01", "u1", margin="x"), "margin is not a number"),
        ("purchases", purchase(1, "2026-01-01", "u1", returned_ts="x"), "returned_ts is not a time"),
        ("visits", {"user_id": "", "ts": "2026-01-01"}, "user_id is missing"),
        ("users", {"user_id": "u1", "entry_ts": ""}, "entry_ts is missing"),
        (
            "opportunities",
            {
                "opportunity_id": "o",
                "ts": "2026-01-01",
                "user_id": "u",
                "channel": "x",
                "eligible": "perhaps",
            },
            "eligible is not true or false",
        ),
        (
            "arms",
            {"user_id": "u1", "arm": "best", "since": "2026-01-01"},
            "arm is not one of treated, random, usual, holdout",
        ),
        ("totals", {"date": "2026-01-01", "channel": "x", "spend": "-1"}, "spend is negative"),
    ],
)
def test_bad_rows_of_other_tables(tmp_path: Path, table: str, row: dict[str, Any], reason: str) -> None:
    shown = [GOOD, impression(2, "2026-01-01", "u2", "none", "0")]
    events = stage(write_log(tmp_path / "log", **{"impressions": shown, table: [row]}))
    assert count(events, table).quarantined == {reason: 1}
    assert count(events, table).good == 0


def test_a_row_known_later_changes_nothing_before(tmp_path: Path) -> None:
    """Yesterday's night, run again today, sees what it saw."""
    late = impression(2, "2026-01-20", "u1", knowledge_ts="2026-02-01 00:00")
    events = stage(
        write_log(
            tmp_path / "log",
            impressions=[GOOD, late],
            clicks=[click(2, "2026-01-20 01:00")],
            purchases=[purchase(1, "2026-01-31 23:59:59", "u1"), purchase(2, "2026-02-01", "u1")],
        )
    )
    assert [(c.table, c.good, c.not_yet_known) for c in events.counts] == [
        ("impressions", 1, 1),
        ("clicks", 0, 1),  # its impression is not known yet: the next night has both
        ("purchases", 1, 1),
    ]


def test_a_night_before_the_log_begins_says_so(tmp_path: Path) -> None:
    """And neither that its one row without a time is too many, nor that somebody is missing."""
    rows = [impression(1, "2026-03-02", "u1"), impression(2, "one day", "u1")]
    users = [{"user_id": "u1", "entry_ts": "2025-12-01"}]
    log = write_log(
        tmp_path / "log", impressions=rows, users=users, purchases=[purchase(1, "2026-03-01", "u1")]
    )
    with pytest.raises(StudyError, match="The log begins on 2026-03-01, and --as-of 2026-02-01 uses only"):
        stage(log, max_quarantined_share=0.05)


def test_the_as_of_midnight_is_the_study_s(tmp_path: Path) -> None:
    rows = [impression(1, "2026-01-31T22:59:59Z", "u1"), impression(2, "2026-01-31T23:00:00Z", "u1")]
    events = stage(write_log(tmp_path / "log", impressions=rows), time_zone="Europe/Berlin")
    assert (count(events, "impressions").good, count(events, "impressions").not_yet_known) == (1, 1)


def test_clicks_are_told_apart_by_id_or_by_time(tmp_path: Path) -> None:
    twice = [click(1, "2026-01-01 10:01"), click(1, "2026-01-01 10:01"), click(1, "2026-01-01 10:02")]
    events = stage(write_log(tmp_path / "time", impressions=[GOOD], clicks=twice))
    assert (count(events, "clicks").good, count(events, "clicks").duplicate) == (2, 1)
    named = [row | {"click_id": f"c{n}"} for n, row in enumerate(twice)]
    events = stage(write_log(tmp_path / "named", impressions=[GOOD], clicks=named))
    assert (count(events, "clicks").good, count(events, "clicks").duplicate) == (3, 0)


def test_broken_lines_are_counted_line_by_line(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log")
    head = "impression_id,ts,user_id,channel,cost\n"
    fine = 'i1,2026-01-01,u1,"sea\n\nrch",1\ni2,2026-01-01,u1,search,1\n'
    broken = "i3,2026-01-01,u1\ni4,2026-01-01,u1,search,1,2,3\n"
    never_closed = 'i5,2026-01-01,u1,"search,1\ni6,2026-01-01,u1,search,1\ni7,2026-01-01,u1,search,1'
    (folder / "impressions.csv").write_text(head + fine + broken + never_closed)
    found = count(stage(folder), "impressions")
    assert (found.rows_in, found.good) == (7, 2)
    assert found.quarantined == {"the line cannot be read": 5}


def test_lines_that_are_not_utf8_are_counted(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log")
    head = b"impression_id,ts,user_id,channel,cost\n"
    (folder / "impressions.csv").write_bytes(head + b"i1,2026-01-01,u1,\xff\xfe,1\ni2,2026-01-01,u1,x,1\n")
    found = count(stage(folder), "impressions")
    assert (found.rows_in, found.good, sum(found.quarantined.values())) == (2, 1, 1)


def test_json_lines_that_are_no_objects_are_counted(tmp_path: Path) -> None:
    folder = write_log(tmp_path / "log", "jsonl", impressions=[GOOD])
    with (folder / "impressions.jsonl").open("a") as stream:
        stream.write('[1, 2]\n{"impression_id": "i9", \n\n')
    found = count(stage(folder), "impressions")
    assert (found.rows_in, found.good) == (3, 1)
    assert found.quarantined == {"the line is not a JSON object": 2}


def test_too_many_bad_rows_stop_the_night_with_an_example(tmp_path: Path) -> None:
    rows = [impression(n, "2026-01-01", "u1", cost="-1" if n < 3 else "1") for n in range(10)]
    folder = write_log(tmp_path / "log", impressions=rows)
    with pytest.raises(LogError) as error:
        stage(folder, max_quarantined_share=0.2)
    for words in (
        "impressions.csv",
        "3 of 10 impressions",
        "cost is negative (3 rows, 3.00 of cost)",
        "impression_id = 'i0'",
    ):
        assert words in str(error.value)
    assert count(stage(folder, max_quarantined_share=0.3), "impressions").good == 7


def test_quarantined_rows_are_kept_without_user_ids(tmp_path: Path) -> None:
    rows = [impression(1, "2026-01-01", "secret-user", cost="-1"), impression(2, "when", "secret-user")]
    stage(write_log(tmp_path / "log", impressions=rows), work=tmp_path / "work")
    kept = pl.read_parquet(tmp_path / "work" / "quarantine" / "impressions.parquet")
    assert kept["reason"].to_list() == ["cost is negative", "ts is not a time"]
    assert '"cost":"-1"' in kept["written"][0]
    assert "secret" not in str(kept.to_dicts())


ODD = st.sampled_from([None, "", " ", "x", "-1", "0", "0.5", "nan", '"', "2026-01-02", "2026-03-01", "1e400"])
WRITTEN = st.fixed_dictionaries(
    {
        "impression_id": st.sampled_from([None, "i1", "i2", "i3"]),
        "ts": st.sampled_from(["2026-01-02", "2026-01-03T04:05:06Z", "1767225600", "soon", None]),
        "user_id": st.sampled_from(["u1", "u2", ""]),
        "channel": st.sampled_from(["a", "b\nc", "none", None]),
        "cost": ODD,
        "propensity": ODD,
        "knowledge_ts": ODD,
    }
)
SOUND = st.fixed_dictionaries(
    {
        "impression_id": st.sampled_from(["i1", "i2"]),
        "ts": st.just("2026-01-02"),
        "user_id": st.sampled_from(["u1", "u2"]),
        "channel": st.sampled_from(["a", "b\nc"]),
        "cost": st.just("0.5"),
        "propensity": st.none(),
        "knowledge_ts": st.sampled_from([None, "2026-01-02", "2026-03-01"]),
    }
)
"""Alone a good row; of two with one id the second is a duplicate, or refused."""
ROWS = st.lists(WRITTEN | SOUND, max_size=40)


def test_an_example_names_nobody_whose_id_is_the_rows_own(tmp_path: Path) -> None:
    """A file with a row per customer, whose number is the row's id as well."""
    rows = [impression("K-100000", "2026-01-01", "K-100000", cost="-5") | {"impression_id": "K-100000"}]
    with pytest.raises(LogError, match="cost is negative") as refused:
        stage(write_log(tmp_path / "log", impressions=rows), max_quarantined_share=0.0)
    assert "cost = '-5'" in str(refused.value) and "K-100000" not in str(refused.value)


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(
    ending=st.sampled_from(["csv", "jsonl"]),
    rows=ROWS,
    clicks=st.lists(st.fixed_dictionaries({"impression_id": ODD, "ts": ODD}), max_size=15),
)
def test_every_row_has_exactly_one_fate(ending: str, rows: list[Any], clicks: list[Any]) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place) / "log"
        columns = ("impression_id", "ts", "user_id", "channel", "cost", "propensity", "knowledge_ts")
        write_table(folder / f"impressions.{ending}", rows, columns=columns)
        write_table(folder / f"clicks.{ending}", clicks, columns=("impression_id", "ts"))
        write_table(folder / "purchases.csv", [purchase(1, "2026-01-01", "u1")])
        events = stage(folder)
        assert [c.rows_in for c in events.counts] == [len(rows), len(clicks), 1]
        for c in events.counts:
            assert c.rows_in == c.good + c.duplicate + c.not_yet_known + sum(c.quarantined.values())
            assert LINE_FAULT not in c.quarantined  # which is what rows that nobody judged are called
        assert len(column(events, "exposures", "action")) == count(events, "impressions").good
