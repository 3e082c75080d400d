"""What a night says of one shop's log: the verdict, and every interval it would stand by."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.stages import night_stages as stages
from flows.stages.cohorts import gather_everybody
from flows.stages.judging import Judge, by_segment
from flows.stages.promise import promise_of
from flows.stages.spend import find_todays_budget
from models.evaluation.checks.effect_on_the_past import check_effect_on_the_past, followers_in_log
from models.evaluation.checks.placebo import check_logged_policy
from models.evaluation.uplift import uplift
from models.policies.rules import ScaledDelivery
from models.results import HealthCheck, SplitDecision, Uplift
from models.split.choice import SplitChoice
from models.split.segment_slopes import segment_slopes
from models.totals.wide import WideEvidence
from reports.sentences.refusals import recorded
from reports.sentences.split_verdict import why_text
from tests.benchmarks.split_channel import confirm, interval_of
from tests.benchmarks.split_night import Log

CONSIDERED = "considered"
HALVED, RAISED = "half of the largest channel", "1.5 x the second channel"
FIXED = (HALVED, RAISED)
"""Plans nobody chose, asked of every log: their intervals owe nothing to a search."""

Interval = dict[str, float]


@dataclass(frozen=True)
class ToldPlan:
    """One plan's uplift in profit per period, on all users."""

    name: str
    multipliers: tuple[float, ...]  # (K,)
    interval: Interval | None
    refusal: str
    """Why there is no interval, or empty."""
    witness: float | None
    """Standard errors between the headline and the witness that contradicts it most,"""
    disputed: bool
    """and whether that is more than noise; of the considered plan alone."""
    spend_change: tuple[float, ...]  # (K,) currency units per period against today's, as believed


@dataclass(frozen=True)
class ToldCell:
    """Marginal iROAS of a channel, or of a channel in one segment; None where the log cannot tell."""

    channel: str
    segment: str | None
    interval: Interval | None


@dataclass(frozen=True)
class Told:
    """All that the truth is held against."""

    verdict: str
    why: str
    obstacle: str
    """In short: what kept today's split; empty with a move."""
    plans: tuple[ToldPlan, ...]
    cells: tuple[ToldCell, ...]
    past: dict[str, Any]
    placebo: dict[str, Any]

    def as_record(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)


def told_of(log: Log) -> Told:
    """Choose and judge on everybody, and ask them everything else."""
    night, table, behaviour = log.night, log.table, log.behaviour
    everybody = gather_everybody(night, table, behaviour)
    budget = find_todays_budget(night, log.events, table)
    chosen = stages.choose_split(night, log.events, everybody, behaviour, WideEvidence(), budget)
    decision, chosen = confirm(log, chosen, everybody)
    past = check_effect_on_the_past(followers_in_log(table, behaviour.probabilities))
    plans = [_considered(everybody, chosen, decision)] if chosen.moves else []
    plans += [_fixed(everybody, name, m) for name, m in fixed_plans(decision, table.actions[1:])]
    segments = by_segment(everybody)
    by_cell = segment_slopes(segments, everybody.delivery, night.study.evaluation.level) if segments else ()
    cells = [
        ToldCell(r.channel, None, _interval(r.marginal_iroas, r.marginal_iroas_low, r.marginal_iroas_high))
        for r in decision.rows
    ]
    cells += [ToldCell(c.channel, c.segment, _interval(c.estimate, c.low, c.high)) for c in by_cell]
    return Told(
        verdict=decision.verdict,
        why=why_text(decision, night.study.words, night.study.currency),
        obstacle=obstacle_of(decision, chosen, plans[0] if chosen.moves else None, past),
        plans=tuple(plans),
        cells=tuple(cells),
        past=_check(past),
        placebo=_check(check_logged_policy(everybody.estimator)),
    )


def fixed_plans(decision: SplitDecision, channels: tuple[str, ...]) -> list[tuple[str, NDArray[np.float64]]]:
    """The plans of `FIXED`, multipliers (K,); largest and second by today's spend."""
    current = {row.channel: row.current for row in decision.rows}
    largest, second = sorted(channels, key=lambda c: (-current[c], c))[:2]
    found = []
    for name, channel, multiplier in ((HALVED, largest, 0.5), (RAISED, second, 1.5)):
        m = np.ones(len(channels))
        m[channels.index(channel)] = multiplier
        found.append((name, m))
    return found


def obstacle_of(
    decision: SplitDecision, chosen: SplitChoice, considered: ToldPlan | None, past: HealthCheck
) -> str:
    """The first thing that kept today's split, in the words of the page."""
    if decision.verdict == "NO_EVIDENCE":
        return "no evidence"
    if decision.verdict != "KEEP":
        return ""
    if considered is None:
        return "no plan: " + ("shortfall" if chosen.shortfall else "none better beyond doubt")
    if considered.interval is None:
        return "refused: support or too little evidence"
    if not considered.interval["low"] > 0:
        return "a loss cannot be ruled out"
    if considered.disputed:
        return "witness disagrees"
    return "effect on the past" if past.status != "ok" else "another objection"


def _considered(everybody: Judge, chosen: SplitChoice, decision: SplitDecision) -> ToldPlan:
    """The plan that was found, whether or not it is advised: the promise as the night states it."""
    found = promise_of(everybody.night, everybody, chosen)
    stated = decision.uplift or decision.considered
    refusal = recorded(found.refused, "user") or ("" if stated else "an interval without ends")
    (witness,) = found.witnesses
    return ToldPlan(
        CONSIDERED,
        tuple(chosen.multipliers[1:]),
        interval_of(stated) if stated and not refusal else None,
        refusal,
        witness.figure,
        witness.status != "ok",
        _spend_change(everybody, tuple(chosen.multipliers[1:])),
    )


def _fixed(everybody: Judge, name: str, multipliers: NDArray[np.float64]) -> ToldPlan:
    study, estimator = everybody.night.study, everybody.estimator
    m = tuple(multipliers.tolist())
    target = everybody.target(ScaledDelivery((1.0, *m), name))
    found = uplift(estimator, target, "profit", study.evaluation, seed=study.seed)
    known = isinstance(found, Uplift)
    interval, refusal = (interval_of(found), "") if known else (None, recorded(found, "user"))
    return ToldPlan(name, m, interval, refusal, None, False, _spend_change(everybody, m))


def _spend_change(everybody: Judge, multipliers: tuple[float, ...]) -> tuple[float, ...]:
    delivery = everybody.delivery
    change = (delivery.at(np.array(multipliers)) - delivery.today()).sum(axis=0)
    return tuple(change[1:].tolist())


def _interval(estimate: float | None, low: float | None, high: float | None) -> Interval | None:
    if estimate is None or low is None or high is None:
        return None
    return {"estimate": estimate, "low": low, "high": high}


def _check(found: HealthCheck) -> dict[str, Any]:
    return {"status": found.status, "figure": found.figure}
