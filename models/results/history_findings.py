"""What a log holds that cannot be so, or no longer holds: kinds, names and figures.

Money in micros of the currency unit, days as ISO dates.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class NoGap:
    """No row costs or earns far more than any other."""


@dataclass(frozen=True)
class RowGap:
    """A few rows far larger than any other of their channel."""

    channel: str
    """Empty: purchases."""
    rows: int
    largest_micros: int
    next_micros: int
    days: tuple[str, ...]


@dataclass(frozen=True)
class FewSales:
    """Too few sales to hold the spend against."""


@dataclass(frozen=True)
class SpendAndSales:
    """All costs against all that was sold."""

    spend_micros: float
    sales_micros: float


@dataclass(frozen=True)
class SpendOff:
    """The day on which a channel's spend stands out most."""

    channel: str
    day: str
    micros: int
    usual_micros: float
    rows: int
    """Of that day; 0: not told apart."""
    largest_micros: int
    """The largest of them; 0: not known."""
    days: tuple[str, ...]
    """All such days."""


@dataclass(frozen=True)
class AdCostOff:
    """The day on which the cost of an ad stands out most."""

    channel: str
    day: str
    each_micros: float
    usual_micros: float
    rows: int
    micros: int
    """In all."""
    days: tuple[str, ...]


@dataclass(frozen=True)
class OrderOff:
    """The day on which the middle order stands out most."""

    day: str
    orders: int
    middle_micros: int
    usual_micros: float
    days: tuple[str, ...]


@dataclass(frozen=True)
class Steady:
    """No day stands out, by spend, by the cost of an ad, or by the value of an order, as the check asks."""


@dataclass(frozen=True)
class NoSilence:
    """No long stretch of days lacks what the weeks before had."""


@dataclass(frozen=True)
class Silent:
    """The longest stretch of days that lacks the subject."""

    channel: str
    """Empty: all of them, or the whole shop."""
    first: str
    last: str
    days: int
    counted: int
    expected: float
    others: int
    """Further channels of which it is so."""


OfHistory = (
    NoGap | RowGap | FewSales | SpendAndSales | SpendOff | AdCostOff | OrderOff | Steady | NoSilence | Silent
)
"""Each kind has one sentence in `reports/sentences/health_history.py`."""
