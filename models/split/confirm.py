"""The decision, estimated anew on entities that did not choose the split."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.results import Interval, Overlap, SplitDecision, SplitRow, Uplift
from models.settings import SplitSettings
from models.split.delivery import DeliveryValue, profit_of, spend_of, total
from models.split.doubt import IntervalMethod, bootstrap_interval, probability_above_zero
from models.split.limits import budget_limits
from models.split.marginal import marginal_iroas
from models.split.missing import missing_data
from models.split.optimiser import CHANNEL_TIERS, SplitChoice
from models.split.reasons import row_reasons
from models.split.verdict import KEEP, MOVE_PARTLY, NO_EVIDENCE, Objections, decide, explain, held_back
from models.split.words import money

Floats = NDArray[np.float64]


def confirm_split(
    choice: SplitChoice,
    delivery: DeliveryValue,
    *,
    split: SplitSettings,
    level: float = 0.95,
    objections: Objections | None = None,
    attributed_roas: Mapping[str, float | None] | None = None,
    overlap: tuple[Overlap, ...] = (),
    logged_days: int | None = None,
    entity: str = "user",
    currency: str = "EUR",
    interval: IntervalMethod | None = None,
    uplift: Uplift | None = None,
) -> SplitDecision:
    """Verdict, uplift and rows. `delivery`: scaled delivery on the reporting entities.

    `objections`: health stop, disagreement of witnesses, each a sentence. Money per budget period.
    `interval` is the bootstrap-t of these entities when left out. `uplift`: the plan's profit against today's
    split as the evaluation has it, guarded and stretched; left out, it is worked out here by `interval`.
    """
    interval = interval or bootstrap_interval(delivery.cluster_key)
    objections = objections or Objections()
    attributed = dict(attributed_roas or {})
    limits = choice.limits
    promised: Interval | None = None
    better = float("nan")
    if choice.moves and not choice.stop:
        change = delivery.at(limits.multipliers(np.array(choice.plan))) - delivery.today()
        if np.all(np.isfinite(change)):
            if uplift is None:
                found, better = interval(profit_of(change), level), probability_above_zero(profit_of(change))
            else:
                found = Interval(uplift.estimate, uplift.low, uplift.high, uplift.level)
                better = uplift.probability_better
            # an interval without ends says nothing, and today's split is kept
            promised = found if np.isfinite(found.high - found.low) else None
            objections = _with_guardrail(choice, change, delivery, objections, interval, level, currency)
    verdict = decide(choice, promised, objections)
    told = None
    if promised is not None:
        told = Uplift("profit", promised.estimate, promised.low, promised.high, level, better)
    kept = verdict in (KEEP, NO_EVIDENCE)
    why = explain(verdict, choice, promised, objections, period_days=split.period_days, currency=currency)
    missing = missing_data(
        verdict, choice, promised, logged_days=logged_days, entity=entity,
        none_shares={o.action: o.mean_none_probability for o in overlap}, none_gate=split.min_none_overlap,
    )  # fmt: skip
    if verdict == NO_EVIDENCE:
        current = dict(zip(limits.channels, limits.current.tolist(), strict=True))
        return no_evidence(
            why, current=current, split=split, missing=missing, attributed_roas=attributed,
            held=choice.held if choice.tier in CHANNEL_TIERS else {},
        )  # fmt: skip
    plan = limits.current if kept else np.array(choice.plan)
    return SplitDecision(
        verdict=verdict,
        why=why,
        period_days=split.period_days,
        budget_current=float(limits.current.sum()),
        budget_recommended=float(plan.sum()),
        uplift=None if kept else told,
        rows=_rows(choice, plan, delivery, kept, level, attributed, currency, interval),
        missing=missing,
        considered=told if kept else None,
        held_back=held_back(choice, currency) if verdict == MOVE_PARTLY else "",
    )


def no_evidence(
    why: str,
    *,
    current: Mapping[str, float],
    split: SplitSettings,
    held: Mapping[str, str] | None = None,
    missing: tuple[str, ...] = (),
    attributed_roas: Mapping[str, float | None] | None = None,
) -> SplitDecision:
    """Today's split with the sentence that says why nothing else can be said.

    `current`: spend per period by channel. The interval of each budget is the whole allowed range.
    """
    limits, attributed, reasons = budget_limits(current, split), attributed_roas or {}, held or {}
    rows = tuple(
        SplitRow(
            channel=channel, segment=None, current=spend, recommended=spend,
            low=min(float(limits.low[k]), spend), high=max(float(limits.high[k]), spend),
            min_allowed=min(float(limits.low[k]), spend), max_allowed=max(float(limits.high[k]), spend),
            multiplier=1.0, marginal_iroas=None, marginal_iroas_low=None, marginal_iroas_high=None,
            expected_spend=spend, expected_spend_low=spend, expected_spend_high=spend,
            attributed_roas=attributed.get(channel),
            reason=reasons.get(channel, "kept: the logs cannot tell"),
        )
        for k, (channel, spend) in enumerate(current.items())
    )  # fmt: skip
    whole = float(sum(current.values()))
    return SplitDecision(NO_EVIDENCE, why, split.period_days, whole, whole, None, rows, missing)


def _rows(
    choice: SplitChoice, plan: Floats, delivery: DeliveryValue, kept: bool, level: float,
    attributed: Mapping[str, float | None], currency: str, interval: IntervalMethod,
) -> tuple[SplitRow, ...]:  # fmt: skip
    limits = choice.limits
    values, today = delivery.at(limits.multipliers(plan)), delivery.today().sum(axis=0)
    # held: either nothing is known about it, or it has no budget
    iroas = tuple(
        marginal_iroas(delivery, k, level)[0] if free else None for k, free in enumerate(limits.free.tolist())
    )
    reasons = row_reasons(choice, plan, iroas, kept, currency)
    rows = []
    for k, channel in enumerate(limits.channels):
        current, recommended = float(limits.current[k]), float(plan[k])
        slope = iroas[k]
        # the estimate scaled to the log's own spend today; its band is that of a total over such entities
        factor = current / float(today[1 + k]) if today[1 + k] > 0 else 1.0
        spend = interval(factor * values[:, 1 + k], level)
        low, high = min(choice.budget_low[k], recommended), max(choice.budget_high[k], recommended)
        rows.append(
            SplitRow(
                channel=channel, segment=None, current=current, recommended=recommended, low=low, high=high,
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
            )
        )  # fmt: skip
    return tuple(rows)


def _with_guardrail(
    choice: SplitChoice, change: Floats, delivery: DeliveryValue, objections: Objections,
    interval: IntervalMethod, level: float, currency: str,
) -> Objections:  # fmt: skip
    """Spend is the guardrail: broken when it passes the budget beyond doubt.

    Typed budgets never add up to more than the budget, so the doubt is on the plan's side here.
    """
    limits = choice.limits
    factor = float(limits.current.sum()) / max(total(spend_of(delivery.today())), 1e-12)
    spend = interval(factor * spend_of(change), level)
    allowed = max(limits.budget, float(np.sum(choice.plan)))
    least = float(limits.current.sum()) + spend.low
    if objections.guardrail or least <= allowed * 1.005:
        return objections
    sentence = (
        f"It would spend at least {money(least, currency)}, above the budget of {money(allowed, currency)}."
    )
    return Objections(objections.health_stop, objections.disagreement, sentence)
