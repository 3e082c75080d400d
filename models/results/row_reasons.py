"""Why a row of the split is kept, raised or cut: kinds, to which the row has the figures."""

from dataclasses import dataclass
from typing import Literal

from models.results.holds import Hold
from models.results.totals import TotalsSay, TotalsUnclear

Earns = Literal[
    "unknown",  # its spend does not clearly follow its budget
    "harms",  # beyond doubt: it lowers the margin
    "may harm",  # by its estimate
    "pays",  # at least what it costs
    "less than it costs",
    "less than what is raised",
    "surely less than what is raised",  # the two intervals lie apart
    "uncertain",  # the return does not tell the plan's story
]
"""What a row's marginal return, `marginal_iroas`, says of a change of its budget."""


@dataclass(frozen=True)
class NeverSpent:
    """Nothing was spent on it in the newest budget period, so there is no budget to scale."""


@dataclass(frozen=True)
class NoSegment:
    """Its entities are in no segment, so no platform can be given a budget for them."""


@dataclass(frozen=True)
class NotJudged:
    """Kept: the logs cannot tell what it earns."""


@dataclass(frozen=True)
class Kept:
    """Kept by a night that could judge rows like it."""

    because: Literal["not told", "harms", "either way", "step used up", "doubted", "waits", "nothing better"]
    """Its spend does not clearly follow its budget, so its marginal return is not known. The others have one:
    it does harm, and yet nothing moves; more or less may pay; other rows took the step; its return cannot
    be relied on; the whole change is held back for another reason; no change is better beyond doubt."""


@dataclass(frozen=True)
class Moved:
    """Raised or cut."""

    how: Literal["raised", "raised to the bound", "cut", "cut to the bound", "cut as far as judged"]
    earns: Earns


@dataclass(frozen=True)
class MovedInPart:
    """The row goes no further, or not at all, since the logs support no larger step."""

    how: Literal["raised", "cut", "not cut"]
    nearly_all_shown: bool
    """Nearly every eligible entity saw it, so the logs hardly show what a cut does."""
    earns: Earns


RowReason = NeverSpent | NoSegment | NotJudged | Kept | Moved | MovedInPart | Hold | TotalsUnclear | TotalsSay
"""Each kind has one sentence in `reports/sentences/split_rows.py`."""


@dataclass(frozen=True)
class BrokenBound:
    """Today's budget breaks a bound of the study."""

    side: Literal["above", "below"]
    bound: float
    """The budget that the row may get at most, or should get at least."""
