"""Spans of days that a study names, as the models count days."""

from datetime import date, timedelta

from sql.settings import DayRange

EPOCH = date(1970, 1, 1)


def iso_day(number: int) -> str:
    """20636 -> `2026-07-02`."""
    return (EPOCH + timedelta(days=number)).isoformat()


def days_of(spans: tuple[DayRange, ...]) -> tuple[tuple[int, ...], ...]:
    """The days of each span, as days since 1970-01-01."""
    return tuple(tuple(range((s.first - EPOCH).days, (s.last - EPOCH).days + 1)) for s in spans)
