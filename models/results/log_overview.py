"""What a log holds, as data: who got what, what followed, what it can be asked and what is in the way."""

from dataclasses import dataclass
from typing import Literal

Question = Literal["split", "which", "how much", "whom", "regions"]
LikelyObstacle = Literal[
    "", "no outcomes", "few outcomes", "one action", "no revenue", "impressions only", "no propensities",
    "propensities contradict", "too short",
]  # fmt: skip


@dataclass(frozen=True)
class ActionOverview:
    """One action of the log."""

    action: str
    decisions: int
    """Rows of it; of daily totals days with spend; of counts the entities counted."""
    entities: int
    """Who got it at least once; 0 where the log does not say who."""
    share: float
    """Of all decisions; of daily totals, of all spend."""
    expected_share: float | None
    """That share by the logged propensities: decisions / sum of 1 / propensity. None where there are none."""
    cost_micros: int
    revenue_micros: int | None
    """Of outcomes within the window whose last decision it was; as reported where there are totals only."""


@dataclass(frozen=True)
class LogOverview:
    """The whole log."""

    first_day: int
    last_day: int
    entities: int
    decisions: int
    actions: tuple[ActionOverview, ...]
    outcomes: int
    outcomes_inside: int
    """Of `outcomes`, those within `window_days` after a decision about their entity."""
    window_days: int
    question: Question
    obstacle: LikelyObstacle = ""
    obstacle_action: str = ""
    """The action it is about, where it is about one."""
