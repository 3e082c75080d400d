"""Candidates for the split, each evaluated directly on the deciding entities, all that do not report.

Whoever confirms a plan asks for a lower bound above 0, on entities of its own. A plan is therefore worth
proposing for what it is likely to be confirmed at: its `promise`. Among the plans of one expected gain the
surest lie on the path of lower bounds: the programs of `DOUBTS`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from models.evaluation import Gate, hurdle_of, promise
from models.numerics import one_blas_thread
from models.split.delivery import DeliveryValue, standard_error, total
from models.split.goals import Goal, surplus_bound
from models.split.limits import Limits
from models.split.local_model import LocalModel, expand_at
from models.split.program import solve, split_program
from models.split.rounding import round_plan
from models.split.shrink import MIN_STEP, fewer_cuts, kept_share, whole_step

Floats = NDArray[np.float64]

ROUNDS = 3
"""Candidates of a round are optima of slopes taken at the best one of the round before."""
DOUBTS = (0.5, 1.0, 1.5)
"""Times `split.z`: by so many standard errors less a plan's gain is maximised, one candidate for each."""
MAX_EVALUATIONS = 40
"""Each costs seconds: no further point of expansion is taken that would pass this number."""
SPEND_TOLERANCE = 0.005
"""The upper bound of a candidate's spend, evaluated directly, may pass the budget by this share, and the
lower bound of what a target leaves over may miss 0 by it; typed budgets never pass the budget."""
STEADY_LEVEL = 0.95
"""Of the test by which a new plan has to be better than last night's."""


@dataclass(frozen=True)
class Assessment:
    """One plan against today's split, evaluated directly; in currency per period."""

    estimate: float
    """Of the goal's value."""
    error: float
    """Its standard error."""
    bound: float
    """Its lower bound."""
    more_spend: float
    """Upper bound of spend above today's."""
    surplus: float
    """Lower bound of what the goal's target leaves over; infinite without a target."""
    gate: Gate | None = None
    """The gate it is beyond: the log does not support it, and the rest is not known."""


UNKNOWN = Assessment(float("nan"), float("nan"), float("-inf"), float("inf"), float("-inf"))


@dataclass(frozen=True)
class Found:
    """A candidate (K,), the model it is an optimum of, by how many standard errors less, and its promise."""

    plan: Floats
    model: LocalModel
    doubt: float
    promise: float
    wanted: Floats | None = None
    """(K,) the optimum itself, where the log does not support it and `plan` is a smaller step,"""
    gate: Gate | None = None
    """and the gate it is beyond."""


