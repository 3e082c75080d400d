"""The log against its own past, before anything is learnt from it: what forbids advice, what is doubted."""

from dataclasses import replace

from flows.night import Night
from flows.stages.days import days_of
from models.health import DatedCheck, doubtful_days, examine_history, log_freshness, stops_of_the_log
from models.results import HealthCheck, Stopped
from models.trials import asks_of_a_table
from sql.events import Events


def examine_log(night: Night, events: Events) -> tuple[DatedCheck, ...]:
    """Each row, day and feed held against the rest of the log."""
    study = night.study
    marked = tuple(day for span in days_of(study.event) for day in span)
    return examine_history(events, single_step=study.decision.single_step, marked=marked)


def leave_out_doubtful_days(events: Events, history: tuple[DatedCheck, ...]) -> Events:
    """The log without the days that a stop doubts, as if the study had excluded them: today's split, which
    such a night keeps, is not read off them. Where most days are in doubt, nobody knows which are right."""
    days = set(events.excluded_days) | set(doubtful_days(history))
    if 2 * len(days) > events.last_day - events.first_day + 1:
        return events
    return replace(events, excluded_days=tuple(sorted(days)))


def find_stop(night: Night, events: Events, history: tuple[DatedCheck, ...]) -> Stopped | None:
    """Why no advice may be built on this log: the gravest reason, or None."""
    stops = stops_of_the_log(events, history, night.as_of, single_step=_is_finished(night, events))
    return Stopped(stops[0]) if stops else None


def ask_its_age(night: Night, events: Events) -> HealthCheck:
    """How long before the night the log ends."""
    return log_freshness(events.last_day, night.as_of, single_step=_is_finished(night, events))


def _is_finished(night: Night, events: Events) -> bool:
    """A test that is over does not age."""
    return night.study.decision.single_step or asks_of_a_table(events)
