"""What would take an obstacle away: kinds and figures. Reports make the sentences."""

from dataclasses import dataclass

HOLDOUT_SHARE = 0.1
"""Share of random holdout suggested where the logs lack a comparison."""


@dataclass(frozen=True)
class LogOpportunities:
    """Say who could have been shown something, or leave a random share without."""

    share: float = HOLDOUT_SHARE


@dataclass(frozen=True)
class MendFinding:
    """Mend what the check that says stop has found."""


@dataclass(frozen=True)
class ShowNone:
    """Show nothing to a random share of those who could see rows that nearly everybody saw."""

    rows: tuple[str, ...]
    share: float
    days: float | None
    """Until the logs hold enough; None: the log's length is not known."""


@dataclass(frozen=True)
class ShowMore:
    """More of rows that were shown too rarely to learn from."""

    rows: tuple[str, ...]


@dataclass(frozen=True)
class MoreLogs:
    """Too few entities speak about this change."""


@dataclass(frozen=True)
class NameColumns:
    """Log what delivery decides on."""

    hold_out: str | None
    """A holdout of this channel would do, whatever delivery knows; None: delivery is random, and its logged
    probabilities are to be checked."""
    share: float = HOLDOUT_SHARE


@dataclass(frozen=True)
class TryAtRandom:
    """Do the change that the logs cannot judge to a random share."""

    cut: tuple[str, ...]
    """Rows that the wanted plan cuts;"""
    wanted: tuple[str, ...]
    """all of its rows."""
    more_logs: bool
    """More of the same logs would do, too;"""
    days: float | None = None
    """about so many; None: not known."""
    share: float = HOLDOUT_SHARE


@dataclass(frozen=True)
class RandomAlready:
    """Only a longer log, or budgets changed on purpose, can show more than random delivery does."""


@dataclass(frozen=True)
class HoldOut:
    """A holdout would show more sharply than delivery what a channel earns."""

    channel: str
    share: float = HOLDOUT_SHARE


@dataclass(frozen=True)
class EaseLimits:
    """More budget, an easier target, or a lower bound for what is raised; more logs would not help."""

    raised: tuple[str, ...]


@dataclass(frozen=True)
class EaseGuardrail:
    """A longer log tells better what becomes of an outcome that is guarded; else the guardrail decides."""

    outcome: str


@dataclass(frozen=True)
class WaitForNights:
    """Some more nights of logs will do."""


@dataclass(frozen=True)
class ChangeOnPurpose:
    """More logs of the same kind may not help; a budget changed at random would."""

    channel: str
    gain_seen: bool
    """The effect is there and too small for logs like these; else none is left once its picking is paid
    for."""


@dataclass(frozen=True)
class LongerLog:
    """More days decide it."""

    hold_out: str | None
    """A holdout of this channel decides it sooner; None: delivery is random already."""
    days: float | None = None
    """About so many; None: not known."""
    share: float = HOLDOUT_SHARE


@dataclass(frozen=True)
class ChangeByLot:
    """Change budgets by lot, for daily totals to say something."""


@dataclass(frozen=True)
class LogPersons:
    """Log entity by entity who could have been shown something."""


Advice = (
    LogOpportunities | MendFinding | ShowNone | ShowMore | MoreLogs | NameColumns | TryAtRandom
    | RandomAlready | HoldOut | EaseLimits | EaseGuardrail | WaitForNights | ChangeOnPurpose | LongerLog
    | ChangeByLot | LogPersons
)  # fmt: skip
"""Each kind has one sentence in `reports/sentences/split_advice.py`."""
