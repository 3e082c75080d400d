"""Frozen results of the question "which one": arms of a randomised test, and what may be said of them.

Money in currency units per entity (per decision, where an entity has several).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from models.results.interval import Interval
from models.results.learned import TreeNode
from models.results.refusals import GuardrailBound
from models.results.segments import SegmentsFound


class Answer(StrEnum):
    """What a test may say."""

    ONE = "one"
    """One arm is the one to choose."""
    SEVERAL = "several"
    """Several are better than the rest and cannot be told apart."""
    IDLE = "idle"
    """Every arm is worse than doing nothing."""
    NOTHING = "nothing"
    """No arm was found to be better than doing nothing and to keep to the guardrails; without idle: none was
    told from another."""
    CONTRADICTION = "contradiction"
    """The log is not the test that it says it is, so that nothing is concluded."""


@dataclass(frozen=True)
class ArmValue:
    """One arm, were everybody given it."""

    arm: str
    entities: int
    """That were given it."""
    mean: float
    """Plain mean of their weighted outcomes, before the arm's cost."""
    cost: float
    """Mean cost."""
    estimate: float
    """Outcome minus cost, adjusted for the covariates; of counts by day, for the days."""
    value: Interval | None
    """The same with an interval of its own, for this arm alone; None: too few entities, or all alike."""


@dataclass(frozen=True)
class ArmDifference:
    """Value of `arm` minus value of `other`."""

    arm: str
    other: str
    estimate: float
    standard_error: float | None
    """None: an arm has too few entities."""
    interval: Interval | None
    """Simultaneous: all differences of the test lie in theirs at once with this level. None: not known."""
    alone: Interval | None
    """For this difference alone, as if it were the only one."""
    told_apart: bool
    """By a test in steps that is wrong about any pair with a chance of at most 1 - level, all pairs together;
    it may tell apart what the simultaneous interval does not."""
    more_entities: int | None = None
    """So many more would tell the two apart with a chance of 80 %, were the difference what is estimated.
    None: they are told apart, or it is not known."""
    more_entities_to_matter: int | None = None
    """The same for the difference that the study says matters; None: it says none."""

    @property
    def is_judged(self) -> bool:
        """Whether both arms have entities enough for it to be judged."""
        return self.standard_error is not None


@dataclass(frozen=True)
class TrialVerdict:
    """The answer, as data."""

    kind: Answer
    arms: tuple[str, ...] = ()
    """Best first: the arm to choose, or those that cannot be told apart and that none is told to beat."""
    undecided: tuple[str, ...] = ()
    """Arms that can be told neither from these nor from idle."""
    worse: tuple[str, ...] = ()
    """Arms that are worse than idle beyond doubt; without idle, than one of the best."""
    barred: tuple[str, ...] = ()
    """Arms that break a guardrail, or may, and are not chosen whatever they bring."""
    between: ArmDifference | None = None
    """The difference that more entities would have to tell; None where nothing is open."""


@dataclass(frozen=True)
class TrialCheck:
    """Does the log look like the test that it says it is?"""

    kind: str
    """`sample ratio` or `balance`."""
    passed: bool
    p_value: float | None
    """None: it could not be asked."""
    false_alarm: float
    """Chance that a sound test fails it."""
    subject: str
    """The arm or covariate that is farthest off; empty where nothing could be asked."""
    expected: float
    observed: float
    """Entities of that arm; or, of a covariate, 0 and the largest difference of two arms in standard
    deviations of its ranks."""
    lacks: Literal["", "probabilities", "facts", "entities"] = ""
    """What it could not be asked without;"""
    over_one: tuple[tuple[str, float], ...] = ()
    """each arm with its logged probability, where these add up to more than 1; then nothing was counted."""


@dataclass(frozen=True)
class ArmGuardrail:
    """How far an arm could make an outcome worse than it is with idle."""

    arm: str
    bound: GuardrailBound
    """Today's level is that of idle."""
    level: float
    level_with_idle: float
    """Per decision, in the outcome's unit, were everybody given the arm, or idle; adjusted as values are."""
    change: Interval | None
    """The first over the second, as a share of the second; None: it cannot be told."""

    @property
    def is_broken(self) -> bool:
        """Whether the whole interval of the change lies beyond what the study allows."""
        if self.change is None:
            return False
        worst = self.bound.worst
        return self.change.high < worst if worst <= 0 else self.change.low > worst


@dataclass(frozen=True)
class TrialRule:
    """A rule of a few lines that chooses an arm by the covariates."""

    tree: TreeNode
    estimate: float
    """Gain per entity over the best single arm, by entities that did not choose the rule."""
    gain: Interval | None
    """The same with its interval."""


