"""What a check found beyond its figure: kinds, names and figures. Reports make the sentences.

The check's own status, figure, limit and subject are part of what is said. Money in currency units, days as
ISO dates.
"""

from dataclasses import dataclass

from models.results.interval import Interval
from models.results.totals import Unidentified
from models.results.trials import TrialCheck


@dataclass(frozen=True)
class TooShortToTell:
    """The log holds too few days or decisions for this question."""


# the log itself


@dataclass(frozen=True)
class RowsReconcile:
    """Rows in against the rows' fates."""

    off: tuple[str, ...]
    """Tables whose rows are unaccounted for."""


@dataclass(frozen=True)
class RowsRefused:
    """Bad rows of the worst table."""

    table: str
    reason: str
    """Most frequent one;"""
    way_out: str
    """and what to do about it, as staging has it; empty: nothing known."""


@dataclass(frozen=True)
class MoneyReconciles:
    """The cost that decisions carry against the staged cost; figure: what they carry more, in micros."""


@dataclass(frozen=True)
class LogEnds:
    """How old the log is."""

    last: str
    next_day: str


@dataclass(frozen=True)
class Immature:
    """Decisions whose outcomes are not fully known yet."""

    delay_days: int


@dataclass(frozen=True)
class Sold:
    """How many purchases the log holds."""


@dataclass(frozen=True)
class EnterByAd:
    """Entities whose first sign of life is a treatment."""


@dataclass(frozen=True)
class FeatureMoved:
    """The feature whose distribution moved most of late."""

    feature: str
    also: tuple[str, ...]
    days: int


@dataclass(frozen=True)
class ActionMoved:
    """The action whose share moved most of late."""

    action: str
    before: float
    after: float


# delivery


@dataclass(frozen=True)
class Regimes:
    """Days from which delivery followed other rules, each with a model of its own."""

    changed: tuple[str, ...]
    filling_days: int = 0
    """Days over which the state's counts fill up as a log begins, where one of the changes lies in them."""


@dataclass(frozen=True)
class RegimeBreak:
    """A change of delivery that no model of a regime knows."""

    day: str
    series: str
    """`likelihood`, or the share of an action less its predicted one."""
    before: float
    after: float


@dataclass(frozen=True)
class NoChoice:
    """There is nothing to compare predicted probabilities with."""


@dataclass(frozen=True)
class Calibrated:
    """The action whose predicted probability is off most."""

    action: str
    error: float
    noise: float
    within: bool
    """Within weeks and sets of possible actions,"""
    of_the_day: bool = False
    """or among people with the same opportunities on the day, of which the same were shown so far."""


@dataclass(frozen=True)
class PropensitiesLogged:
    """What was done against the logged probabilities."""

    comparisons: int | None
    """None: none are logged."""
    false_alarm: float = 0.0
    """Share of sound logs that fail."""


@dataclass(frozen=True)
class Improbable:
    """Logged actions that delivery's model calls next to impossible."""

    rows: int
    below: float


@dataclass(frozen=True)
class ShownOnly:
    """A log of what was shown alone: nobody to compare with."""


@dataclass(frozen=True)
class OverlapWithNone:
    """Was anybody who could have got the subject left without? No figure: it was never beside another."""


@dataclass(frozen=True)
class SupportOf:
    """How many journeys the log holds, in effect, about the subject."""


# estimates


@dataclass(frozen=True)
class Witnesses:
    """The headline against its witnesses, for the subject."""

    outcome: str
    witness: str
    """The most contrary one; empty: none differs in any way that varies."""
    above: bool
    """The headline is above it."""


@dataclass(frozen=True)
class LoggedValued:
    """Today's delivery, valued like any other policy, against what it really earned."""

    outcome: str
    off: float = 0.0
    """Share of what it earned by which it is valued higher."""


@dataclass(frozen=True)
class NoFollower:
    """No decision follows another one, so the past cannot be asked."""


@dataclass(frozen=True)
class PastEffect:
    """The largest effect that an action seems to have on what happened before it; figure: its p-value."""

    outcome: str
    action: str
    effect: Interval
    """Per decision."""


@dataclass(frozen=True)
class WorthOfPurchases:
    """Whether ads change what a purchase is worth; figure: how likely chance shows as much."""

    purchases: int
    error_kept: float
    """Standard error that a total of rare purchases keeps, as a share, where each counts at its expected
    worth."""
    moved: bool
    """They seem to: every margin counts as it was logged."""


@dataclass(frozen=True)
class NobodyAlike:
    """No channel has enough entities that could have seen it, did not, and are alike."""


@dataclass(frozen=True)
class CountedAlike:
    """A channel's marginal return by counting alike entities, and by the model."""

    channel: str
    counted: float
    error: float
    """Standard error of it."""
    modelled: float


# wider evidence


@dataclass(frozen=True)
class SourcesWeighed:
    """A channel's return by user-level logs and by wider evidence."""

    user_level: Interval
    wider: Interval
    pooled: Interval | None
    """None: they contradict each other."""


@dataclass(frozen=True)
class TotalsUnused:
    """Daily totals beside the logs that say nothing."""

    said: str = ""
    """The sentence of the error where they cannot be read;"""
    channel: str = ""
    why: Unidentified | None = None
    """else why the first channel's return is not identified."""


@dataclass(frozen=True)
class EpsilonTold:
    """What the figures handed on tell of an entity; figure: the epsilon of all nights, None: not known."""

    noise: str
    """`laplace` or `gaussian`."""
    epsilon: float
    """Of tonight's file."""
    delta: float
    nights: int
    withheld: str
    """As in `SharedAggregates`."""


Finding = (
    TooShortToTell | RowsReconcile | RowsRefused | MoneyReconciles | LogEnds | Immature | Sold | EnterByAd
    | FeatureMoved | ActionMoved | Regimes | RegimeBreak | NoChoice | Calibrated | PropensitiesLogged
    | Improbable | ShownOnly | OverlapWithNone | SupportOf | Witnesses | LoggedValued | NoFollower
    | PastEffect | WorthOfPurchases | NobodyAlike | CountedAlike | SourcesWeighed | TotalsUnused | TrialCheck
    | EpsilonTold
)  # fmt: skip
"""Each kind has one sentence in `reports/sentences/health*.py`."""
