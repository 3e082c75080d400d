"""The decision: verdict, uplift and rows, once the chosen plan has been evaluated."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from models.evaluation import Believed
from models.results import (
    Interval,
    NotJudged,
    Obstacle,
    OverBudget,
    RowReason,
    SplitDecision,
    SplitRow,
    Stopped,
    TargetAtRisk,
    WaitsForAllNights,
    Why,
)
from models.settings import SplitSettings
from models.split.believed import believed
from models.split.bounds import broken_bound
from models.split.choice import CHANNEL_TIERS, SplitChoice
from models.split.delivery import DeliveryValue, spend_of, total
from models.split.doubt import Doubt, bootstrap_interval
from models.split.expected_spend import ExpectedSpend, expected_spend
from models.split.limits import Limits, budget_limits
from models.split.marginal import marginal_iroas, prepare_slopes
from models.split.missing import missing_data
from models.split.reasons import row_reasons
from models.split.segments import Segments
from models.split.steadiness import too_soon, what_changed
from models.split.terms import LoggedFacts
from models.split.verdict import (
    KEEP,
    MOVE_PARTLY,
    NO_EVIDENCE,
    Objections,
    Standing,
    decide,
    held_back,
    reason_of,
)

Floats = NDArray[np.float64]
NOTHING, NO_NEWS = LoggedFacts(), Standing()


def confirm_split(
    choice: SplitChoice,
    delivery: DeliveryValue,
    split: SplitSettings,
    facts: LoggedFacts = NOTHING,
    standing: Standing = NO_NEWS,
    doubt: Doubt | None = None,
) -> SplitDecision:
    """Verdict, uplift and rows. `delivery`: scaled delivery on the entities that chose (`delivered`). Money
    per budget period.

    `doubt`: the bootstrap-t of these entities when left out. An uplift that `standing` leaves out, or that is
    not in the goal, is worked out here from `delivery`, quick looks or not, as are spend, iROAS and targets.
    """
    doubt = doubt or Doubt(bootstrap_interval(delivery.cluster_key))
    objections, earlier = standing.objections, standing.earlier
    limits = choice.limits
    told: Believed | None = None
    if choice.moves and not choice.stop:
        there = delivery.quantities(limits.multipliers(np.array(choice.plan)))
        change = there - delivery.quantities(np.ones(len(limits.channels)))
        if np.all(np.isfinite(change)):
            told = standing.believed
            if told is None or told.uplift.outcome != choice.outcome:
                told = believed(choice, choice.gain(change), doubt.interval)
            objections = _with_guardrail(choice, change[:, 1], delivery, objections, doubt)
            objections = _with_target(choice, there, objections, doubt)
    promised = None if told is None else told.uplift
    low_every_night = None if told is None else told.low_every_night
    waits = too_soon(earlier, promised, low_every_night) and not choice.stop
    if waits:
        objections = replace(objections, patience=WaitsForAllNights(low_every_night))
    verdict = decide(choice, promised, objections)
    kept = verdict in (KEEP, NO_EVIDENCE)
    why = reason_of(verdict, choice, promised, objections)
    missing = missing_data(verdict, choice, told, objections, facts, split.min_none_overlap)
    if isinstance(why, Obstacle | Stopped):
        # a health stop forbids a split by segment too, and the whole channels say so
        whole = choice.whole_channels or choice
        current, spent = (
            dict(zip(whole.limits.channels, money.tolist(), strict=True))
            for money in (whole.limits.current, whole.limits.spent)
        )
        nothing = no_evidence(
            why, current=current, spent=spent, split=split, attributed_roas=facts.attributed_roas,
            held={**whole.held, **whole.uncut} if choice.tier in CHANNEL_TIERS else {},
        )  # fmt: skip
        changed = what_changed(earlier, verdict, whole, waits=False)
        return replace(nothing, missing=missing, changed=changed)
    plan = limits.current if kept else np.array(choice.plan)
    spend = expected_spend(choice, plan, delivery, facts.ahead, doubt)
    slopes = _slopes(limits, delivery, doubt.level)
    over = kept and limits.current.sum() > limits.budget * (1 + 1e-9)
    return SplitDecision(
        verdict=verdict,
        why=why,
        period_days=split.period_days,
        budget_current=float(limits.current.sum()),
        budget_recommended=float(plan.sum()),
        uplift=None if kept else promised,
        rows=_rows(choice, plan, slopes, why if kept else None, facts.attributed_roas, spend),
        spend=spend.total,
        missing=missing,
        considered=promised if kept else None,
        considered_budgets=choice.plan if kept and promised is not None else (),
        detectable=None if told is None else told.detectable,
        held_back=held_back(choice) if verdict == MOVE_PARTLY else None,
        limited_by=choice.limited_by,
        over_budget=float(limits.budget) if over else None,
        changed=what_changed(earlier, verdict, choice, waits=waits),
    )


def delivered(choice: SplitChoice, whole: DeliveryValue, segments: Segments | None) -> DeliveryValue:
    """The delivery that a choice is confirmed on: of whole channels, or by segment where it has cells."""
    if choice.cells is None:
        return whole
    if segments is None:
        raise ValueError("a split by segment is confirmed on entities by segment")
    return segments.delivery(choice.cells)


def no_evidence(
    why: Obstacle | Stopped,
    *,
    current: Mapping[str, float],
    split: SplitSettings,
    spent: Mapping[str, float] | None = None,
    held: Mapping[str, RowReason] | None = None,
    attributed_roas: Mapping[str, float | None] | None = None,
) -> SplitDecision:
    """Today's split, and why nothing else can be said.

    `current`: budget per period by channel, `spent`: how much of it is spent (left out: all), which has no
    range, since nothing is forecast. The interval of each budget is the whole allowed range.
    """
    limits, attributed, reasons = budget_limits(current, split), attributed_roas or {}, held or {}
    spent = spent or current
    rows = tuple(
        SplitRow(
            channel=channel, segment=None, current=spend, recommended=spend,
            low=min(float(limits.low[k]), spend), high=max(float(limits.high[k]), spend),
            min_allowed=min(float(limits.low[k]), spend), max_allowed=max(float(limits.high[k]), spend),
            multiplier=1.0, marginal_iroas=None, marginal_iroas_low=None, marginal_iroas_high=None,
            expected_spend=spent[channel], expected_spend_low=None, expected_spend_high=None,
            attributed_roas=attributed.get(channel),
            reason=reasons.get(channel, NotJudged()),
            broken=broken_bound(limits, k),
        )
        for k, (channel, spend) in enumerate(current.items())
    )  # fmt: skip
    whole = float(sum(current.values()))
    return SplitDecision(NO_EVIDENCE, why, split.period_days, whole, whole, None, rows)


def _slopes(limits: Limits, delivery: DeliveryValue, level: float) -> tuple[Interval | None, ...]:
    """(K,) marginal iROAS; None of a row that is held, since nothing is known of it, or it has no budget."""
    prepare_slopes(delivery, np.flatnonzero(limits.free).tolist())
    return tuple(
        marginal_iroas(delivery, k, level)[0] if free else None for k, free in enumerate(limits.free.tolist())
    )


def _rows(
    choice: SplitChoice, plan: Floats, iroas: tuple[Interval | None, ...], kept: Why | None,
    attributed: Mapping[str, float | None], spends: ExpectedSpend,
) -> tuple[SplitRow, ...]:  # fmt: skip
    limits = choice.limits
    reasons = row_reasons(choice, plan, iroas, kept)
    rows = []
    for k, channel in enumerate(limits.channels):
        current, recommended = float(limits.current[k]), float(plan[k])
        slope = iroas[k]
        spend = spends.rows[k]
        low, high = min(choice.budget_low[k], recommended), max(choice.budget_high[k], recommended)
        rows.append(
            SplitRow(
                channel=channel if choice.cells is None else choice.cells.channel_of(k),
                segment=None if choice.cells is None else choice.cells.cells[k].label,
                current=current, recommended=recommended, low=low, high=high,
                min_allowed=float(limits.low[k]), max_allowed=float(limits.high[k]),
                multiplier=recommended / current if current > 0 else 1.0,
                marginal_iroas=slope.estimate if slope else None,
                marginal_iroas_low=slope.low if slope else None,
                marginal_iroas_high=slope.high if slope else None,
                expected_spend=spend.estimate,
                expected_spend_low=max(spend.low, 0.0),
                # where too few entities give no band, the allowed range stands in
                expected_spend_high=spend.high if np.isfinite(spend.high) else float(limits.high[k]),
                attributed_roas=attributed.get(channel),
                reason=reasons[k],
                broken=broken_bound(limits, k) if kept else None,
            )
        )  # fmt: skip
    return tuple(rows)


def _with_guardrail(
    choice: SplitChoice, more_spend: Floats, delivery: DeliveryValue, objections: Objections, doubt: Doubt
) -> Objections:  # fmt: skip
    """Spend is the guardrail: broken when it passes the budget beyond doubt. more_spend (C,): by the plan.

    Typed budgets never add up to more than the budget, so the doubt is on the plan's side here.
    """
    limits = choice.limits
    factor = float(limits.valued.sum()) / max(total(spend_of(delivery.today())), 1e-12)
    spend = doubt.of(factor * more_spend)
    allowed = max(limits.budget, float(np.sum(choice.plan)))
    least = float(limits.spent.sum()) + spend.low
    if objections.guardrail or least <= allowed * 1.005:
        return objections
    return replace(objections, guardrail=OverBudget(least, allowed))


def _with_target(choice: SplitChoice, there: Floats, objections: Objections, doubt: Doubt) -> Objections:
    """The goal's target is met beyond doubt by the plan, there (C, 3), or the plan is no answer. A plan that
    repairs a miss is judged by how far it gets, which is known better than where it ends."""
    goal = choice.goal
    if goal.floor is None or goal.target is None or choice.repairs or objections.guardrail:
        return objections
    if doubt.of(goal.surplus(there)).low >= 0:
        return objections
    return replace(objections, guardrail=TargetAtRisk(goal.target))
