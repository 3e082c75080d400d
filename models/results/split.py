"""The verdict and its budgets. Money in currency units, totals per budget period."""

from dataclasses import dataclass

from models.results.advice import Advice
from models.results.changes import Changed
from models.results.interval import Interval
from models.results.row_reasons import BrokenBound, RowReason
from models.results.why import HeldBack, Why


@dataclass(frozen=True)
class SplitRow:
    """One channel's row of split.json; see DESIGN section 6."""

    channel: str
    segment: str | None
    current: float
    recommended: float
    low: float
    high: float
    min_allowed: float
    max_allowed: float
    multiplier: float
    marginal_iroas: float | None
    marginal_iroas_low: float | None
    marginal_iroas_high: float | None
    expected_spend: float
    expected_spend_low: float | None
    expected_spend_high: float | None
    """None where nothing was forecast: what is expected is then what is spent today."""
    attributed_roas: float | None
    reason: RowReason
    """Why it is kept, raised or cut."""
    broken: BrokenBound | None = None
    """The bound that today's budget breaks, where it stays."""


@dataclass(frozen=True)
class Uplift:
    """Recommended minus current, per budget period.

    The low end is a bound for every plan that could have been picked, the high end one for this plan, each of
    half the error that `level` leaves; the estimate is less what picking the best of many flatters.
    """

    outcome: str
    estimate: float
    low: float
    high: float
    level: float
    probability_better: float
    """Of a plan that was picked, by its bound; else by chance alone: witnesses are in the ends only."""


@dataclass(frozen=True)
class StepLimit:
    """What limited the step towards the plan that was wanted: the log supports no larger one."""

    kind: str
    """The gate that the wanted plan is beyond: `effective sample size`, `tail shape`, ..."""
    figure: float
    """Of the wanted plan;"""
    limit: float
    """and what is accepted."""
    kept: float
    """Share of the wanted step that the plan considered takes; 0 where no step worth taking passes."""
    wanted: tuple[tuple[str, float], ...]
    """The plan wanted: budget by row."""
    rare_none: tuple[str, ...] = ()
    """Rows cut less than wanted whose eligible entities nearly all saw an ad."""


@dataclass(frozen=True)
class TodaysMoney:
    """What stands behind today's budgets, row by row; currency units per budget period."""

    spent: tuple[float, ...]
    """In the newest period: today's budgets themselves where none were typed in for it."""
    valued: tuple[float, ...] = ()
    """By the log's average delivery to as many as come today, whose changes plans are judged as; empty where
    none was."""


@dataclass(frozen=True)
class SplitDecision:
    """The verdict and the budgets to type in."""

    verdict: str
    """MOVE, MOVE_PARTLY, KEEP or NO_EVIDENCE."""
    why: Why
    period_days: int
    budget_current: float
    budget_recommended: float
    uplift: Uplift | None
    rows: tuple[SplitRow, ...]
    missing: tuple[Advice, ...] = ()
    """With KEEP or NO_EVIDENCE: what would change it."""
    considered: Uplift | None = None
    """With KEEP: what the best split found would have promised."""
    detectable: float | None = None
    """The smallest true gain of such a plan that this log would have confirmed four times in five."""
    held_back: HeldBack | None = None
    """With MOVE_PARTLY: what was held back."""
    changed: Changed | None = None
    """What changed since the night before; None on a first night."""
    limited_by: StepLimit | None = None
    """What limited the step, where something did."""
    over_budget: float | None = None
    """With KEEP: the study's budget, where today's are above it."""
    cut_budgets: tuple[float, ...] = ()
    """Row by row, today's cut to `over_budget` within the limits; empty where one share of all keeps them."""
    considered_budgets: tuple[float, ...] = ()
    """Of the split considered, row by row; empty where none was."""
    spend: Interval | None = None
    """What all rows together will spend of their budgets in the next period; None where nothing is judged."""
    today: TodaysMoney | None = None
    """Of every row; None where it is not known."""

    def typed_in(self, k: int) -> bool:
        """Was row k's budget today typed in, and not all of it spent? Else it is what was spent."""
        return self.today is not None and abs(self.today.spent[k] - self.rows[k].current) > 0.005

    @property
    def any_typed_in(self) -> bool:
        """Is any of today's budgets other than what was spent?"""
        return any(map(self.typed_in, range(len(self.rows))))
