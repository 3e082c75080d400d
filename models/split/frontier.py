"""The frontier: what the best plan earns at each total budget, evaluated on the entities that pick it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.numerics import one_blas_thread, side_by_side, upper_hull
from models.results import FrontierPoint
from models.split.choice import SplitChoice
from models.split.delivery import DeliveryValue
from models.split.doubt import IntervalMethod, bootstrap_interval
from models.split.goals import Goal
from models.split.limits import Limits, moving_range
from models.split.local_model import LocalModel
from models.split.program import Program, Quadratic, solve, value_of

Floats = NDArray[np.float64]

MARGIN_ALONE = Goal("margin", (1.0, 0.0, 0.0))
SHARES = (0.5, 0.75, 0.9, 1.0, 1.25, 1.5, 2.0)
"""Total budgets as shares of the study's, cut off where the multipliers' bounds end."""
HALVINGS = 3
"""Of the way from an edge that the log does not support towards the study's budget."""


def split_frontier(
    choice: SplitChoice,
    delivery: DeliveryValue,
    *,
    z: float,
    level: float = 0.95,
    interval: IntervalMethod | None = None,
) -> tuple[FrontierPoint, ...]:
    """Seven budgets from half to twice the study's, ascending, and nearer to it where the log supports none
    so far away; empty when nothing could be estimated.

    `delivery`: whole channels on all entities, also where the split itself is by segment.

    Each plan is the best by the slopes and curvatures (lower bound of margin against cutting or raising all
    free channels in proportion, without the step cap), or that proportional one where the log does not
    support it, and its margin is evaluated directly, on the entities that picked it: it flatters by a part of
    the verdict's optimism. Where a plan earns less than the mixture of its neighbours on the upper concave
    hull, the mixture stands in for it: running one plan in a share of the weeks and the other in the rest
    meets the budget exactly; where more money earns less, the rest stays unspent. `price` is the hull's
    slope; what is spent, `delivered` says.
    """
    choice = choice.whole_channels or choice
    model = choice.model
    if model is None or not choice.limits.free.any():
        return ()
    interval = interval or bootstrap_interval(delivery.cluster_key)
    limits = choice.limits
    found: dict[float, Floats | None] = {}

    def supported(budget: float) -> bool:
        if budget not in found:
            found[budget] = _supported_plan(model, limits, delivery, budget, z)
        return found[budget] is not None

    grid = supported_grid(limits, supported)
    side_by_side(supported, grid.tolist())
    budgets = np.array([b for b in grid.tolist() if supported(b)])
    plans = [plan for b in budgets.tolist() if (plan := found[b]) is not None]
    if len(plans) < 2:
        return ()
    values = np.stack([delivery.at(limits.multipliers(plan)) for plan in plans])  # (n, C, 1 + K)
    spends = np.stack([delivered(limits, delivery, plan) for plan in plans])  # (n, K)
    margins = values[:, :, 0]
    left, right, share = hull_mixture(budgets, margins.sum(axis=1))
    mixed = (1 - share)[:, None] * margins[left] + share[:, None] * margins[right]
    spent = (1 - share)[:, None] * spends[left] + share[:, None] * spends[right]
    prices = _slopes(budgets, mixed.sum(axis=1))
    points = []
    for budget, price, value, spend in zip(budgets, prices, mixed, spent, strict=True):
        margin = interval(np.ascontiguousarray(value), level)
        points.append(
            FrontierPoint(
                price=float(price), budget=float(budget), spend=float(spend.sum()),
                spend_by_channel=dict(zip(limits.channels, spend.tolist(), strict=True)),
                value=margin.estimate, low=margin.low, high=margin.high,
            )
        )  # fmt: skip
    return tuple(points)


def delivered(limits: Limits, delivery: DeliveryValue, plan: Floats) -> Floats:
    """(K,) what budgets (K,) spend, in currency units per period.

    A cut is spent as typed, for the same share of today's budget; a raise as far as the log's users could
    have been shown more, from none of it to all. An estimate of either from weights could come out anywhere,
    below 0 too.
    """
    m = limits.multipliers(plan)
    today, there = (values[:, 1:].sum(axis=0) for values in (delivery.today(), delivery.at(m)))
    raised = (m > 1) & (today > 0)
    reached = np.divide(there - today, today * (m - 1), out=np.ones(len(m)), where=raised)
    used = np.divide(limits.spent, limits.current, out=np.ones(len(m)), where=limits.current > 0)
    found: Floats = limits.spent + used * np.clip(reached, 0.0, 1.0) * (plan - limits.current)
    return found


