"""What the log is like: its rows, and what delivery did in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TableFate:
    """Row counts of one input table."""

    table: str
    rows_in: int
    good: int
    duplicate: int
    not_yet_known: int
    quarantined: dict[str, int]


@dataclass(frozen=True)
class DaysOut:
    """Days that are left out, both included, as ISO dates."""

    first: str
    last: str
    why: str
    """As the study says it; empty of a day that the log's own past contradicts."""


@dataclass(frozen=True)
class CalibrationBin:
    """Predicted against observed share of one action in one bin of predicted probability."""

    action: str
    rows: int
    predicted: float
    observed: float


@dataclass(frozen=True)
class Overlap:
    """How often delivery chose each action when it was eligible, and how often none beside it."""

    action: str
    eligible_rows: int
    mean_probability: float
    mean_none_probability: float
    unsupported_share: float
