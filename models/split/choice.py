"""What the deciding entities say, all that do not report: the plan, its limits, what speaks for it."""

from dataclasses import dataclass, field

from models.policies import Policy, ScaledDelivery
from models.results import CutUnseen, Hold, Obstacle, StepLimit, TargetUnmet
from models.split.cells import Cells
from models.split.delivery import Floats
from models.split.goals import Goal, weighted
from models.split.limits import Limits
from models.split.local_model import LocalModel

CHANNEL_TIERS = ("A+", "A")
"""Evidence tiers whose logs show who could have seen an ad and did not."""


@dataclass(frozen=True)
class SplitChoice:
    """What the deciding entities say. K rows (channels, or parts of them), money in currency per period."""

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
    """Gain against today's split, on the entities that chose it: too good to be promised."""
    bound: float
    """Its lower bound, which may lie below 0; 0 when today's split is kept."""
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
    """What the plan wanted was beyond, where the plan is a smaller step; `estimate` and `bound` are those of
    the deciding entities' plan."""
    goal: Goal = field(default_factory=lambda: Goal("profit", (1.0, -1.0, 0.0)))
    promise: float = 0.0
    """What the plan is worth proposing for (`models.split.search`), by which choices are compared; of today's
    split 0, or minus infinity where it misses the goal's target."""
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

    def gain(self, change: Floats) -> Floats:
        """(C,) what is promised, from the change of the quantities (C, 3) against today's split."""
        floor = self.goal.floor if self.repairs else None
        return weighted(change, self.goal.weights if floor is None else floor)

    def policy(self, name: str, text: str = "") -> Policy:
        """The plan as a policy."""
        if self.cells is None:
            return ScaledDelivery(self.multipliers, name, text)
        return self.cells.policy(self.multipliers, name, text)
