"""What a night does with a log that its own past contradicts, before anything is learnt from it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.stages.days import days_out
from flows.stages.log_history import leave_out_doubtful_days
from models.health.spend_checks import DatedCheck
from models.results import DaysOut, HealthCheck
from sql.events import Events
from sql.settings import DayRange

TEN_DAYS = Events(
    folder=Path(), tier="A", tier_reason="", actions=("none", "search"), context_columns=(),
    user_features=(), segments=(), first_day=100, last_day=109, delay_days=0, excluded_days=(101,), counts=(),
    inputs=(),
)  # fmt: skip


def found(status: str, *days: int) -> DatedCheck:
    return DatedCheck(HealthCheck("spend by day", status, None, "", "", ""), days)


def test_days_that_a_stop_doubts_are_left_out_as_if_the_study_had_said_so() -> None:
    left = leave_out_doubtful_days(TEN_DAYS, (found("stop", 108, 109), found("warn", 105), found("ok")))
    assert left == replace(TEN_DAYS, excluded_days=(101, 108, 109))


def test_where_most_days_are_in_doubt_nobody_knows_which_are_right() -> None:
    assert leave_out_doubtful_days(TEN_DAYS, (found("stop", *range(102, 108)),)) == TEN_DAYS


def test_what_the_study_takes_out_is_told_apart_from_what_is_in_doubt() -> None:
    meant = DayRange(first=date(1970, 4, 10), last=date(1970, 4, 12), why="tag broken")  # from day 99 on
    elsewhere = DayRange(first=date(1971, 4, 10), last=date(1971, 4, 12), why="not in this log")
    assert days_out((meant, elsewhere), replace(TEN_DAYS, excluded_days=(100, 101, 108))) == (
        DaysOut("1970-04-10", "1970-04-12", "tag broken"),
        DaysOut("1970-04-19", "1970-04-19", ""),
    )
