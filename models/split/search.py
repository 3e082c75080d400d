"""Candidates for the split, each evaluated directly on all entities, and which of them to take.

Whoever picks the best of many plans by the same entities' figures pays for the picking: a plan is *confirmed*
where its lower bound that holds for every plan at once is above 0 (`PlanClass`). All confirmed plans are then
better than today's together, with one error probability, so of them the one may be taken that is expected to
earn the most, and not the one whose bound is largest: that would be a small step. Of plans none of which is
confirmed, the one most likely to be by a longer log is worth telling of: its `promise`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from models.evaluation import BootstrapT, Gate, PlanClass, plan_class, promise
from models.numerics import one_blas_thread
from models.split.delivery import DeliveryValue, standard_error, total
from models.split.goals import Goal, Weights, surplus_bound, weighted
from models.split.limits import Limits
from models.split.local_model import LocalModel, expand_at
from models.split.program import Program, solve, split_program
from models.split.rounding import round_plan
from models.split.shrink import MIN_STEP, fewer_cuts, kept_share, whole_step
from models.split.worth import Worth

Floats = NDArray[np.float64]

ROUNDS = 3
"""Candidates of a round are optima of slopes taken at the best one of the round before."""
BOLD = 1.0
"""Standard errors taken off the gain by which confirmed plans are compared."""
DOUBTS = (0.0, 0.5, 1.0)
"""Of the way from BOLD to the reach of the whole class: by so many standard errors less a plan's gain is
maximised, one candidate for each. The last of them has the largest bound."""
MAX_EVALUATIONS = 40
"""Each costs seconds: no further point of expansion is taken that would pass this number."""
SPEND_TOLERANCE = 0.005
"""The upper bound of a candidate's spend, evaluated directly, may pass the budget by this share, and the
lower bound of what a target leaves over may miss 0 by it; typed budgets never pass the budget."""
FURTHEST = 6.0
"""Standard errors that stand in for a reach that too few entities tell."""
STEADY_LEVEL = 0.95
"""Of the test by which a new plan has to be better than last night's."""


@dataclass(frozen=True)
class Confidence:
    """How a plan that was picked on the entities themselves is believed."""

    bootstrap: BootstrapT
    level: float = 0.95
    """Of a lower bound for all plans at once, one-sided."""


@dataclass(frozen=True)
class Assessment:
    """One plan against today's split, evaluated directly; in currency per period."""

    estimate: float
    """Of the goal's value."""
    error: float
    """Its standard error."""
    bound: float
    """Its lower bound, for all plans at once."""
    more_spend: float
    """Upper bound of spend above today's."""
    surplus: float
    """Lower bound of what the goal's target leaves over; infinite without a target."""
    gate: Gate | None = None
    """The gate it is beyond: the log does not support it, and the rest is not known."""


UNKNOWN = Assessment(float("nan"), float("nan"), float("-inf"), float("inf"), float("-inf"))


@dataclass(frozen=True)
class Found:
    """A candidate (K,), the model it is an optimum of, by how many standard errors less, its worth and
    bound."""

    plan: Floats
    model: LocalModel
    doubt: float
    worth: Worth
    bound: float
    wanted: Floats | None = None
    """(K,) the optimum itself, where the log does not support it and `plan` is a smaller step,"""
    gate: Gate | None = None
    """and the gate it is beyond."""


