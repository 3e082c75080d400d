"""Why the verdict is what it is: kinds and figures. Reports make the sentences."""

from dataclasses import dataclass
from typing import Literal

from models.results.health import HealthCheck
from models.results.holds import Hold
from models.results.levels import LevelsResult
from models.results.refusals import GuardrailBound, Refusal
from models.results.regions import RegionsResult
from models.results.totals import TotalsTell
from models.results.trials import CountedTests, TrialResult


@dataclass(frozen=True)
class NothingSpent:
    """No row has a budget to split."""


@dataclass(frozen=True)
class ShownAlone:
    """The logs show only who saw something, not who could have (tier B)."""


@dataclass(frozen=True)
class TotalsAlone:
    """Daily totals move no money unless budgets were changed by lot (tier C)."""


@dataclass(frozen=True)
class OneChannel:
    """All spend goes to one, so there is nothing to split."""

    channel: str


@dataclass(frozen=True)
class OneArm:
    """Every decision of a single-step log is the same, so there is nothing to compare it with."""

    arm: str


@dataclass(frozen=True)
class NotDrawn:
    """The question is how much, and the levels were not drawn by lot between the same ones for everybody."""

    for_everybody: bool
    """Whether everybody could have been given each; what is missing is then how likely each was."""


@dataclass(frozen=True)
class NothingSold:
    """The entities that judge the split bought nothing."""


@dataclass(frozen=True)
class NoneJudged:
    """Every row is held, or may not be cut."""

    holds: tuple[tuple[str, Hold], ...]


@dataclass(frozen=True)
class Stopped:
    """A health check says stop."""

    check: HealthCheck


@dataclass(frozen=True)
class TooFewEntities:
    """Too few entities to judge by: each half judges what the other one taught."""

    entities: int
    fewest: int
    """Who can be judged, in the smaller half."""
    needed: int
    """Of either."""


@dataclass(frozen=True)
class TooShort:
    """A log with which the night cannot begin yet."""

    said: str
    """The error's own sentence: what is missing, and what would be right."""


Obstacle = (
    NothingSpent | ShownAlone | TotalsAlone | OneChannel | OneArm | NotDrawn | NothingSold | NoneJudged
    | TooFewEntities | TooShort | TotalsTell
)  # fmt: skip
"""Why no split can be chosen at all."""


@dataclass(frozen=True)
class Target:
    """What the study's goal asks for."""

    of: Literal["margin", "spend"]
    """Margin per unit of spend, or spend per purchase."""
    value: float


@dataclass(frozen=True)
class TargetUnmet:
    """No allowed split meets the goal's target beyond doubt."""

    target: Target
    today: float
    """What today's split comes to;"""
    met: float | None
    """the target that it meets beyond doubt; None: these logs cannot say."""


@dataclass(frozen=True)
class NothingPasses:
    """The change that looked best is beyond what the logs support, and so is every smaller step of it."""


@dataclass(frozen=True)
class NothingBetter:
    """No change that was tried is better beyond doubt."""


@dataclass(frozen=True)
class LossPossible:
    """The interval of the best change found does not exclude a loss."""


@dataclass(frozen=True)
class EstimatesDiffer:
    """A witness contradicts the headline."""


@dataclass(frozen=True)
class ReactsToHidden:
    """The placebo of the past finds an effect: delivery reacts to something that the logs do not hold."""


@dataclass(frozen=True)
class NotSupported:
    """The plan's estimate is refused."""

    refusal: Refusal


Disagreement = EstimatesDiffer | ReactsToHidden | NotSupported
"""The figure itself cannot be relied on."""


@dataclass(frozen=True)
class OverBudget:
    """The plan would spend more than the budget, beyond doubt."""

    least: float
    """What it would spend at least;"""
    allowed: float


@dataclass(frozen=True)
class TargetAtRisk:
    """The plan might miss the goal's target."""

    target: Target


@dataclass(frozen=True)
class OutcomeAtRisk:
    """An outcome that the study guards could get worse by more than it allows."""

    bound: GuardrailBound


@dataclass(frozen=True)
class WaitsForAllNights:
    """It was said last night that today's split stays, and one night's figures do not change that."""

    low: float | None
    """Lower bound that holds for every night together; None: the logs are too small to give one."""


Objection = Disagreement | OverBudget | TargetAtRisk | OutcomeAtRisk | WaitsForAllNights
"""What speaks against a move whose interval does not."""


@dataclass(frozen=True)
class Better:
    """The plan beats today's split beyond doubt."""

    same_budget: bool
    """Its budgets add up to today's."""


@dataclass(frozen=True)
class ArmsJudged:
    """The question is which arm of a test to choose, and this is its answer."""

    trial: TrialResult
    stop: HealthCheck | None
    """The check that forbids one."""


@dataclass(frozen=True)
class LevelsJudged:
    """The question is how much, and this is its answer."""

    levels: LevelsResult
    stop: HealthCheck | None
    """The check that forbids one."""


@dataclass(frozen=True)
class SeveralJudged:
    """Several tests were asked, each which of its arms to choose, and these are their answers."""

    tests: CountedTests
    stop: HealthCheck | None


@dataclass(frozen=True)
class RegionsJudged:
    """The question is what the treated regions gained, and this is the answer."""

    regions: RegionsResult
    stop: HealthCheck | None


Why = (
    Obstacle | Stopped | TargetUnmet | NothingPasses | NothingBetter | LossPossible | Objection | Better
    | ArmsJudged | LevelsJudged | SeveralJudged | RegionsJudged
)  # fmt: skip
"""Each kind has one sentence in `reports/sentences/split_verdict.py`."""


@dataclass(frozen=True)
class HeldBack:
    """What a MOVE_PARTLY leaves for later, beside what limited the step."""

    held: tuple[str, ...]
    """Rows that the logs cannot judge;"""
    uncut: tuple[str, ...]
    """that keep today's budget since they may not be cut."""
    move_cap: float | None
    """The largest sum of changes that the study allows, where it ends the step."""
