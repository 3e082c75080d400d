"""Frozen results of tier C. Money in currency units per budget period unless a field says otherwise."""

from dataclasses import dataclass

from models.results import Interval, PacingDay, ResponseCurve, TotalsTell, Unidentified, WeekSpend


@dataclass(frozen=True)
class Diagnosis:
    """What the daily totals identify about one channel."""

    identified: bool
    reason: Unidentified | None
    """Why not."""
    spend_variation: float
    """Standard deviation of daily spend beside trend, season and weekday, as a share of its mean."""
    independent_share: float
    """Share of its variation that the other channels do not share: 1 / variance inflation factor."""
    moves: float
    """Effective number of independent moves of its spend."""
    prior_share: float
    """Width of the posterior as a share of the prior's: 1 where the data said nothing."""
    follows_sales_p: float | None
    """p-value of coming spend given today's sales; None where budgets were changed by lot, or not tested."""


@dataclass(frozen=True)
class ChannelTotals:
    """One channel's evidence from daily totals."""

    channel: str
    spend: float
    """Mean per budget period."""
    by_lot: bool
    """The study says that its budget was changed by lot."""
    marginal_iroas: Interval | None
    """Margin per further unit of spend at today's spend; None where not identified."""
    carry_over_days: float | None
    """Posterior mean of how many days the effect comes after the spend; None where not identified."""
    curve: ResponseCurve | None
    pacing: tuple[PacingDay, ...]
    """Expected spend on one day per weekday, Monday first; empty where the log is too short."""
    diagnosis: Diagnosis


@dataclass(frozen=True)
class TotalsEvidence:
    """What daily totals say, channel by channel, in the order of the log's channels."""

    channels: tuple[ChannelTotals, ...]
    days: int
    """Days with known sales that the model was fitted on."""
    autocorrelation: float
    """Of daily sales beside everything modelled, from one day to the next."""
    may_split: bool
    """Two or more identified channels whose budgets were changed by lot."""
    summary: TotalsTell
    """What the totals identify, for the verdict's `why`."""
    notes: tuple[str, ...]
    pacing: tuple[PacingDay, ...]
    """Of all channels together."""
    weeks: tuple[WeekSpend, ...]
    """What was spent in each whole past week, all channels together, oldest first."""


@dataclass(frozen=True)
class Combined:
    """One channel's iROAS from user-level logs and from wider evidence, side by side."""

    channel: str
    user_level: Interval | None
    totals: Interval | None
    pooled: Interval | None
    """Precision-weighted where both agree; the only one where there is one; None where disputed."""
    heterogeneity: float | None
    """Cochran's Q, chi-squared with 1 degree of freedom where the two agree; None for less than two."""
    disputed: bool
    """Hold this channel: two kinds of evidence contradict each other."""
    source: str = "daily totals"
    """What the wider evidence is."""
