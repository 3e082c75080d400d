"""The channel split of a log: allot's advice with its doubts, without them, and an analyst's rules."""

import gc
from dataclasses import dataclass, replace
from typing import Any

from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody
from flows.stages.judging import Judge
from flows.stages.promise import promise_of
from flows.stages.spend import as_vector, attributed_roas, find_todays_budget
from models import split as splits
from models.evaluation import Believed
from models.evaluation.checks.effect_on_the_past import check_effect_on_the_past, followers_in_log
from models.policies.budgets import attributed_revenue
from models.policies.known import Situation, propose
from models.policies.rules import ScaledDelivery
from models.results import Disagreement, SplitDecision, SplitRow, Uplift, Vocabulary
from models.split.choice import SplitChoice
from models.split.doubt import Doubt
from models.split.terms import LoggedFacts
from models.split.verdict import Objections, Standing, decide
from models.totals.wide import WideEvidence
from reports.sentences.split_verdict import why_text
from tests.benchmarks.split_night import Log, changed

OURS, CONSIDERED, PLUG_IN = "allot", "allot, before it doubts", "allot without bounds"
SUREST = "allot, largest bound"
MOVED = ("MOVE", "MOVE_PARTLY")


@dataclass(frozen=True)
class ChannelAdvice:
    """Multipliers (A,) by method, and what allot says of its own."""

    plans: dict[str, tuple[float, ...]]
    verdict: str
    bounds: tuple[float, float]
    """Of the plan chosen and of the surest, by quick looks: lower bounds for all plans at once."""
    decision: SplitDecision | None
    """None where there was no plan to confirm, and nobody asked for the channels' returns."""


def channel_advice(log: Log, *, returns: bool = False) -> ChannelAdvice:
    """What every method says at today's budget, within the same bounds.

    returns: also of a plan that moves nothing, what the log says of every channel.
    """
    night, table = log.night, log.table
    everybody = gather_everybody(night, table, log.behaviour)
    budget = find_todays_budget(night, log.events, table)
    chosen = stages.choose_split(night, log.events, everybody, log.behaviour, WideEvidence(), budget)
    bold = replace(night, study=changed(night.study, "split", z=0.0))
    plug_in = stages.choose_split(bold, log.events, everybody, log.behaviour, WideEvidence(), budget)
    surest = chosen.surest or chosen
    bounds = chosen.bound, surest.bound
    decision, verdict = None, decide(chosen, None, Objections())
    if chosen.moves or returns:
        decision, chosen = confirm(log, chosen, everybody)
        verdict = decision.verdict
    del everybody  # large, done with, and in a circle of references that only the collector opens
    gc.collect()
    situation = Situation(
        actions=table.actions,
        current=as_vector(budget.budgets, table.actions),
        revenue=attributed_revenue(log.events),
        settings=night.study.split,
        single_step=False,
    )
    rules = {rule.name: rule.multipliers for rule in propose(situation) if isinstance(rule, ScaledDelivery)}
    today = (1.0,) * len(table.actions)
    plans = {
        OURS: chosen.multipliers if verdict in MOVED else today,
        CONSIDERED: chosen.multipliers,
        SUREST: surest.multipliers if verdict in MOVED else today,
        PLUG_IN: plug_in.multipliers,
    }
    return ChannelAdvice({**plans, **rules}, verdict, bounds, decision)


def confirm(log: Log, chosen: SplitChoice, everybody: Judge) -> tuple[SplitDecision, SplitChoice]:
    """The verdict of `flows.stages.evaluate_policies` and `decide`, without what only the report shows, and
    the split it is about: as much of the chosen one's step as the log supports.

    Neither other policies nor the frontier are evaluated, which takes as long again.
    """
    study = log.night.study
    promise: Believed | None = None
    doubt: Disagreement | None = None
    if chosen.moves:
        found = promise_of(log.night, everybody, chosen)
        chosen, promise = found.chosen, found.believed
        past = check_effect_on_the_past(followers_in_log(log.table, log.behaviour.probabilities))
        doubt = stages.first_doubt(found, (past,))
    events = log.events
    decision = splits.confirm_split(
        chosen,
        everybody.delivery,
        study.split,
        LoggedFacts(log.behaviour.overlap, events.last_day - events.first_day + 1, attributed_roas(events)),
        Standing(Objections(disagreement=doubt), promise),
        Doubt(everybody.interval, study.evaluation.level),
    )
    return splits.told_beside(decision, chosen), chosen


def told(advice: ChannelAdvice) -> dict[str, Any]:
    """The advice as the scores need it: verdict, uplift of the plan considered, iROAS by channel."""
    decision = advice.decision
    found = decision and (decision.uplift or decision.considered)
    return {
        "verdict": advice.verdict,
        "why": why_text(decision, Vocabulary(), "EUR") if decision else "",
        "bounds": list(advice.bounds),
        "obstacle": type(decision.why).__name__ if decision else "",
        "detectable": decision.detectable if decision else None,
        "promise": interval_of(found) if found else None,
        "channels": {row.channel: _iroas(row) for row in decision.rows} if decision else {},
    }


def _iroas(row: SplitRow) -> dict[str, float | None] | None:
    if row.marginal_iroas is None:
        return None
    return {
        "estimate": row.marginal_iroas,
        "low": row.marginal_iroas_low,
        "high": row.marginal_iroas_high,
    }


def interval_of(found: Uplift) -> dict[str, float]:
    return {"estimate": found.estimate, "low": found.low, "high": found.high}
