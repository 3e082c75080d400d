"""A number and how sure we are of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A number and how sure we are of it."""

    estimate: float
    low: float
    high: float
    level: float = 0.95


def told_level(level: float) -> float:
    """The level as it is told: 2 x 0.95 - 1 is 0.8999999999999999, and means 0.9."""
    return round(level, 9)
