"""The concave program: the most value less some standard errors of it, under a budget, bounds, a step cap."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.split.goals import Goal, Weights
from models.split.limits import Limits, moving_range
from models.split.local_model import LocalModel

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quadratic:
    """mean . w + 1/2 curvature . dx^2, with w = (1, dx), and its covariance about a reference plan."""

    mean: Floats  # (1 + K,)
    curvature: Floats  # (K,)
    covariance: Floats  # (1 + K, 1 + K)
    reference: Floats  # (1 + K,) the doubt counts the distance from here

    def bound(self, dx: Floats, z: float, smooth: float = 0.0) -> tuple[float, Floats]:
        """Estimate + z standard errors at dx (K,), and its gradient (K,). z < 0 is a lower bound."""
        w = np.concatenate(([1.0], dx))
        doubt = w - self.reference
        spread = self.covariance @ doubt
        error = float(np.sqrt(max(float(doubt @ spread), 0.0) + smooth**2))
        value = float(self.mean @ w) + 0.5 * float(self.curvature @ dx**2) + z * error
        slope = self.mean[1:] + self.curvature * dx
        return value, slope + (z * spread[1:] / error if error > 0 else 0.0)


@dataclass(frozen=True)
class Program:
    """Maximise `value` less `doubt` standard errors, with the upper bound of `spend` at most `spend_room` and
    the lower bound of `floor`, where there is one, 0 or more."""

    limits: Limits
    point: Floats  # (K,) multipliers the quadratics are written around
    value: Quadratic
    spend: Quadratic
    spend_room: float
    """How far spend may rise above today's."""
    z: float
    """Standard errors by which spend may be more, and what a target leaves over less."""
    goal: Goal
    doubt: float
    """Standard errors by which the value may be less."""
    floor: Quadratic | None = None
    """What the goal's target leaves over, its level and not its change."""
    home: Floats | None = None
    """(K,) a plan that keeps to everything; left out, `limits.anchor()` does."""

    @property
    def base(self) -> Floats:
        """(K,) the plan from which others are sought."""
        return self.limits.anchor() if self.home is None else self.home


def split_program(
    model: LocalModel,
    limits: Limits,
    z: float,
    goal: Goal,
    calibration: float = 1.0,
    *,
    doubt: float,
) -> Program:
    """The goal's value against today's split. `calibration` turns estimated spend into the log's own total.

    Convex noise in the value's curvature is cut off at 0 (a channel's returns do not grow), and
    concave noise in the spend's, where leaving it out is the cautious side. Where the anchor misses the
    goal's target, the plan with the largest bound of it is where the search begins; where that misses it
    too, the target is out of reach and the program leaves it out.
    """
    means = model.means()
    today = np.zeros(len(limits.channels) + 1)  # levels are differences from today already
    spend = Quadratic(
        calibration * means[1],
        calibration * np.maximum(model.curvature[1], 0.0),
        calibration**2 * model.covariance((0.0, 1.0, 0.0)),
        today,
    )
    value = value_of(model, goal.weights, today)
    anchor_spend, _ = spend.bound(limits.multipliers(limits.anchor()) - model.point, z)
    # today's split must stay allowed, so the room is never less than what the anchor needs
    room = max(limits.budget - float(limits.current.sum()), anchor_spend)
    program = Program(limits, model.point, value, spend, room, z, goal, doubt)
    if goal.floor is None:
        return program
    floor = floor_of(model, goal.floor)
    aimed = replace(program, floor=floor)
    if _allowed(aimed, limits.anchor(), z):
        return aimed
    nearest = solve(replace(program, value=floor), thorough=False)
    aimed = replace(aimed, home=nearest)
    return aimed if _allowed(aimed, nearest, z) else program


def value_of(model: LocalModel, weights: Weights, reference: Floats) -> Quadratic:
    """A weighted total against today's."""
    w = np.array(weights)
    return Quadratic(
        np.einsum("q,qk->k", w, model.means(), optimize=False),
        np.minimum(np.einsum("q,qk->k", w, model.curvature, optimize=False), 0.0),
        model.covariance(weights),
        reference,
    )


def floor_of(model: LocalModel, weights: Weights) -> Quadratic:
    """A weighted total itself: today's level with its own doubt, and the change."""
    change = value_of(model, weights, np.zeros(model.columns.shape[2]))
    level = float(np.einsum("q,qc->", np.array(weights), model.today, optimize=False))
    mean = change.mean + np.eye(1, len(change.mean))[0] * level
    return replace(change, mean=mean, covariance=model.covariance(weights, levels=True))


def solve(program: Program, *, starts: tuple[Floats, ...] = (), thorough: bool = True) -> Floats:
    """(K,) best plan in currency. Several starts, since the bound has a kink at today's split."""
    limits, anchor = program.limits, program.base
    points = [anchor, *starts]
    if thorough and program.z > 0:
        plain = _climb(replace(program, doubt=0.0), anchor, z=0.0)
        points += [plain, (anchor + plain) / 2]
    best, best_value = anchor, _lower_bound(program, anchor)
    for plan in [p for p in starts if _allowed(program, p, program.z)] + [
        _climb(program, start, z=program.z) for start in points
    ]:
        value = _lower_bound(program, plan)
        if value > best_value + 1e-9 * limits.budget:
            best, best_value = plan, value
    return best


