"""Choosing the split: the plan whose profit is better than today's by the largest lower bound."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.results import Overlap
from models.settings import EvaluationSettings, SplitSettings
from models.split.delivery import DeliveryValue, profit_of, spend_of, standard_error, total
from models.split.feasibility import check_bounds
from models.split.limits import Limits, budget_limits
from models.split.local_model import LocalModel, expand_at, expand_today
from models.split.program import one_thread, solve, split_program
from models.split.rounding import round_plan
from models.split.stability import budget_intervals
from models.split.support import held_channels

Floats = NDArray[np.float64]

ROUNDS = 3
"""At most so many candidates, each the optimum of slopes taken at the one before."""
MAX_EVALUATIONS = 40
"""Each costs seconds: no further point of expansion is taken that would pass this number."""
SPEND_TOLERANCE = 0.005
"""The upper bound of a candidate's spend, evaluated directly, may pass the budget by this share; typed
budgets never do."""
CHANNEL_TIERS = ("A+", "A")
"""Evidence tiers whose logs show who could have seen an ad and did not."""


@dataclass(frozen=True)
class SplitChoice:
    """What the choosing entities say. K channels, A = K + 1 actions; money in currency per period."""

    tier: str
    limits: Limits
    plan: tuple[float, ...]
    """(K,) budgets as typed; today's where nothing better was found."""
    multipliers: tuple[float, ...]
    """(A,) for scaled delivery, `none` first (1)."""
    held: dict[str, str]
    """Channel -> why it may not move."""
    step_cap_binds: bool
    estimate: float
    """Profit against today's split, on the entities that chose it: too good to be promised."""
    bound: float
    """Its lower bound; 0 when today's split is kept."""
    budget_low: tuple[float, ...]
    budget_high: tuple[float, ...]
    """(K,) interval of each budget, from the optimiser on resampled entities."""
    stop: str
    """Why these logs allow no split at all, or empty."""
    model: LocalModel | None
    """Slopes and curvatures around today's delivery; None when nothing could be estimated."""

    @property
    def moves(self) -> bool:
        """Is the plan another than today's?"""
        return self.plan != tuple(self.limits.current.tolist())


def choose_split(
    delivery: DeliveryValue,
    *,
    tier: str,
    split: SplitSettings,
    evaluation: EvaluationSettings,
    overlap: tuple[Overlap, ...],
    current: Mapping[str, float] | None = None,
    held: Mapping[str, str] | None = None,
    entity: str = "user",
    currency: str = "EUR",
    seed: int = 0,
) -> SplitChoice:
    """maximise LCB[profit(m) - profit(1)] subject to UCB[spend(m)] <= B, bounds and step cap.

    `delivery`: scaled delivery on the choosing entities. `current`: today's spend per period by
    channel, from the logs (left out: as estimated on these entities). `held`: channels to hold for
    reasons known elsewhere. Profit is margin minus spend, so that money left over counts.

    Slopes by finite differences, a concave program, then the rounded optimum is evaluated directly
    and becomes the next point of expansion, at most `ROUNDS` times. Of all candidates evaluated the
    one with the largest lower bound wins, and today's split if none is above 0.
    Raises StudyError when the study's bounds contradict each other.
    """
    channels = delivery.channels
    if current is None:
        spend = delivery.today()[:, 1:].sum(axis=0) if channels else np.zeros(0)
        current = dict(zip(channels, spend.tolist(), strict=True))
    current = {c: float(current[c]) for c in channels}
    check_bounds(current, split, currency=currency)
    spending = tuple(c for c in channels if current[c] > 0)
    reasons = held_channels(overlap, spending, split, evaluation, entity=entity) | dict(held or {})
    reasons = {c: r for c, r in reasons.items() if c in spending}  # without spend, nothing to hold
    stop = _stop(delivery, tier, spending, reasons, entity)
    limits = budget_limits(
        current, split, frozenset(reasons) | (frozenset(channels) if stop else frozenset())
    )
    if stop:
        return _kept(tier, limits, reasons, stop=stop, model=None)
    model = expand_today(delivery, limits.free)
    if not limits.allows(limits.anchor()):  # the held channels leave too little room to meet the limits
        return _kept(tier, limits, reasons, stop="", model=model)

    today = delivery.today()
    calibration = float(limits.current.sum()) / max(total(spend_of(today)), 1e-12)
    search = _Search(delivery, limits, split.z, calibration)
    chosen, at = search.run(model)
    low, high = budget_intervals(
        at, limits, split.z, calibration, chosen, cluster_key=delivery.cluster_key,
        resamples=split.bootstrap, level=evaluation.level, seed=seed,
    )  # fmt: skip
    estimate, bound, _ = search.assess(chosen)
    moved = float(np.abs(chosen - limits.current).sum())
    return SplitChoice(
        tier=tier,
        limits=limits,
        plan=tuple(chosen.tolist()),
        multipliers=(1.0, *limits.multipliers(chosen).tolist()),
        held=reasons,
        step_cap_binds=moved > 0 and moved >= limits.move_cap - 2 * limits.step,
        estimate=estimate,
        bound=bound,
        budget_low=tuple(low.tolist()),
        budget_high=tuple(high.tolist()),
        stop="",
        model=model,
    )


