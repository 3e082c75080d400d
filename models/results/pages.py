"""Frozen results of the report's pages beside the verdict: parts, curves, pacing, past nights, experiments.

Money in currency units, totals per budget period unless a field says otherwise.
"""

from dataclasses import dataclass

from models.results.interval import Interval


@dataclass(frozen=True)
class ChannelUplift:
    """One channel's part of the split's uplift, per budget period in currency units.

    The parts add up to the paired total: `SplitDecision.uplift`, or `considered` with KEEP.
    """

    channel: str
    estimate: float
    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True)
class PersonalPoint:
    """What personalised delivery earns with one total budget, said by those who did not teach it."""

    budget: float
    """That its mixture of two agents was chosen for."""
    spend: float
    """In the next period,"""
    spend_low: float
    spend_high: float
    """if it is left alone."""
    spend_by_channel: dict[str, float]
    value: float
    """Margin."""
    low: float
    high: float
    level: float = 0.95
    corrected_low: float | None = None
    corrected_high: float | None = None
    """If every night corrects it towards the money left; None where no period follows the log's."""


@dataclass(frozen=True)
class ValueLeft:
    """Profit that personalised delivery earns beyond the same money left to the platforms' own delivery."""

    by: str
    """What the platforms can be given a budget for: `channel`, or `channel and segment`."""
    estimate: float
    low: float
    high: float
    personal_spend: float
    projected_spend: float
    level: float = 0.95


@dataclass(frozen=True)
class PersonalFrontier:
    """The personalised plan at other budgets. Without points, `empty` says why."""

    agent: str
    """Name of the agent whose prices are mixed."""
    budget: float
    """Today's, or the one the study sets."""
    most: float = 0.0
    """The most that any of its policies is expected to spend."""
    least: float | None = None
    """The least that any of them is expected to spend: no smaller budget can be met. None: not known."""
    points: tuple[PersonalPoint, ...] = ()
    """Ascending budgets."""
    left: tuple[ValueLeft, ...] = ()
    """At `budget`; empty where no projection can be judged."""
    usual: bool = False
    """At `budget` the plan is today's delivery: no agent beats it there by its lower bound."""
    held: tuple[str, ...] = ()
    """Channels that the split holds back, for whatever reason; this plan is not bound by it."""
    free: Interval | None = None
    """Where nothing costs anything, so that there is no budget to meet: what the plan earns beyond today's
    delivery, per budget period."""
    empty: str = ""


@dataclass(frozen=True)
class ResponseCurve:
    """Margin against one channel's budget, all others as they are today; P points, per budget period."""

    channel: str
    budgets: tuple[float, ...]
    """(P,) ascending, currency units."""
    margin: tuple[float, ...]
    """(P,) margin of all channels together, less that at today's budget: 0 at today's."""
    low: tuple[float, ...]
    high: tuple[float, ...]
    logged_low: float
    """The log holds delivery at budgets (typed in, or else spent) from here"""
    logged_high: float
    """to here; beyond it the curve is extrapolation."""
    level: float = 0.95


@dataclass(frozen=True)
class SegmentSlope:
    """Marginal iROAS of one channel in one segment at today's split: margin per unit of spend.

    None where the segment's spend does not clearly follow its budget, or `few`.
    """

    channel: str
    segment: str
    estimate: float | None
    low: float | None
    high: float | None
    level: float = 0.95
    few: bool = False
    """Hidden: it is about too few entities, or would give such a cell away."""


@dataclass(frozen=True)
class ExposureValue:
    """Margin, in currency units, that one more exposure causes when it is the n-th within seven days."""

    channel: str
    n: int
    """From 1; the last n of a channel stands for itself and all later ones."""
    estimate: float
    low: float
    high: float
    cost: float | None = None
    """Mean cost of such an exposure, currency units: where the value falls below it, it no longer pays."""
    level: float = 0.95


