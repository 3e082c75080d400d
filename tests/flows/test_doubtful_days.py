"""What a night does with a log that its own past contradicts, before anything is learnt from it."""

from dataclasses import replace
from pathlib import Path

from flows.stages.log_history import leave_out_doubtful_days
from models.health.spend_checks import DatedCheck
from models.results import HealthCheck
from sql.events import Events

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
