"""What a log holds, as data: who got what, what followed, what it can be asked and what is in the way."""

from dataclasses import dataclass
from typing import Literal

from models.results.health import HealthCheck

Question = Literal["split", "which", "how much", "whom", "regions", "returns"]
LikelyObstacle = Literal[
    "", "no outcomes", "few outcomes", "one action", "no revenue", "impressions only",
    "no propensities", "not for everybody", "propensities contradict", "propensities over one",
    "too short", "refused", "few placebo groups", "stopped",
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
    cost_micros: int | None
    """None: the log knows no cost, as counts do not."""
    revenue_micros: int | None
    """Of outcomes within the window whose last decision it was; as reported where there are totals only."""


@dataclass(frozen=True)
class LogOverview:
    """The whole log."""

    first_day: int
    last_day: int
    entities: int
    decisions: int
    """Of all actions together, each counted as it says."""
    actions: tuple[ActionOverview, ...]
    outcomes: int | None
    """None: the log does not count them, but tells sums, daily totals or regions."""
    outcomes_inside: int | None
    """Of `outcomes`, those within `window_days` after a decision about their entity."""
    window_days: int
    question: Question
    obstacle: LikelyObstacle = ""
    obstacle_action: str = ""
    """The action it is about, where it is about one."""
    obstacle_words: str = ""
    """Of a log that cannot be judged: the sentence with which a night would refuse it."""
    stop: HealthCheck | None = None
    """The check of the log for which a night would give no advice."""
    over_one: tuple[tuple[str, float], ...] = ()
    """Each arm of a test with its propensity, where these add up to more than 1."""
    placebos: tuple[int, int] | None = None
    """Of a test by region: (placebo groups that can be made, those that it takes to find anything)."""
    undrawn: tuple[str, ...] = ()
    """Of ordered levels: those of the study that nobody was given, with their unit."""
