"""The plan, its limits, what speaks for it, and what its picking costs."""

from dataclasses import dataclass, field

import numpy as np

from models.evaluation import PlanClass
from models.policies import Policy, ScaledDelivery
from models.results import CutUnseen, Hold, Obstacle, StepLimit, TargetUnmet
from models.split.cells import Cells
from models.split.delivery import Floats
from models.split.goals import Goal, Weights, weighted
from models.split.limits import Limits
from models.split.local_model import LocalModel
from models.split.worth import NOTHING, Worth

NO_PLANS = PlanClass(np.empty(0), 0)
CHANNEL_TIERS = ("A+", "A")
"""Evidence tiers whose logs show who could have seen an ad and did not."""


@dataclass(frozen=True)
class SplitChoice:
    """A plan as the search has it. K rows (channels, or parts of them), money in currency per period."""

    tier: str
    limits: Limits
    plan: tuple[float, ...]
    """(K,) budgets as typed; today's where nothing better was found."""
    multipliers: tuple[float, ...]
    """(1 + K,) for scaled delivery, `none` first (1)."""
    held: dict[str, Hold]
    """Row -> why it may not move."""
    step_cap_binds: bool
    estimate: float
    """Gain against today's split as the search has it: the best of many flatters itself."""
    bound: float
    """Its lower bound for all plans at once, which may lie below 0; 0 when today's split is kept."""
    budget_low: tuple[float, ...]
    budget_high: tuple[float, ...]
    """(K,) interval of each budget, from the optimiser on resampled entities."""
    stop: Obstacle | None
    """Why these logs allow no split at all."""
    model: LocalModel | None
    """Slopes and curvatures around today's delivery; None when nothing could be estimated."""
    uncut: dict[str, CutUnseen] = field(default_factory=dict)
    """Row -> why it may not be cut."""
    rare_none: frozenset[str] = frozenset()
    """Rows whose eligible entities nearly all saw an ad."""
    limited_by: StepLimit | None = None
    """What the plan wanted was beyond, where the plan is a smaller step."""
    goal: Goal = field(default_factory=lambda: Goal("profit", (1.0, -1.0, 0.0)))
    worth: Worth = NOTHING
    """What the plan is worth proposing for, by which choices are compared."""
    plans: PlanClass = NO_PLANS
    """All that could have been picked,"""
    level: float = 0.95
    """and the level of a bound for all of them at once;"""
    lasting: float = 1.0
    """of one that holds on every night as well; 1 where too few entities give none."""
    optimism: float = 0.0
    """By how much `estimate` flatters itself, as resampled entities tell it."""
    surest: "SplitChoice | None" = None
    """The plan with the largest bound, where that is another one."""
    repairs: bool = False
    """Today's split misses the goal's target, and the plan gives up some of what is raised to meet it."""
    shortfall: TargetUnmet | None = None
    """Why today's split stays where no allowed one meets the target."""
    stays_from: str = ""
    """The earlier night whose plan stays, since no better one can be told from it; or empty."""
    cells: Cells | None = None
    """With a split by segment: which part of which channel each row is. None: rows are channels."""
    whole_channels: "SplitChoice | None" = None
    """With a split by segment: the choice between whole channels that it beat."""

    @property
    def moves(self) -> bool:
        """Is the plan another than today's?"""
        return self.plan != tuple(self.limits.current.tolist())

    @property
    def outcome(self) -> str:
        """Name of what is promised, in currency units: `profit`, `margin`, ..."""
        return self.goal.surplus_outcome if self.repairs else self.goal.outcome

    @property
    def weights(self) -> Weights:
        """What is promised is made of."""
        floor = self.goal.floor if self.repairs else None
        return self.goal.weights if floor is None else floor

    def gain(self, change: Floats) -> Floats:
        """(C,) what is promised, from the change of the quantities (C, 3) against today's split."""
        return weighted(change, self.weights)

    def policy(self, name: str, text: str = "") -> Policy:
        """The plan as a policy."""
        if self.cells is None:
            return ScaledDelivery(self.multipliers, name, text)
        return self.cells.policy(self.multipliers, name, text)
