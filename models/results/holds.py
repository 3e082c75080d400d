"""Why a row of the split may not move, or may not be cut: kinds and figures. Reports make the sentences."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EligibleUnknown:
    """The logs do not show which entities could have seen it."""


@dataclass(frozen=True)
class ShownTooRarely:
    """Delivery hardly ever takes it where it could."""

    share: float
    """Of the times it could."""


@dataclass(frozen=True)
class ShownTooFewTimes:
    """The log holds too few of it to learn from."""

    times: int


@dataclass(frozen=True)
class BudgetUnspent:
    """Nothing of its budget was spent, so that nothing can be scaled."""


@dataclass(frozen=True)
class TooNew:
    """The weeks on which plans are valued hold none of it."""


@dataclass(frozen=True)
class SourcesDiffer:
    """User-level logs and wider evidence contradict each other about it."""

    source: str
    """`daily totals`, or the lift test."""
    user_level: float
    """Margin per unit of spend by user-level logs,"""
    wider: float
    """and by the source."""


@dataclass(frozen=True)
class CutUnseen:
    """It may be raised and not cut: next to nobody eligible was left without it."""

    none_share: float
    """Mean probability of `none` where it could have been taken."""


Hold = (
    EligibleUnknown | ShownTooRarely | ShownTooFewTimes | BudgetUnspent | TooNew | SourcesDiffer | CutUnseen
)
"""Each kind has one sentence in `reports/sentences/holds.py`."""