@dataclass(frozen=True)
class FrequencyCap:
    """The most exposures per entity and seven days that a channel should deliver."""

    channel: str
    cap: int | None
    """From 1. None: no exposure costs more than it brings, beyond doubt, once all that were looked at are
    counted; or the very first does, and whether a channel is used at all is for the split to say."""
    beyond: "BeyondCap | None" = None
    """The first exposure that does not pay."""


@dataclass(frozen=True)
class BeyondCap:
    """What an exposure brings and costs, currency units."""

    n: int
    brings: float
    at_most: float
    """Upper bound that holds for all exposures that were looked at."""
    cost: float


@dataclass(frozen=True)
class PacingDay:
    """Expected spend of the recommended split on one day of the week, currency units, with its range."""

    label: str
    """E.g. `Monday`; in calendar order."""
    spend: float
    low: float
    high: float
    level: float = 0.95
    stands_out: bool = False
    """Whether the log's days of that name took more or less than the others, beyond chance."""


@dataclass(frozen=True)
class WeekSpend:
    """What was spent in one past week, currency units."""

    week_start: str
    """ISO date of its first day."""
    spend: float
    budget: float | None
    """What was planned, from the `budgets` table; None: not known for every day and channel."""


@dataclass(frozen=True)
class PastNight:
    """What one night promised, from the ledger, and what the logs held afterwards; per budget period.

    The realised uplift cannot be seen: it would need the same period under the old split. Only the profit and
    the spend that came can.
    """

    as_of: str
    verdict: str
    promised: float | None
    """Uplift promised for the recommended split; None: nothing was promised."""
    low: float | None
    high: float | None
    realised: float | None
    """Margin less spend booked in the budget period from `as_of` on; None: not over yet, or not logged."""
    before: float | None = None
    """Margin less spend of the budget period up to `as_of`."""
    expected_spend: float | None = None
    spend_low: float | None = None
    spend_high: float | None = None
    realised_spend: float | None = None
    budgets: tuple[tuple[str, float], ...] = ()
    """(channel, recommended budget), as in that night's split."""
    followed: bool | None = None
    """Whether these budgets were typed in, by the `budgets` table; None: not known, or nothing was judged."""


MOST_HELD_OUT = 0.2
"""Share of the entities that an experiment holds out at most."""
LONGEST_EXPERIMENT_DAYS = 112
"""One that needs longer is not worth proposing."""


@dataclass(frozen=True)
class NextExperiment:
    """A holdout that would decide what tonight's logs leave open."""

    channel: str
    share: float
    """Of the entities, held out at random."""
    days: int
    """Until it decides with the power the sentence names."""
    entities: int
    """Held out."""
    gain_per_period: float | None
    """What the decision is expected to be worth, currency units per budget period."""
    difference: float
    """It tells, with a chance of 80 %, a marginal iROAS this far from 1, where a unit of spend earns what it
    costs."""


@dataclass(frozen=True)
class Pictures:
    """What the report draws beside the verdict; empty where there is nothing to draw."""

    channel_uplifts: tuple[ChannelUplift, ...] = ()
    """Parts of the split's uplift (of the one considered with KEEP), one per channel."""
    response_curves: tuple[ResponseCurve, ...] = ()
    segment_slopes: tuple[SegmentSlope, ...] = ()
    """Empty where the study has no segments."""
    exposure_values: tuple[ExposureValue, ...] = ()
    exposure_days: int = 0
    """For how long, from its own day on, what an exposure earns is counted."""
    frequency_caps: tuple[FrequencyCap, ...] = ()
    pacing: tuple[PacingDay, ...] = ()
    """Days of one week, in order."""
    week_spends: tuple[WeekSpend, ...] = ()
    """Past weeks, oldest first."""
    past_nights: tuple[PastNight, ...] = ()
    """Oldest first, tonight left out."""
    next_experiments: tuple[NextExperiment, ...] = ()
    """Best first."""
    notes: tuple[str, ...] = ()
    """Of the daily totals, for the page on data and method."""