class Search:
    """Looks for the plan with the largest promise."""

    def __init__(
        self,
        delivery: DeliveryValue,
        limits: Limits,
        goal: Goal,
        z: float,
        calibration: float,
        *,
        level: float = 0.95,
    ) -> None:
        """calibration: turns estimated spend into the log's own; level: of the interval that confirms."""
        self.delivery, self.limits, self.goal, self.z = delivery, limits, goal, z
        self.calibration = calibration
        self.hurdle = hurdle_of(level)
        # as far as rounding and a model's error reach
        self.slack = SPEND_TOLERANCE * limits.budget
        self.room = max(limits.budget + self.slack - float(limits.current.sum()), 0.0)
        self.today = delivery.quantities(np.ones(len(limits.channels)))
        self.today_meets_target = surplus_bound(goal, self.today, z) >= 0
        self.refused: tuple[Floats, Gate] | None = None
        """The first optimum (K,) of which no step worth taking passes, and the gate it is beyond."""
        # what today's split is worth: nothing, and less than any plan that meets a target it misses
        self.keeping = 0.0 if self.today_meets_target else float("-inf")

    def change(self, plan: Floats) -> Floats:
        """(C, 3) margin, spend and purchases of a plan less those of today's split."""
        return self.delivery.quantities(self.limits.multipliers(plan)) - self.today

    def assess(self, plan: Floats) -> Assessment:
        """A plan (K,), evaluated directly, where the log supports it."""
        gate = self.delivery.gate(self.limits.multipliers(plan))
        if gate is not None:
            return replace(UNKNOWN, gate=gate)
        change = self.change(plan)
        if not np.all(np.isfinite(change)):
            return UNKNOWN
        surplus = surplus_bound(self.goal, self.today + change, self.z)
        if not change.any():
            return Assessment(0.0, 0.0, 0.0, 0.0, surplus)
        value = self.goal.value(change)
        error, wobble = standard_error(value), self.z * standard_error(change[:, 1])
        return Assessment(
            total(value),
            error,
            total(value) - self.z * error,
            self.calibration * (total(change[:, 1]) + wobble),
            surplus,
        )

    def allows(self, found: Assessment) -> bool:
        """Within the budget and the goal's target, as far as can be told."""
        return found.more_spend <= self.room and found.surplus >= -self.slack

    def promise(self, found: Assessment) -> float:
        """What a plan is worth proposing for, beside `keeping`. Where today's split misses the goal's target,
        a plan that gives something up to meet it is worth its lower bound; without doubt (z = 0), its
        gain."""
        if not np.isfinite(found.bound):
            return float("-inf")
        if not self.today_meets_target or self.z == 0:
            return found.bound
        return promise(found.estimate, found.error, self.hurdle)

    def run(self, today: LocalModel) -> Found:
        """The best plan found, today's where there is none."""
        limits, keep = self.limits, self.limits.current
        nothing = Found(keep, today, self.z, self.keeping)
        best, model, last = nothing, today, keep
        for step in range(ROUNDS):
            round_best, seen = nothing, [keep, last]
            doubts = [share * self.z for share in (DOUBTS if self.z > 0 else (0.0,))]
            optima = [self._optimum(model, doubt, last) for doubt in doubts]
            self._look_at(optima, seen)
            for doubt, plan in zip(doubts, optima, strict=True):
                if any(np.array_equal(plan, other) for other in seen):
                    continue
                seen.append(plan)
                for candidate in self._candidates(plan, model, doubt, seen):
                    round_best = max(round_best, candidate, key=lambda f: f.promise)
            best = max(best, round_best, key=lambda f: f.promise)
            if np.array_equal(round_best.plan, keep):
                break
            near = float(np.abs(round_best.plan - last).sum()) <= max(
                0.02 * limits.budget, 2 * limits.step.max()
            )
            costly = self.delivery.calls + int(limits.free.sum()) + len(DOUBTS) > MAX_EVALUATIONS
            if (step > 0 and near) or step == ROUNDS - 1 or costly:
                break
            last = round_best.plan
            model = expand_at(self.delivery, limits.multipliers(last), limits.free, today)
        return best

    def _look_at(self, plans: Sequence[Floats], seen: Sequence[Floats]) -> None:
        """Evaluate new plans (K,), all at once."""
        new = [plan for plan in plans if not any(np.array_equal(plan, other) for other in seen)]
        self.delivery.prepare((self.limits.multipliers(plan) for plan in new), gates=True)

    def _optimum(self, model: LocalModel, doubt: float, start: Floats) -> Floats:
        """(K,) a model's plan with the largest gain less `doubt` standard errors, as it is typed in."""
        with one_blas_thread():
            program = split_program(model, self.limits, self.z, self.goal, self.calibration, doubt=doubt)
            optimum = solve(program, starts=(start,))
        return round_plan(optimum, self.limits)

    def _worth(self, plan: Floats) -> float:
        """A plan's (K,) promise, evaluated directly, where it keeps to everything."""
        found = self.assess(plan)
        return self.promise(found) if self.allows(found) else float("-inf")

    def _candidates(
        self, plan: Floats, model: LocalModel, doubt: float, seen: list[Floats]
    ) -> Iterator[Found]:
        """An optimum (K,) where the log supports it, else the smaller steps towards it that it does."""
        gate = self.delivery.gate(self.limits.multipliers(plan))
        if gate is None:
            yield Found(plan, model, doubt, self._worth(plan))
            return
        passed = list(self._smaller(plan))
        if not passed:
            self.refused = self.refused or (plan, gate)
        for smaller in passed:
            if not any(np.array_equal(smaller, other) for other in seen):
                seen.append(smaller)
                yield Found(smaller, model, doubt, self._worth(smaller), plan, gate)

    def _smaller(self, wanted: Floats) -> Iterator[Floats]:
        """Plans (K,) that pass. Running products take no evaluation and are asked first; where the weights of
        the evaluation itself say no, three quarters of the step are tried, and a half of that."""
        limits, delivery = self.limits, self.delivery
        anchor = limits.anchor()

        def passes(plan: Floats) -> bool:
            return delivery.early_gate(limits.multipliers(plan)) is None

        for plan in (
            whole_step(wanted, limits, passes),
            fewer_cuts(wanted, limits, delivery.rarity, passes),
        ):
            for share in (1.0, 0.75, 0.375):
                if plan is None or delivery.calls >= MAX_EVALUATIONS:
                    break
                smaller = plan if share == 1 else round_plan(anchor + share * (plan - anchor), limits)
                if kept_share(smaller, wanted, limits) < MIN_STEP:
                    break
                if delivery.gate(limits.multipliers(smaller)) is None:
                    yield smaller
                    break

    def settled(self, plan: Floats, earlier: Floats) -> bool:
        """Does an earlier night's plan (K,) stay? While it is still worth proposing, promising more than
        today's split, and `plan` is not better than it beyond doubt.

        `plan` was picked as the best of all on these very entities, so the doubt is that of every direction
        of the K free rows at once: the difference has to pass sqrt(chi2_K) standard errors (Scheffé 1953).
        """
        if not self.limits.allows(earlier) or np.array_equal(earlier, self.limits.current):
            return False
        if not self._worth(earlier) > self.keeping:
            return False
        ahead = self.goal.value(self.change(plan) - self.change(earlier))
        reach = float(np.sqrt(chi2.ppf(STEADY_LEVEL, max(int(self.limits.free.sum()), 1))))
        return not total(ahead) - reach * standard_error(ahead) > 0