@dataclass(frozen=True)
class PartLevel:
    """One level of a part that actions are made of."""

    part: str
    level: str
    arms: int
    """That have it."""
    effect: Interval
    """Value of an arm with it, less that of the part's average level, all else equal. The intervals of all
    levels hold at once."""


@dataclass(frozen=True)
class BorrowedValue:
    """What an arm is worth, seen together with the arms that share its parts."""

    arm: str
    own: float
    """By its own entities alone."""
    value: Interval


@dataclass(frozen=True)
class PartsFound:
    """What parts of actions are worth."""

    parts: tuple[str, ...]
    levels: tuple[PartLevel, ...]
    """Part by part."""
    arms: tuple[BorrowedValue, ...]
    own_share: float
    """How much of an arm's distance from the sum of its parts is believed to be its own, on average."""


@dataclass(frozen=True)
class TrialRows:
    """Which decisions and purchases count."""

    first_day: str
    last_day: str
    """Of the decisions judged, ISO dates."""
    window_days: int
    """Outcomes count that came so many days from the decision on, its own day included."""
    immature: int
    """Decisions left out because their window was still open, or touched a day that the study leaves out."""
    purchases: int
    """Purchases of the entities judged, in a window;"""
    purchases_outside: int
    """and outside every window of theirs: before the decision or after it had ended."""


@dataclass(frozen=True)
class CountedRows:
    """What is known of a test that was counted before it was logged."""

    test: str
    """Its name; empty where the log has none."""
    of: Literal["successes", "sum"]
    """What was counted: values are successes per entity, or currency units per entity."""
    first_day: str | None
    last_day: str | None
    """ISO dates; None where the log has no days."""
    left_out: int
    """Entities on days that the study leaves out, or that lack two entities of an arm."""
    p_value: float
    """Chance of a largest difference like this one, were all arms alike."""
    found: bool
    """Whether the test found something, once all tests of its log are counted."""

    @property
    def by_day(self) -> bool:
        """Whether values are means of several days."""
        return self.first_day != self.last_day


@dataclass(frozen=True)
class TrialResult:
    """Everything that is said of one test."""

    verdict: TrialVerdict
    idle: str | None
    """The arm that does nothing; None where the test had none."""
    arms: tuple[ArmValue, ...]
    """In the study's order."""
    differences: tuple[ArmDifference, ...]
    """Every pair once, in that order; against idle, the arm comes first."""
    checks: tuple[TrialCheck, ...]
    entities: int
    decisions: int
    level: float
    rule: TrialRule | None = None
    """None: no covariates, too few entities, or guardrails: these hold one arm for everybody."""
    log: "TrialRows | None" = None
    """What of the log was judged; None: it was given as arrays, or as counts."""
    counted: CountedRows | None = None
    """Of a test that is logged as counts: its costs are not known and are 0 here."""
    guardrails: tuple[ArmGuardrail, ...] = ()
    """Every guardrail of the study and every arm but idle."""
    parts: PartsFound | None = None
    """None: the study names no parts of actions, or the arms are too few for theirs."""
    segments: SegmentsFound | None = None
    """Groups that respond differently; None where no rule was looked for."""

    @property
    def chooses_by_rule(self) -> bool:
        """Whether the test is sound and its rule earns more than the best single arm beyond doubt."""
        rule = self.rule
        if rule is None or rule.gain is None or self.verdict.kind == Answer.CONTRADICTION:
            return False
        return rule.tree.feature is not None and rule.gain.low > 0

    def withdrawn(self) -> "TrialResult":
        """As it is told of a log that cannot be believed: no answer, and nothing made of the arms."""
        refused = TrialVerdict(Answer.CONTRADICTION)
        return replace(self, verdict=refused, rule=None, parts=None, segments=None)

    def best_arms(self, most: int) -> tuple[ArmValue, ...]:
        """The arms with the largest estimates, and idle; all where they are few enough."""
        order = sorted(self.arms, key=lambda a: (-a.estimate, a.arm))
        return tuple(a for i, a in enumerate(order) if i < most or (a.arm == self.idle and len(order) > 1))

    def against_idle(self, arm: str) -> ArmDifference | None:
        """The arm minus idle; None of idle itself and without one."""
        return next((d for d in self.differences if (d.arm, d.other) == (arm, self.idle)), None)


@dataclass(frozen=True)
class CountedTests:
    """Tests that are logged as counts, each on its own, and what they found together."""

    tests: tuple[TrialResult, ...]
    """By name."""
    unjudged: tuple[tuple[str, str], ...]
    """Name of a test that could not be judged, and the error's own sentence."""
    level: float
    """Of those found, at most 1 - level are false on average."""

    @property
    def found(self) -> tuple[TrialResult, ...]:
        """Those that may be acted on."""
        return tuple(t for t in self.tests if t.counted is not None and t.counted.found)
