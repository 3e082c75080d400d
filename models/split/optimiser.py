"""Choosing the split: of the plans that are better than today's beyond doubt, the one that earns most."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.evaluation import BootstrapT
from models.results import (
    Hold,
    NoneJudged,
    NothingSold,
    NothingSpent,
    Obstacle,
    OneChannel,
    ShownAlone,
    TargetUnmet,
    TotalsAlone,
)
from models.settings import SplitSettings
from models.split.choice import CHANNEL_TIERS, SplitChoice
from models.split.delivery import DeliveryValue, spend_of, standard_error, total
from models.split.feasibility import check_bounds
from models.split.goals import Goal, goal_of, reached
from models.split.limits import Limits, budget_limits
from models.split.local_model import LocalModel, expand_today
from models.split.rounding import round_plan
from models.split.search import Confidence, Search
from models.split.segments import Segments
from models.split.shrink import kept_share
from models.split.stability import Draws, steadiness
from models.split.steadiness import lasting_level
from models.split.step_limit import step_cap_binds, step_limit
from models.split.support import Holds, held_channels, never_idle, none_is_rare, not_scaled
from models.split.terms import Budgets, Known, Terms

Floats = NDArray[np.float64]

TODAYS_SPEND = Budgets()

__all__ = ["CHANNEL_TIERS", "SplitChoice", "choose_split"]


@dataclass(frozen=True)
class _Task:
    """What every choice of a night shares."""

    terms: Terms
    known: Known
    goal: Goal
    confidence: Confidence
    rare_none: frozenset[str] = frozenset()
    """Rows whose eligible entities nearly all saw an ad."""


def choose_split(
    delivery: DeliveryValue,
    terms: Terms,
    known: Known,
    budgets: Budgets = TODAYS_SPEND,
    *,
    segments: Segments | None = None,
    bootstrap: BootstrapT | None = None,
) -> SplitChoice:
    """maximise value(m) - value(1), in doubt, subject to UCB[spend(m)] <= B, bounds, step cap, the target.

    `delivery`: scaled delivery on all entities. `goals` says what the value is; by default margin minus
    spend, so that money left over counts. `segments`: the same entities by segment, where budgets may differ
    by segment: half of the bound's error is then whole channels', a quarter pays for cutting them by what
    these very entities show, a quarter for the plans between the cells. `bootstrap`: of these entities, where
    it is at hand.

    Slopes by finite differences, concave programs for a few degrees of doubt, then their rounded optima
    are evaluated directly and the best becomes the next point of expansion, at most `ROUNDS` times. Of all
    candidates evaluated the one that is worth most wins (`search`), and today's split if none gains anything;
    a split by segment only if it is worth more than the best split between whole channels.
    Raises StudyError when the study's bounds contradict each other.
    """
    channels, tier, overlap = delivery.channels, known.tier, known.overlap
    split, evaluation = terms.split, terms.evaluation
    spent, valued = budgets.spent, budgets.valued
    current = {c: float(now) for c, now in _current(delivery, budgets).items()}
    check_bounds(current, split, currency=terms.currency)
    spending = tuple(c for c in channels if current[c] > 0)
    holds = held_channels(overlap, spending, split, evaluation)
    chosen = never_idle(overlap, channels)
    if chosen:
        holds = Holds(holds.held)
    reasons = holds.held | dict(known.held) | not_scaled(spending, spent or current, valued or current)
    reasons = {c: r for c, r in reasons.items() if c in spending}  # without spend, nothing to hold
    holds = Holds(reasons, {c: r for c, r in holds.uncut.items() if c not in reasons})
    stop = _stop(delivery, tier, spending, holds)
    limits = budget_limits(
        current, split, frozenset(reasons) | (frozenset(channels) if stop else frozenset()),
        frozenset(holds.uncut), spent=spent, valued=valued,
    )  # fmt: skip
    rare = frozenset() if chosen else none_is_rare(overlap, split)
    errors = (1.0 - evaluation.level) / (1 if segments is None else 2)
    confidence = Confidence(bootstrap or BootstrapT(delivery.cluster_key, seed=terms.seed), 1.0 - errors)
    task = _Task(terms, known, goal_of(split, terms.currency), confidence, rare)
    if stop:
        return _kept(task, limits, holds, stop=stop, model=None)
    model = expand_today(delivery, limits.free)
    whole = _best(task, delivery, limits, model, holds, tuple((c, None) for c in channels))
    cells = None if segments is None else segments.cells(delivery, limits.free, 1.0 - errors / 2)
    if segments is None or cells is None:
        return whole
    by_segment = segments.delivery(cells, evaluation)
    spend_by_cell = cells.spend(current, segments.shares)
    rows = tuple(c for c in cells.names if spend_by_cell[c] > 0)
    by_row = segments.overlap(cells, evaluation.min_behaviour_probability)
    own = held_channels(by_row, rows, split, evaluation)
    own = Holds(own.held) if chosen else own
    found = own.held | {c: reason for c, reason in cells.held(reasons).items() if c in rows}
    outside = {c.name for c in cells.cells if not c.addressed}
    by_cell = budget_limits(
        spend_by_cell, cells.settings(split, segments.shares), frozenset(found) | outside,
        frozenset(own.uncut),
        spent=None if spent is None else cells.spend(spent, segments.shares),
        valued=None if valued is None else by_segment.spend_today,
    )  # fmt: skip
    part = _best(
        replace(
            task,
            confidence=replace(confidence, level=1.0 - errors / 2),
            rare_none=frozenset() if chosen else none_is_rare(by_row, split),
        ),
        by_segment, by_cell, segments.model(cells, model, delivery),
        Holds(
            {c: reason for c, reason in found.items() if c not in outside},
            {c: reason for c, reason in own.uncut.items() if c not in found and c not in outside},
        ),
        tuple((cells.channels[c.channel], c.label) for c in cells.cells),
    )  # fmt: skip
    return replace(part, cells=cells, whole_channels=whole) if part.worth > whole.worth else whole


def _current(delivery: DeliveryValue, budgets: Budgets) -> dict[str, float]:
    """Today's budget of every channel."""
    channels = delivery.channels
    if budgets.current is not None:
        return {c: budgets.current[c] for c in channels}
    spend = delivery.today()[:, 1:].sum(axis=0) if channels else np.zeros(0)
    return dict(zip(channels, spend.tolist(), strict=True))


