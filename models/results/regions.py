"""Frozen results of a test by region: what the treatment added, against regions that were not treated."""

from dataclasses import dataclass

from models.results.interval import Interval


@dataclass(frozen=True)
class RegionsLog:
    """What was judged. ISO dates."""

    first_day: str
    start_day: str
    """First day with treatment."""
    last_day: str
    days_before: int
    days_with: int
    days_left_out: int
    """Days that some region lacks, that the study excludes, or after the treatment had ended."""


@dataclass(frozen=True)
class Region:
    """One region of the test."""

    region: str
    treated: bool
    weight: float | None
    """Of a control region: its share of what the treated are held against, a mean over these."""
    added: float | None
    """Of a treated one: outcome per day beyond its mixture of control regions."""


@dataclass(frozen=True)
class RegionsDay:
    """The treated regions' mean on one day, and what it would have been."""

    day: str
    treated: float
    expected: float


@dataclass(frozen=True)
class RegionsResult:
    """Everything that is said of one test by region. Outcomes in their own unit, money in currency units."""

    found: bool
    """The interval excludes 0, and few placebo groups have an effect as large."""
    added: Interval
    """Per treated region and day."""
    total: Interval
    """Over all treated regions and days with treatment."""
    p_value: float
    placebos: int
    """Groups of control regions judged as if treated."""
    placebos_needed: int
    """With fewer no p-value is small enough."""
    difference_in_differences: Interval
    """Per treated region and day, all control regions weighted alike."""
    extra_spend: float | None
    """In all; None: the log tells no spend, or none was added."""
    per_spend: Interval | None
    """Extra outcome per unit of extra spend; None: as above, or it cannot be told from no extra spend."""
    log: RegionsLog
    regions: tuple[Region, ...]
    """Treated ones first, by name; controls by weight."""
    daily: tuple[RegionsDay, ...]
    level: float
    more_regions: int | None = None
    """So many more, in the same proportion, would find it in four of five cases, were it as estimated;"""
    more_days: int | None = None
    """so many more days with treatment, if days do not depend on each other. None: found, or too many."""
