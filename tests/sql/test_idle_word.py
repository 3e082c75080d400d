"""The word for doing nothing is the study's."""

from pathlib import Path

import pytest

from tests.sql.tiny_logs import column, count, impression, stage, write_log

ROWS = [
    impression(1, "2026-01-05", "u1", "mail"),
    impression(2, "2026-01-06", "u1", "Wait", "0.30"),
    impression(3, "2026-01-07", "u1", "none", "0"),
]


def test_the_studys_word_is_the_idle_action_and_may_cost_something(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", impressions=ROWS), idle="wait")
    assert events.actions == ("wait", "mail")
    assert column(events, "exposures", "action", "cost_micros") == [(1, 100_000), (0, 300_000), (0, 0)]


def test_by_itself_none_is_the_word_and_costs_nothing(tmp_path: Path) -> None:
    paid = [*ROWS, impression(4, "2026-01-08", "u1", "none", "0.10")]
    events = stage(write_log(tmp_path / "log", impressions=paid))
    assert events.actions == ("none", "Wait", "mail")
    assert count(events, "impressions").quarantined == {"cost on the channel none": 1}


@pytest.mark.parametrize(("idle", "tier"), [("", "A+"), ("none", "B")])
def test_where_something_is_always_chosen_every_row_is_a_decision(
    tmp_path: Path, idle: str, tier: str
) -> None:
    rows = [row | {"propensity": "0.5"} for row in ROWS[:2]]
    events = stage(write_log(tmp_path / "log", impressions=rows), idle=idle)
    assert (events.actions[1:], events.tier) == (("Wait", "mail"), tier)


def test_a_row_that_chose_nothing_contradicts_such_a_study(tmp_path: Path) -> None:
    events = stage(write_log(tmp_path / "log", impressions=ROWS), idle="")
    assert count(events, "impressions").quarantined == {
        "channel is none, where the study says that something is always chosen": 1
    }