class _Search:
    """Candidates and their direct evaluation on the choosing entities."""

    def __init__(self, delivery: DeliveryValue, limits: Limits, z: float, calibration: float) -> None:
        self.delivery, self.limits, self.z, self.calibration = delivery, limits, z, calibration

    def assess(self, plan: Floats) -> tuple[float, float, float]:
        """(estimate, lower bound, upper bound of spend above today's) of a plan, evaluated directly."""
        values = self.delivery.at(self.limits.multipliers(plan))
        change = values - self.delivery.today()
        if not np.all(np.isfinite(change)):
            return float("nan"), float("-inf"), float("inf")
        profit, spend = profit_of(change), spend_of(change)
        gain, more = total(profit), self.calibration * total(spend)
        if not change.any():
            return 0.0, 0.0, 0.0
        doubt, wobble = self.z * standard_error(profit), self.z * standard_error(spend)
        return gain, gain - doubt, more + self.calibration * wobble

    def run(self, today: LocalModel) -> tuple[Floats, LocalModel]:
        """(K,) the best plan found, and the model it came from."""
        limits, keep = self.limits, self.limits.current
        room = limits.budget * (1 + SPEND_TOLERANCE) - float(keep.sum())
        best, best_bound, best_model = keep, 0.0, today
        model, last = today, keep
        for step in range(ROUNDS):
            with one_thread():
                optimum = solve(split_program(model, limits, self.z, self.calibration), starts=(last,))
            plan = round_plan(optimum, limits)
            if np.array_equal(plan, last):
                break
            _, bound, spend = self.assess(plan)
            if bound > best_bound and spend <= max(room, 0.0):
                best, best_bound, best_model = plan, bound, model
            near = float(np.abs(plan - last).sum()) <= max(0.02 * limits.budget, 2 * limits.step)
            costly = self.delivery.calls + int(limits.free.sum()) + 1 > MAX_EVALUATIONS
            if not np.isfinite(bound) or (step > 0 and near) or step == ROUNDS - 1 or costly:
                break
            model, last = expand_at(self.delivery, limits.multipliers(plan), limits.free, today), plan
        if best_bound == 0.0 and not np.array_equal(last, keep) and limits.allows(keep):
            plan = round_plan((keep + last) / 2, limits)  # perhaps the step was too long
            _, bound, spend = self.assess(plan)
            if bound > 0.0 and spend <= max(room, 0.0):
                best, best_model = plan, today
        return best, best_model


def _stop(
    delivery: DeliveryValue, tier: str, spending: tuple[str, ...], held: dict[str, str], entity: str
) -> str:
    """Why no split can be chosen at all, in one sentence, or empty."""
    if not spending:
        return "The logs hold no spend on any channel, so there is no budget to split."
    if tier not in CHANNEL_TIERS:
        return (
            f"These logs show only who saw an ad, not which {entity}s could have seen one and did not, "
            "so they cannot tell what any channel earns."
            if tier == "B"
            else "Daily totals alone do not show what any channel earns."
        )
    if len(spending) == 1:
        return f"All spend goes to one channel ({spending[0]}), so there is nothing to split."
    if not delivery.today()[:, 0].any():
        return (
            f"The logs hold no purchases of the {entity}s that choose the split, so nothing is known about "
            "what any channel earns."
        )
    if all(c in held for c in spending):
        return f"No channel can be judged. {'; '.join(f'{c} is {held[c]}' for c in spending)}."
    return ""


def _kept(
    tier: str, limits: Limits, held: dict[str, str], *, stop: str, model: LocalModel | None
) -> SplitChoice:
    plan = tuple(limits.current.tolist())
    low, high = np.minimum(limits.low, limits.current), np.maximum(limits.high, limits.current)
    return SplitChoice(
        tier=tier,
        limits=limits,
        plan=plan,
        multipliers=(1.0,) * (len(plan) + 1),
        held=held,
        step_cap_binds=False,
        estimate=0.0,
        bound=0.0,
        budget_low=tuple(low.tolist()),
        budget_high=tuple(high.tolist()),
        stop=stop,
        model=model,
    )