def _best(
    task: _Task,
    delivery: DeliveryValue,
    limits: Limits,
    model: LocalModel,
    holds: Holds,
    rows: tuple[tuple[str, str | None], ...],
) -> SplitChoice:
    """The best plan for the rows (K,) of a delivery, and how steady it is."""
    split, goal = task.terms.split, task.goal
    earlier = task.known.earlier
    if not limits.allows(limits.anchor()):  # the held channels leave too little room to meet the limits
        return _kept(task, limits, holds, stop=None, model=model)
    calibration = float(limits.valued.sum()) / max(total(spend_of(delivery.today())), 1e-12)
    search = Search(delivery, limits, goal, split.z, calibration, confidence=task.confidence)
    best, surest = search.run(model)
    chosen = best.plan
    stays_from, before = "", None if earlier is None else earlier.plan(rows, limits)
    if earlier is not None and before is not None:
        before = round_plan(np.clip(before, limits.low, limits.high), limits)
        if np.array_equal(before, chosen) or search.settled(chosen, before):
            chosen, stays_from = before, earlier.as_of
    steady = steadiness(
        search.program(best.model, best.doubt), best.model, chosen, calibration=calibration,
        draws=Draws(
            delivery.cluster_key, split.bootstrap, task.terms.evaluation.level, task.terms.seed
        ),
    )  # fmt: skip
    moved = float(np.abs(chosen - limits.current).sum())
    shortfall = None
    if not search.today_meets_target and moved == 0:
        shortfall = _shortfall(goal, search.today, split)
    choice = SplitChoice(
        tier=task.known.tier,
        limits=limits,
        plan=tuple(chosen.tolist()),
        multipliers=(1.0, *limits.multipliers(chosen).tolist()),
        held=holds.held,
        uncut=holds.uncut,
        rare_none=task.rare_none,
        limited_by=step_limit(best, search.refused, chosen, limits, task.rare_none),
        step_cap_binds=step_cap_binds(chosen, limits),
        estimate=0.0,
        bound=0.0,
        budget_low=tuple(steady.low.tolist()),
        budget_high=tuple(steady.high.tolist()),
        stop=None,
        model=model,
        goal=goal,
        worth=search.worth(search.assess(chosen)) if moved > 0 else search.keeping,
        level=task.confidence.level,
        lasting=lasting_level(len(delivery.cluster_key), task.confidence.level),
        repairs=not search.today_meets_target and not search.assess(chosen).bound > 0,
        shortfall=shortfall,
        stays_from=stays_from if moved > 0 else "",
    )
    if moved == 0:
        return choice
    plans = search.plans(model, choice.weights)
    reach = plans.errors(choice.level) if split.z > 0 else 0.0

    def valued(some: SplitChoice) -> SplitChoice:
        gain = some.gain(search.change(np.array(some.plan)))
        return replace(
            some, plans=plans, estimate=total(gain), bound=total(gain) - reach * standard_error(gain)
        )

    taken = 1.0 if best.wanted is None else kept_share(chosen, best.wanted, limits)
    choice = replace(valued(choice), optimism=max(taken * steady.optimism, 0.0))
    if stays_from or not surest.bound > 0 or np.array_equal(surest.plan, chosen):
        return choice
    second = replace(
        choice,
        plan=tuple(surest.plan.tolist()),
        multipliers=(1.0, *limits.multipliers(surest.plan).tolist()),
        limited_by=step_limit(surest, search.refused, surest.plan, limits, task.rare_none),
        step_cap_binds=step_cap_binds(surest.plan, limits),
        worth=search.worth(search.assess(surest.plan)),
    )
    return replace(choice, surest=valued(second))