def supported_grid(limits: Limits, supported: Callable[[float], bool]) -> Floats:
    """The grid of budgets between edges that the log supports, each found by halving its way to the study's
    budget; where not even the last half passes, that edge is the study's budget itself."""
    low, high = _edges(limits)
    if not low < limits.budget < high:
        return budget_grid(limits, low, high)

    def nearest(edge: float) -> float:
        for _ in range(HALVINGS + 1):
            if supported(edge):
                return edge
            edge = (edge + limits.budget) / 2
        return limits.budget

    return budget_grid(limits, nearest(low), nearest(high))


def _edges(limits: Limits) -> tuple[float, float]:
    """The least and the most that can be asked for."""
    least, most = (float(edge.sum()) for edge in moving_range(limits))
    return max(SHARES[0] * limits.budget, least), min(SHARES[-1] * limits.budget, most)


def budget_grid(limits: Limits, low: float, high: float) -> Floats:
    """(7,) ascending budgets, the study's own among them where it can be reached."""
    if high - low <= 1e-6 * limits.budget:
        return np.array([low])
    wanted = np.array(SHARES) * limits.budget
    if low <= wanted[0] and high >= wanted[-1]:
        return wanted
    if not low < limits.budget < high:
        return np.linspace(low, high, len(SHARES))
    return np.concatenate((np.linspace(low, limits.budget, 4), np.linspace(limits.budget, high, 4)[1:]))


def hull_mixture(x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Each point as a mixture of the two points of the upper concave, rising hull around it.

    x (n,) ascending. Returns (left, right, share), each (n,), with hull value
    (1 - share) y[left] + share y[right] at x; a point on the hull is itself, with share 0. Beyond the
    largest y its own point stands in: money may stay unspent.
    """
    hull = upper_hull(x.tolist(), y.tolist())
    top = hull[-1]
    if top == 0:
        nowhere = np.zeros(len(x), dtype=np.int64)
        return nowhere, nowhere, np.zeros(len(x))
    corners = np.array(hull)
    after = np.clip(np.searchsorted(corners, np.arange(len(x)), side="right"), 1, len(corners) - 1)
    left, right = corners[after - 1], corners[after]
    share = (np.minimum(x, x[top]) - x[left]) / (x[right] - x[left])
    return left, right, share


def _supported_plan(
    model: LocalModel, limits: Limits, delivery: DeliveryValue, budget: float, z: float
) -> Floats | None:
    """(K,) the best plan of a budget, or the proportional one; None where the log supports neither."""
    even = _proportional(limits, budget)
    with one_blas_thread():
        best = _best_plan(model, limits, budget, even, z)
    return next((p for p in (best, even) if delivery.gate(limits.multipliers(p)) is None), None)


def _proportional(limits: Limits, budget: float) -> Floats:
    """(K,) the free channels raised or cut by one common factor, as far as their bounds allow."""
    low, high = moving_range(limits)
    below, above = 0.0, float(np.max(high / np.where(limits.current > 0, limits.current, 1.0))) + 1.0
    for _ in range(60):
        middle = (below + above) / 2
        fits = np.clip(middle * limits.current, low, high).sum() <= budget
        below, above = (middle, above) if fits else (below, middle)
    return np.clip(below * limits.current, low, high)


def _best_plan(model: LocalModel, limits: Limits, budget: float, even: Floats, z: float) -> Floats:
    """(K,) the plan with the largest lower bound of margin against the proportional plan of that budget."""
    low, high = moving_range(limits)
    start = limits.multipliers(even) - model.point
    # the proportional plan takes the place of today's split: it is allowed, and the doubt counts from it
    around = replace(
        limits, budget=max(budget, float(even.sum())), low=low, high=high,
        move_cap=float(np.abs(even - limits.current).sum() + 2 * np.abs(high - low).sum()),
    )  # fmt: skip
    reference = np.concatenate(([1.0], start))
    value = value_of(model, MARGIN_ALONE.weights, reference)
    free_spend = Quadratic(
        np.zeros_like(value.mean), np.zeros(len(low)), np.zeros_like(value.covariance), reference
    )
    program = Program(around, model.point, value, free_spend, 0.0, z, MARGIN_ALONE, doubt=z)
    return np.clip(np.round(solve(program, starts=(even,)), 2), low, high)  # to the cent


def _slopes(budgets: Floats, values: Floats) -> Floats:
    """(n,) margin per extra unit of budget to the right of each point; the last one's from its left."""
    slopes = np.diff(values) / np.diff(budgets)
    # the hull falls already, up to the last digits
    return np.maximum(np.minimum.accumulate(np.append(slopes, slopes[-1])), 0.0)
