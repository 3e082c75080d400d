"""An estimate with its doubt."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A number and how sure we are of it."""

    estimate: float
    low: float
    high: float
    level: float = 0.95
