"""Tonight's split against the night before: kinds and figures. Reports make the sentences."""

from dataclasses import dataclass
from typing import Literal

How = Literal[
    "currency",  # amounts of another currency cannot be compared
    "plan stays",
    "plan lost",  # it stays the best, and does not hold any more
    "plan nearly",  # it is the same one, a little moved
    "plan differs",
    "new move",
    "move ends",
    "waits",  # tonight alone would speak for a move
    "keeps",
]
"""What became of last night's answer."""


@dataclass(frozen=True)
class SpendChange:
    """A row's own spend went elsewhere."""

    row: str
    before: float
    now: float


@dataclass(frozen=True)
class Changed:
    """What changed since the newest report before tonight's; why, the verdict's own reason says."""

    since: str
    """Its date."""
    how: How
    low_before: float | None = None
    """The lower end that its uplift had, where it moved."""
    spend: tuple[SpendChange, ...] = ()
    currency: str = ""
    """Its currency, where that is not tonight's."""