def _lower_bound(program: Program, plan: Floats) -> float:
    return program.value.bound(program.limits.multipliers(plan) - program.point, -program.doubt)[0]


def _climb(program: Program, start: Floats, z: float) -> Floats:
    """SLSQP in shares of the budget, raise and cut apart so that the step cap is linear."""
    limits = program.limits
    free = np.flatnonzero(limits.free)
    if len(free) == 0:
        return program.base
    B, current = limits.budget, limits.current
    low, high = moving_range(limits)
    base = np.clip(current, low, high)  # held channels stay here
    n = len(free)
    rate = B * limits.per_unit[free]  # change of a multiplier per share of the budget
    fixed_move = float(np.abs(base - current)[~limits.free].sum()) / B
    fixed_total = float(base[~limits.free].sum() + current[free].sum()) / B
    smooth = 1e-4 * float(np.sqrt(program.value.covariance.diagonal().max(initial=0.0)))

    def plan_of(y: Floats) -> Floats:
        plan = base.copy()
        plan[free] = current[free] + B * (y[:n] - y[n:])
        return plan

    def bound(total: Quadratic, y: Floats, errors: float) -> tuple[float, Floats]:
        """Of a total, and its gradient (2n,), per unit of the budget."""
        value, slope = total.bound(limits.multipliers(plan_of(y)) - program.point, errors, smooth)
        g = slope[free] * rate / B
        return value, np.concatenate((g, -g))

    def objective(y: Floats) -> tuple[float, Floats]:
        value, slope = bound(program.value, y, -program.doubt)
        return -value / B, -slope

    def spent(y: Floats) -> tuple[float, Floats]:
        value, slope = bound(program.spend, y, z)
        return (program.spend_room - value) / B, -slope

    def left_over(y: Floats) -> tuple[float, Floats]:
        assert program.floor is not None
        value, slope = bound(program.floor, y, -z)
        return value / B, slope

    ones = np.ones(n)
    linear = np.stack([np.concatenate((-ones, ones)), np.concatenate((-ones, -ones))])  # (2, 2n)
    offset = np.array([1.0 - fixed_total, limits.move_cap / B - fixed_move])
    gap_low, gap_high = (low[free] - current[free]) / B, (high[free] - current[free]) / B
    bounds = [(max(a, 0.0), max(b, 0.0)) for a, b in zip(gap_low, gap_high, strict=True)]
    bounds += [(max(-b, 0.0), max(-a, 0.0)) for a, b in zip(gap_low, gap_high, strict=True)]
    move = (start[free] - current[free]) / B
    answer = minimize(
        objective,
        np.concatenate((np.maximum(move, 0.0), np.maximum(-move, 0.0))),
        jac=True,
        method="SLSQP",
        bounds=bounds,
        constraints=[
            {"type": "ineq", "fun": lambda y: linear @ y + offset, "jac": lambda _: linear},
            _at_least_0(spent),
            *([] if program.floor is None else [_at_least_0(left_over)]),
        ],
        options={"maxiter": 200, "ftol": 1e-12},
    )
    plan = plan_of(answer.x) if np.all(np.isfinite(answer.x)) else program.base
    return _pulled_back(program, np.clip(plan, low, high), z)


def _at_least_0(total: Callable[[Floats], tuple[float, Floats]]) -> dict[str, Any]:
    """A constraint on a total that comes with its gradient: SLSQP asks for the two apart, at one place."""
    last: dict[bytes, tuple[float, Floats]] = {}

    def at(y: Floats) -> tuple[float, Floats]:
        place = y.tobytes()
        if place not in last:
            last.clear()
            last[place] = total(y)
        return last[place]

    return {"type": "ineq", "fun": lambda y: at(y)[0], "jac": lambda y: at(y)[1]}


def _pulled_back(program: Program, plan: Floats, z: float) -> Floats:
    """The allowed plan on the way from the base to `plan` that goes furthest; the allowed set is convex."""
    if _allowed(program, plan, z):
        return plan
    anchor = program.base
    below, above = 0.0, 1.0
    for _ in range(40):
        middle = (below + above) / 2
        fits = _allowed(program, anchor + middle * (plan - anchor), z)
        below, above = (middle, above) if fits else (below, middle)
    return anchor + below * (plan - anchor)


def _allowed(program: Program, plan: Floats, z: float) -> bool:
    dx, slack = program.limits.multipliers(plan) - program.point, 1e-7 * program.limits.budget
    kept = program.limits.allows(plan) and program.spend.bound(dx, z)[0] <= program.spend_room + slack
    return kept and (program.floor is None or program.floor.bound(dx, -z)[0] >= -slack)
