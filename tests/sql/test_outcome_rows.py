"""Outcomes of the log's own: a value per entity, time and name, judged row by row like every table."""

from pathlib import Path

import pytest

from tests.sql.tiny_logs import Row, column, count, day, impression, purchase, stage, write_log

EVENTS = {"impressions": [impression(1, "2026-01-05", "u1")], "purchases": [purchase(1, "2026-01-06", "u1")]}


def outcome(**change: object) -> Row:
    return {"entity_id": "u1", "ts": "2026-01-06 10:00", "name": "returned", "value": "1"} | change


def test_the_values_of_a_day_add_up_by_name(tmp_path: Path) -> None:
    rows = [
        outcome(),
        outcome(ts="2026-01-06 11:00", value="0.25"),
        outcome(name="complaints", value="-2"),
        outcome(entity_id="u2", ts="2026-01-07"),
    ]
    events = stage(write_log(tmp_path / "log", **EVENTS, outcomes=rows))
    by_day = sorted(column(events, "outcomes", "day", "name", "value_micros"))
    assert by_day == [
        (day("2026-01-06"), "complaints", -2_000_000),
        (day("2026-01-06"), "returned", 1_250_000),
        (day("2026-01-07"), "returned", 1_000_000),
    ]
    assert events.outcome_names == ("complaints", "returned")
    assert (
        len(column(events, "entities", "entity_key")) == 2
    )  # who is only known by an outcome is in the panel


def test_copies_are_counted_once_and_contradictions_are_refused(tmp_path: Path) -> None:
    rows = [outcome(), outcome(), outcome(value="3", knowledge_ts="2026-01-08")]
    events = stage(write_log(tmp_path / "log", **EVENTS, outcomes=rows))
    found = count(events, "outcomes")
    assert (found.good, found.duplicate) == (1, 1)
    assert found.quarantined == {"entity_id, ts and name again, with other content": 1}
    assert column(events, "outcomes", "value_micros") == [1_000_000]


def test_a_value_known_later_changes_nothing_before_and_makes_decisions_wait(tmp_path: Path) -> None:
    rows = [outcome(knowledge_ts="2026-01-09 10:00"), outcome(name="late", knowledge_ts="2026-02-01")]
    events = stage(write_log(tmp_path / "log", **EVENTS, outcomes=rows))
    assert count(events, "outcomes").not_yet_known == 1
    assert (events.outcome_names, events.delay_days) == (("returned",), 3)
    assert column(events, "outcomes", "day", "known_day") == [(day("2026-01-06"), day("2026-01-09"))]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"entity_id": None}, "entity_id is missing"),
        ({"name": " "}, "name is missing"),
        ({"value": None}, "value is missing"),
        ({"value": "many"}, "value is not a number"),
        ({"ts": "soon"}, "ts is not a time"),
        ({"knowledge_ts": "soon"}, "knowledge_ts is not a time"),
    ],
)
def test_a_bad_row_is_quarantined_with_its_reason(tmp_path: Path, change: Row, reason: str) -> None:
    events = stage(write_log(tmp_path / "log", **EVENTS, outcomes=[outcome(), outcome(**change)]))
    assert count(events, "outcomes").quarantined == {reason: 1}
