"""What the report draws beside the verdict, gathered from estimates that are there already."""

import numpy as np

from flows.night import Night
from flows.stages.backtest import past_nights
from flows.stages.findings import Judged, Logged
from flows.stages.judging import by_segment
from flows.stages.spend import daily_spend
from flows.study import Study
from models.agents import Agents, ExposureCurve, effects_by, exposure_residuals, exposure_values
from models.mdp import planned_budgets, spend_in_totals
from models.picture import (
    channel_uplifts,
    daily_money,
    logged_range,
    next_experiments,
    pacing,
    response_curves,
    spread_in,
    weeks_of,
    with_plans,
)
from models.results import (
    ChannelUplift,
    Interval,
    Pictures,
    SplitDecision,
    TooShort,
)
from models.split import CHANNEL_TIERS, segment_slopes
from models.totals import TotalsEvidence


def gather_pictures(
    night: Night,
    logged: Logged,
    decision: SplitDecision,
    totals: TotalsEvidence | TooShort | None,
    judged: Judged | None,
) -> Pictures:
    """Whatever can be drawn tonight; judged is None on a night that judged nothing, totals wherever the logs
    hold more than daily totals."""
    study, events, transitions = night.study, logged.events, logged.transitions
    level, period = study.evaluation.level, study.split.period_days
    plans = planned_budgets(events)
    past = (
        past_nights(night.root, night.as_of, transitions, period, plans, study.split.rounding)
        if transitions.n_rows
        else ()
    )
    if isinstance(totals, TotalsEvidence):
        return Pictures(
            response_curves=tuple(c.curve for c in totals.channels if c.curve),
            pacing=totals.pacing,
            week_spends=with_plans(totals.weeks, plans, spend_in_totals(events)),
            past_nights=past,
            notes=totals.notes,
        )
    spends = transitions.n_rows and len(transitions.actions) > 1
    if not spends or study.decision.single_step:
        return Pictures(past_nights=past)
    weekly = sum(row.recommended for row in decision.rows) * 7 / period
    in_rows, spend = daily_money(transitions), daily_spend(night, events, transitions)
    excluded = events.excluded_days
    pictures = Pictures(
        pacing=pacing(in_rows, weekly, level, excluded),
        week_spends=with_plans(weeks_of(spend, excluded), plans, spend),
        past_nights=past,
    )
    if judged is None or events.tier not in CHANNEL_TIERS:
        return pictures
    everybody, chosen = judged.everybody, judged.promise.chosen
    uplift = decision.uplift or decision.considered
    parts: tuple[ChannelUplift, ...] = ()
    whole = chosen.whole_channels or chosen
    if uplift is not None and whole.moves and chosen.cells is None:
        parts = channel_uplifts(
            everybody.delivery,
            np.array(whole.multipliers[1:]),
            total=uplift.estimate,
            interval=everybody.interval,
            level=uplift.level,
        )
    by_exposure = _exposures(night, logged, judged.agents)
    segments = by_segment(everybody)
    current = {row.channel: row.current for row in decision.rows if row.segment is None}
    return Pictures(
        channel_uplifts=parts,
        response_curves=response_curves(
            everybody.delivery,
            current=current,
            valued=dict(zip(whole.limits.channels, whole.limits.valued.tolist(), strict=True)),
            logged=logged_range(in_rows, period, events.excluded_days, plans),
            interval=everybody.interval,
            level=level,
        ),
        segment_slopes=segment_slopes(segments, everybody.delivery, level) if segments else (),
        exposure_values=tuple(value for curve in by_exposure for value in curve.values),
        exposure_days=_exposure_days(night.study),
        frequency_caps=tuple(curve.cap for curve in by_exposure),
        pacing=pictures.pacing,
        week_spends=pictures.week_spends,
        past_nights=past,
        next_experiments=next_experiments(
            _slopes(decision),
            spend=dict(zip(whole.limits.channels, whole.limits.spent.tolist(), strict=True)),
            spread=spread_in(transitions),
            difference=study.split.iroas_difference,
            period_days=period,
        ),
    )


def _exposures(night: Night, logged: Logged, agents: Agents) -> tuple[ExposureCurve, ...]:
    """What one more ad brings, by users that did not teach what says so of them; empty without
    an agent that does."""
    effects = effects_by(agents)
    if effects is None:
        return ()
    study = night.study
    table, behaviour = logged.transitions, logged.behaviour.probabilities
    found = exposure_residuals(table, behaviour, epochs=_exposure_days(study) // study.decision.epoch_days)
    if found is None:
        return ()
    level, least = study.evaluation.level, study.logs.min_cell_users
    return exposure_values(table, behaviour, found, effects, level=level, min_entities=least)


def _exposure_days(study: Study) -> int:
    """The ad's own day and its carry-over, in whole epochs."""
    epoch = study.decision.epoch_days
    return -(-(1 + study.decision.tail_days) // epoch) * epoch


def _slopes(decision: SplitDecision) -> dict[str, Interval]:
    """Marginal iROAS per channel, where it is known."""
    return {
        row.channel: Interval(row.marginal_iroas, row.marginal_iroas_low, row.marginal_iroas_high)
        for row in decision.rows
        if row.segment is None
        and row.marginal_iroas is not None
        and row.marginal_iroas_low is not None
        and row.marginal_iroas_high is not None
    }
