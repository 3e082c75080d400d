"""Frozen results of the question "how much": the value of ordered levels, were everybody given one.

Money in currency units per entity (per decision, where an entity has several).
"""

from dataclasses import dataclass, replace

from models.results.interval import Interval
from models.results.trials import Answer, TrialResult, TrialVerdict


@dataclass(frozen=True)
class LevelValue:
    """One level, were everybody given it."""

    arm: str
    """Its name in the log."""
    level: float
    """In the study's `level_unit`."""
    entities: int
    """That were given it."""
    raw: float
    """Value by what this level alone tells."""
    estimate: float
    """Value on the curve, to which its neighbours lend their strength."""
    value: Interval | None
    """The same; all levels lie in theirs at once. None: not known."""
    over_idle: Interval | None
    """Value minus that of idle; all differences of two levels lie in theirs at once. None: no idle level."""
    under_best: Interval | None
    """Value minus that of the level with the largest estimate, likewise."""
    may_be_best: bool
    """Whether it is in the set that holds the truly best level with the study's level of confidence."""


@dataclass(frozen=True)
class ArcElasticity:
    """The price elasticity between two neighbouring levels."""

    low: float
    high: float
    """The levels, per cent off."""
    estimate: float
    interval: Interval | None
    """Its own; None: not known."""


@dataclass(frozen=True)
class Elasticity:
    """What a price does to demand, in per cent of demand per per cent of price."""

    constant: Interval
    """One for all levels;"""
    misfit: float
    """the chance of levels that lie so far off it, were there such a one; 1 where two levels leave none to
    ask;"""
    steps: tuple[ArcElasticity, ...] = ()
    """and that of every step."""

    @property
    def is_constant(self) -> bool:
        """Whether one elasticity fits all levels: a sound one is refused in at most 1 - level of logs."""
        return self.misfit >= 1.0 - self.constant.level


@dataclass(frozen=True)
class LevelsResult:
    """Everything that is said of ordered levels."""

    test: TrialResult
    """The same decisions as a test of arms: its checks, counts, rule and guardrails, no arm by itself. Its
    verdict is that of the curve: `arms` are the levels that may be best, the largest estimate first."""
    values: tuple[LevelValue, ...]
    """By level."""
    unit: str
    """Of the levels, `%`; empty where the study says none."""
    degree: int
    """Of the curve, a polynomial in the level; one less than the number of levels: nothing is lent."""
    misfit: float
    """Chance of raw values that lie so far off the curve, were it right; 1 where nothing is lent."""
    peak: float
    """Where the curve is highest between the levels that may be chosen."""
    demand: str = ""
    """The outcome whose price elasticity is told; empty: none."""
    elasticity: Elasticity | None = None
    """Per cent of `demand` per per cent of price."""
    from_below: bool = False
    """Whether decisions told of all levels below their own."""
    undrawn: tuple[float, ...] = ()
    """Levels that the study asks about and nobody who is judged was given: nothing is said of them."""

    @property
    def lends(self) -> bool:
        """Whether the curve has fewer terms than there are levels; one that has as many goes through all of
        them, and tells nothing of points between."""
        return self.degree < len(self.values) - 1

    @property
    def best(self) -> LevelValue:
        """The one that is advised: the largest estimate of those that may be chosen."""
        chosen = self.test.verdict.arms or (max(self.values, key=lambda one: one.estimate).arm,)
        return next(one for one in self.values if one.arm == chosen[0])

    @property
    def advised(self) -> TrialResult:
        """The test with one level as its answer, the advised one; as it is where nothing is advised."""
        arms = self.test.verdict.arms
        return replace(self.test, verdict=TrialVerdict(Answer.ONE, arms=arms[:1])) if arms else self.test
