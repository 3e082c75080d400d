"""Spans of days that a study names, as the models count days."""

from datetime import date, timedelta

from models.results import DaysOut
from sql.events import Events
from sql.settings import DayRange

EPOCH = date(1970, 1, 1)


def iso_day(number: int) -> str:
    """20636 -> `2026-07-02`."""
    return (EPOCH + timedelta(days=number)).isoformat()


def days_of(spans: tuple[DayRange, ...]) -> tuple[tuple[int, ...], ...]:
    """The days of each span, as days since 1970-01-01."""
    return tuple(tuple(range((s.first - EPOCH).days, (s.last - EPOCH).days + 1)) for s in spans)


def days_out(exclude: tuple[DayRange, ...], events: Events) -> tuple[DaysOut, ...]:
    """What is left out of the log: the study's spans that meet it, then each day that is in doubt."""
    meant = [
        DaysOut(iso_day(span[0]), iso_day(span[-1]), said.why)
        for said, span in zip(exclude, days_of(exclude), strict=True)
        if span[0] <= events.last_day and span[-1] >= events.first_day
    ]
    doubted = set(events.excluded_days) - {day for span in days_of(exclude) for day in span}
    return (*meant, *(DaysOut(iso_day(day), iso_day(day), "") for day in sorted(doubted)))
