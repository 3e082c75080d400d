"""MOVE, MOVE_PARTLY, KEEP or NO_EVIDENCE, and why."""

from dataclasses import dataclass

from models.evaluation import Believed
from models.results import (
    Better,
    Disagreement,
    HeldBack,
    LossPossible,
    NothingBetter,
    NothingPasses,
    Objection,
    OutcomeAtRisk,
    OverBudget,
    Stopped,
    TargetAtRisk,
    Uplift,
    WaitsForAllNights,
    Why,
)
from models.split.choice import SplitChoice
from models.split.steadiness import EarlierNight

MOVE, MOVE_PARTLY, KEEP, NO_EVIDENCE = "MOVE", "MOVE_PARTLY", "KEEP", "NO_EVIDENCE"


@dataclass(frozen=True)
class Objections:
    """What speaks against a move."""

    health_stop: Stopped | None = None
    disagreement: Disagreement | None = None
    """Headline and witnesses disagree, or the support gate does not pass the plan's estimate."""
    guardrail: OutcomeAtRisk | OverBudget | TargetAtRisk | None = None
    """The bound of a guardrail is broken."""
    patience: WaitsForAllNights | None = None

    @property
    def first(self) -> Objection | Stopped | None:
        """What stands in the way of a move."""
        return self.health_stop or self.disagreement or self.guardrail or self.patience


NONE = Objections()


@dataclass(frozen=True)
class Standing:
    """What is known of the plan before it is decided on."""

    objections: Objections = NONE
    believed: Believed | None = None
    """The plan's profit against today's split as the evaluation has it, guarded and stretched."""
    earlier: EarlierNight | None = None
    """The newest night before this one."""


def decide(choice: SplitChoice, uplift: Uplift | None, objections: Objections) -> str:
    """The verdict. `uplift`: what is promised against today's split."""
    if choice.stop or objections.health_stop:
        return NO_EVIDENCE
    if uplift is None or not choice.moves:
        return KEEP
    # written so that an unknown bound (nan) keeps today's split
    if not uplift.low > 0 or objections.first:
        return KEEP
    partly = choice.held or not_cut(choice) or choice.step_cap_binds or choice.limited_by is not None
    return MOVE_PARTLY if partly else MOVE


def reason_of(verdict: str, choice: SplitChoice, uplift: Uplift | None, objections: Objections) -> Why:
    """Why the verdict is what it is: the one reason that decides it."""
    if verdict == NO_EVIDENCE:
        stop = choice.stop or objections.health_stop
        if stop is None:  # decide() says so of a stop only
            raise ValueError("a night without evidence needs its reason")
        return stop
    if verdict != KEEP:
        return Better(_same_budget(choice))
    if uplift is None:
        if choice.shortfall is not None:
            return choice.shortfall
        return NothingBetter() if choice.limited_by is None or choice.moves else NothingPasses()
    objection = objections.first
    if objection and (uplift.low > 0 or objections.disagreement):
        return objection
    return LossPossible()


def _same_budget(choice: SplitChoice) -> bool:
    before = float(choice.limits.current.sum())
    return abs(sum(choice.plan) - before) <= max(0.005 * before, float(choice.limits.step.max()))


def not_cut(choice: SplitChoice) -> tuple[str, ...]:
    """Rows that keep today's budget since they may not be cut."""
    rows = zip(choice.limits.channels, choice.plan, choice.limits.current.tolist(), strict=True)
    return tuple(c for c, plan, now in rows if c in choice.uncut and plan == now)


def held_back(choice: SplitChoice) -> HeldBack:
    """What a MOVE_PARTLY leaves for later."""
    cap = float(choice.limits.move_cap) if choice.step_cap_binds else None
    return HeldBack(tuple(choice.held), not_cut(choice), cap)