class Search:
    """Looks for the plan that is worth most."""

    def __init__(
        self,
        delivery: DeliveryValue,
        limits: Limits,
        goal: Goal,
        z: float,
        calibration: float,
        *,
        confidence: Confidence,
    ) -> None:
        """calibration: turns estimated spend into the log's own."""
        self.delivery, self.limits, self.goal, self.z = delivery, limits, goal, z
        self.calibration, self.confidence = calibration, confidence
        # as far as rounding and a model's error reach
        self.slack = SPEND_TOLERANCE * limits.budget
        self.room = max(limits.budget + self.slack - float(limits.current.sum()), 0.0)
        self.today = delivery.quantities(np.ones(len(limits.channels)))
        self.today_meets_target = surplus_bound(goal, self.today, z) >= 0
        self.refused: tuple[Floats, Gate] | None = None
        """The first optimum (K,) of which no step worth taking passes, and the gate it is beyond."""
        self.reach = float("inf")
        """Standard errors by which any plan's estimate may be too high."""
        self._tried: dict[bytes, Floats] = {}
        # what today's split is worth: nothing, and less than any plan that meets a target it misses
        self.keeping = Worth(False, 0.0 if self.today_meets_target else float("-inf"))

    def plans(self, model: LocalModel, weights: Weights) -> PlanClass:
        """All plans that might be proposed, by what `weights` make of margin, spend and purchases: those of a
        model around today's delivery, and those evaluated so far."""
        limits = self.limits
        free = np.flatnonzero(limits.free)
        # a plan's typed budgets add up to no more than today's, wherever the budget is no larger
        capped = limits.budget <= float(limits.current.sum()) * (1 + 1e-9)
        unit = limits.per_unit[free]
        costs = np.divide(1.0, unit, out=np.zeros(len(free)), where=unit > 0)
        tried = [weighted(change, weights) for change in self._tried.values()]
        return plan_class(
            model.slopes(weights, free),
            self.confidence.bootstrap,
            spends=costs if capped else None,
            tried=np.column_stack(tried) if tried else None,
        )

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
        self._tried[plan.tobytes()] = change
        value = self.goal.value(change)
        error, wobble = standard_error(value), self.z * standard_error(change[:, 1])
        doubt = self.reach * error if self.z > 0 and error > 0 else 0.0
        return Assessment(
            total(value),
            error,
            total(value) - doubt,
            self.calibration * (total(change[:, 1]) + wobble),
            surplus,
        )

    def allows(self, found: Assessment) -> bool:
        """Within the budget and the goal's target, as far as can be told."""
        return found.more_spend <= self.room and found.surplus >= -self.slack

    def worth(self, found: Assessment) -> Worth:
        """What a plan is worth proposing for, beside `keeping`. Where today's split misses the goal's target,
        a plan that gives something up to meet it is worth what is left after `z` standard errors; without
        doubt (z = 0), its gain."""
        if not np.isfinite(found.estimate):
            return Worth(False, float("-inf"))
        if not self.today_meets_target or self.z == 0:
            return Worth(False, found.estimate - self.z * found.error)
        if found.bound > 0:
            return Worth(True, found.estimate - BOLD * found.error)
        return Worth(False, promise(found.estimate, found.error, min(self.reach, FURTHEST)))

    def run(self, today: LocalModel) -> tuple[Found, Found]:
        """The plan that is worth most, today's where there is none; and the one with the largest bound."""
        limits, keep = self.limits, self.limits.current
        self.reach = self.plans(today, self.goal.weights).errors(self.confidence.level)
        nothing = Found(keep, today, self.z, self.keeping, 0.0)
        best, surest, model, last = nothing, nothing, today, keep
        reach = min(self.reach, FURTHEST)
        doubts = [BOLD + share * (reach - BOLD) for share in DOUBTS] if self.z > 0 else [0.0]
        for step in range(ROUNDS):
            round_best, seen = nothing, [keep, last]
            optima = [self._optimum(model, doubt, last) for doubt in doubts]
            self._look_at(optima, seen)
            for doubt, plan in zip(doubts, optima, strict=True):
                if any(np.array_equal(plan, other) for other in seen):
                    continue
                seen.append(plan)
                for candidate in self._candidates(plan, model, doubt, seen):
                    round_best = max(round_best, candidate, key=lambda f: f.worth)
                    surest = max(surest, candidate, key=lambda f: f.bound)
            best = max(best, round_best, key=lambda f: f.worth)
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
        return best, surest

    def _look_at(self, plans: Sequence[Floats], seen: Sequence[Floats]) -> None:
        """Evaluate new plans (K,), all at once."""
        new = [plan for plan in plans if not any(np.array_equal(plan, other) for other in seen)]
        self.delivery.prepare((self.limits.multipliers(plan) for plan in new), gates=True)

    def program(self, model: LocalModel, doubt: float) -> Program:
        """A model's gain less `doubt` standard errors, within the limits."""
        return split_program(model, self.limits, self.z, self.goal, self.calibration, doubt=doubt)

    def _optimum(self, model: LocalModel, doubt: float, start: Floats) -> Floats:
        """(K,) a model's plan with the largest gain less `doubt` standard errors, as it is typed in."""
        with one_blas_thread():
            optimum = solve(self.program(model, doubt), starts=(start,))
        return round_plan(optimum, self.limits)

    def _judged(self, plan: Floats) -> tuple[Worth, float]:
        """A plan's (K,) worth and bound, evaluated directly, where it keeps to everything."""
        found = self.assess(plan)
        if not self.allows(found):
            return Worth(False, float("-inf")), float("-inf")
        return self.worth(found), found.bound

    def _candidates(
        self, plan: Floats, model: LocalModel, doubt: float, seen: list[Floats]
    ) -> Iterator[Found]:
        """An optimum (K,) where the log supports it, else the smaller steps towards it that it does."""
        gate = self.delivery.gate(self.limits.multipliers(plan))
        if gate is None:
            yield Found(plan, model, doubt, *self._judged(plan))
            return
        passed = list(self._smaller(plan))
        if not passed:
            self.refused = self.refused or (plan, gate)
        for smaller in passed:
            if not any(np.array_equal(smaller, other) for other in seen):
                seen.append(smaller)
                yield Found(smaller, model, doubt, *self._judged(smaller), plan, gate)

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
        """Does an earlier night's plan (K,) stay? While it is still worth proposing, confirmed where `plan`
        is, and `plan` is not better than it beyond doubt.

        `plan` was picked as the best of all on these very entities, so the doubt is that of every direction
        of the K free rows at once: the difference has to pass sqrt(chi2_K) standard errors (Scheffé 1953).
        """
        if not self.limits.allows(earlier) or np.array_equal(earlier, self.limits.current):
            return False
        before, now = (self._judged(one)[0] for one in (earlier, plan))
        if not before > self.keeping or now.confirmed > before.confirmed:
            return False
        ahead = self.goal.value(self.change(plan) - self.change(earlier))
        reach = float(np.sqrt(chi2.ppf(STEADY_LEVEL, max(int(self.limits.free.sum()), 1))))
        return not total(ahead) - reach * standard_error(ahead) > 0
