"""The log held against its own past: what it holds that cannot be so, and what it no longer holds."""

from collections.abc import Sequence

from models.health.daily_log import read_daily_log
from models.health.silence_checks import silence_findings
from models.health.spend_checks import DatedCheck, money_findings
from models.results import HealthCheck
from sql.events import Events

__all__ = ["DatedCheck", "checks_of", "doubtful_days", "examine_history"]


def examine_history(
    events: Events, *, single_step: bool, marked: tuple[int, ...] = ()
) -> tuple[DatedCheck, ...]:
    """Every check of the log's own history. `marked`: days of the study's events, since 1970-01-01."""
    log = read_daily_log(events, marked)
    silent = () if single_step else silence_findings(log, by_channel=events.tier != "C")
    return (*money_findings(log, single_step=single_step), *silent)


def checks_of(findings: Sequence[DatedCheck]) -> tuple[HealthCheck, ...]:
    """The lines of health.json."""
    return tuple(f.check for f in findings)


def doubtful_days(findings: Sequence[DatedCheck]) -> tuple[int, ...]:
    """Days that a stop doubts, ascending: what is spent today is not read off them."""
    return tuple(sorted({day for f in findings if f.check.status == "stop" for day in f.days}))
