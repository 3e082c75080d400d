"""Candidates for the split, each evaluated directly on the choosing entities."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2

from models.split.delivery import DeliveryValue, standard_error, total
from models.split.goals import Goal, surplus_bound
from models.split.limits import Limits
from models.split.local_model import LocalModel, expand_at
from models.split.program import one_thread, solve, split_program
from models.split.rounding import round_plan

Floats = NDArray[np.float64]

ROUNDS = 3
"""At most so many candidates, each the optimum of slopes taken at the one before."""
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
    bound: float
    """Its lower bound."""
    more_spend: float
    """Upper bound of spend above today's."""
    surplus: float
    """Lower bound of what the goal's target leaves over; infinite without a target."""


UNKNOWN = Assessment(float("nan"), float("-inf"), float("inf"), float("-inf"))


class Search:
    """Looks for the plan with the largest lower bound of the goal's value."""

    def __init__(
        self, delivery: DeliveryValue, limits: Limits, goal: Goal, z: float, calibration: float
    ) -> None:
        """calibration: turns estimated spend into the log's own."""
        self.delivery, self.limits, self.goal, self.z = delivery, limits, goal, z
        self.calibration = calibration
        # as far as rounding and a model's error reach
        self.slack = SPEND_TOLERANCE * limits.budget
        self.room = max(limits.budget + self.slack - float(limits.current.sum()), 0.0)
        self.today = delivery.quantities(np.ones(len(limits.channels)))
        self.today_meets_target = surplus_bound(goal, self.today, z) >= 0

    def change(self, plan: Floats) -> Floats:
        """(C, 3) margin, spend and purchases of a plan less those of today's split."""
        return self.delivery.quantities(self.limits.multipliers(plan)) - self.today

    def assess(self, plan: Floats) -> Assessment:
        """A plan (K,), evaluated directly."""
        change = self.change(plan)
        if not np.all(np.isfinite(change)):
            return UNKNOWN
        surplus = surplus_bound(self.goal, self.today + change, self.z)
        if not change.any():
            return Assessment(0.0, 0.0, 0.0, surplus)
        value = self.goal.value(change)
        wobble = self.z * standard_error(change[:, 1])
        return Assessment(
            total(value),
            total(value) - self.z * standard_error(value),
            self.calibration * (total(change[:, 1]) + wobble),
            surplus,
        )

    def allows(self, found: Assessment) -> bool:
        """Within the budget and the goal's target, as far as can be told."""
        return found.more_spend <= self.room and found.surplus >= -self.slack

    def run(self, today: LocalModel) -> tuple[Floats, LocalModel]:
        """(K,) the best plan found, today's where there is none, and the model it came from."""
        limits, keep = self.limits, self.limits.current
        least = 0.0 if self.today_meets_target else float("-inf")
        best, best_bound, best_model = keep, least, today
        model, last = today, keep
        for step in range(ROUNDS):
            with one_thread():
                program = split_program(model, limits, self.z, self.goal, self.calibration)
                optimum = solve(program, starts=(last,))
            plan = round_plan(optimum, limits)
            if np.array_equal(plan, last):
                break
            found = self.assess(plan)
            if found.bound > best_bound and self.allows(found):
                best, best_bound, best_model = plan, found.bound, model
            near = float(np.abs(plan - last).sum()) <= max(0.02 * limits.budget, 2 * limits.step.max())
            costly = self.delivery.calls + int(limits.free.sum()) + 1 > MAX_EVALUATIONS
            if not np.isfinite(found.bound) or (step > 0 and near) or step == ROUNDS - 1 or costly:
                break
            model, last = expand_at(self.delivery, limits.multipliers(plan), limits.free, today), plan
        if best_bound == 0.0 and not np.array_equal(last, keep) and limits.allows(keep):
            plan = round_plan((keep + last) / 2, limits)  # perhaps the step was too long
            found = self.assess(plan)
            if found.bound > 0.0 and self.allows(found):
                best, best_model = plan, today
        return best, best_model

    def settled(self, plan: Floats, earlier: Floats) -> bool:
        """Does an earlier night's plan (K,) stay? While its lower bound against today's split is above 0 and
        `plan` is not better than it beyond doubt.

        `plan` was picked as the best of all on these very entities, so the doubt is that of every direction
        of the K free rows at once: the difference has to pass sqrt(chi2_K) standard errors (Scheffé 1953).
        """
        if not self.limits.allows(earlier) or np.array_equal(earlier, self.limits.current):
            return False
        found = self.assess(earlier)
        if not found.bound > 0 or not self.allows(found):
            return False
        ahead = self.goal.value(self.change(plan) - self.change(earlier))
        reach = float(np.sqrt(chi2.ppf(STEADY_LEVEL, max(int(self.limits.free.sum()), 1))))
        return not total(ahead) - reach * standard_error(ahead) > 0
