"""What daily totals do not tell, or tell without moving a budget: kinds and figures."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class SpendHardlyMoves:
    """A channel's spend hardly moves beside trend, season and weekday."""

    variation: float
    """As a share of its mean;"""
    needed: float


@dataclass(frozen=True)
class MovesWithOthers:
    """Its spend moves with that of other channels."""

    own: float
    """Share of its moves that are its own."""


@dataclass(frozen=True)
class FewMoves:
    """Its spend moved too few times on its own."""

    moves: float
    needed: float


@dataclass(frozen=True)
class FollowsSales:
    """Its coming week goes with today's sales, which its own doing cannot cause."""

    p: float


@dataclass(frozen=True)
class SalesSwing:
    """Sales swing too much: the data narrow its return hardly at all."""


Unidentified = SpendHardlyMoves | MovesWithOthers | FewMoves | FollowsSales | SalesSwing
"""Why daily totals do not tell what a channel earns: a sentence each in `reports/sentences/totals.py`."""


@dataclass(frozen=True)
class TotalsUnclear:
    """A row that is kept: daily totals do not identify its return."""

    why: Unidentified


@dataclass(frozen=True)
class TotalsSay:
    """A row that is kept, and what daily totals say of it."""

    pays: Literal["more", "less", "either way"]
    by_lot: bool
    """Its budget was changed by lot, so that it cannot have moved with demand."""


@dataclass(frozen=True)
class TotalsTell:
    """What daily totals tell of all channels, while no split is computed on them."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]
    by_lot: tuple[str, ...]
    """Known ones whose budgets were changed by lot."""