def _shortfall(goal: Goal, today: Floats, split: SplitSettings) -> TargetUnmet | None:
    """No allowed plan meets the goal's target beyond doubt: what today's (C, 3) reaches and meets."""
    if goal.target is None:
        return None
    least = _sure_of(goal, today, split.z)
    met = None
    if np.isfinite(least):
        met = float(np.floor(100 * least) if goal.weights[0] else np.ceil(100 * least)) / 100
    return TargetUnmet(goal.target, reached(goal, today), met)


def _sure_of(goal: Goal, quantities: Floats, z: float) -> float:
    """The ratio that is met beyond doubt: margin per spend from below, spend per purchase from above."""
    top, bottom = (0, 1) if goal.weights[0] else (1, 2)
    ratio = reached(goal, quantities)
    error = standard_error(quantities[:, top] - ratio * quantities[:, bottom])
    error /= max(total(quantities[:, bottom]), 1e-12)
    return ratio - z * error if goal.weights[0] else ratio + z * error


def _stop(delivery: DeliveryValue, tier: str, spending: tuple[str, ...], holds: Holds) -> Obstacle | None:
    """Why no split can be chosen at all."""
    if not spending:
        return NothingSpent()
    if tier not in CHANNEL_TIERS:
        return ShownAlone() if tier == "B" else TotalsAlone()
    if len(spending) == 1:
        return OneChannel(spending[0])
    if not delivery.today()[:, 0].any():
        return NothingSold()
    reasons: dict[str, Hold] = {**holds.held, **holds.uncut}
    if all(c in reasons for c in spending):
        return NoneJudged(tuple((c, reasons[c]) for c in spending))
    return None


def _kept(
    task: _Task, limits: Limits, holds: Holds, *, stop: Obstacle | None, model: LocalModel | None
) -> SplitChoice:
    plan = tuple(limits.current.tolist())
    low, high = np.minimum(limits.low, limits.current), np.maximum(limits.high, limits.current)
    return SplitChoice(
        tier=task.known.tier,
        limits=limits,
        plan=plan,
        multipliers=(1.0,) * (len(plan) + 1),
        held=holds.held,
        uncut=holds.uncut,
        step_cap_binds=False,
        estimate=0.0,
        bound=0.0,
        budget_low=tuple(low.tolist()),
        budget_high=tuple(high.tolist()),
        stop=stop,
        model=model,
        goal=task.goal,
    )
