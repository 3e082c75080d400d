"""The first thing that will stand in the way of an answer, gravest first."""

from dataclasses import replace

import polars as pl

from models.levels import read_levels
from models.mdp import Transitions
from models.overview.asked import Asked
from models.results import LogOverview
from models.split import unknown_channel
from models.totals import days_learnt_from, read_totals
from models.trials import (
    TrialLog,
    asks_of_a_table,
    guardrail_of_a_table,
    guardrail_without_idle,
    judge_test_by_region,
    read_trial,
    sample_ratio_check,
)
from sql.errors import LogError
from sql.events import Events

FEW_OUTCOMES = 100
"""Fewer outcomes after decisions than this seldom tell two actions apart."""


def with_obstacle(
    found: LogOverview,
    events: Events,
    asked: Asked,
    test: Transitions | None = None,
) -> LogOverview:
    """The overview with its obstacle. test: the decisions of a test of arms, where the study asks of one."""
    if asked.guardrails and asks_of_a_table(events):
        return replace(found, obstacle="refused", obstacle_words=guardrail_of_a_table(asked.guardrails[0]))
    if found.question == "regions":
        return _of_regions(found, events, asked.level)
    unknown = [name for name in asked.split.channels if name not in events.actions[1:]]
    if unknown and test is None and found.question in ("split", "whom"):
        words = unknown_channel(unknown[0], events.actions[1:])
        return replace(found, obstacle="refused", obstacle_words=words)
    idle = events.actions[0]
    told = [a.action for a in found.actions if a.action != idle]
    is_totals = events.tier == "C"
    if len(told if is_totals else found.actions) < 2:
        return replace(found, obstacle="one action", obstacle_action=told[0] if told else idle)
    if is_totals:
        return _of_totals(found, events, asked)
    if found.outcomes == 0:
        return replace(found, obstacle="no outcomes")
    if found.entities and found.last_day - found.first_day + 1 < found.window_days:
        return replace(found, obstacle="too short")
    if test is not None:
        return _of_test(found, events, asked, test)
    if events.tier == "B" and found.entities:
        is_single = asked.decision.single_step
        return replace(found, obstacle="no propensities" if is_single else "impressions only")
    if asked.decision.levels and found.entities:
        return replace(found, obstacle="not for everybody")
    return _with_few(found)


def _with_few(found: LogOverview) -> LogOverview:
    is_few = found.outcomes_inside is not None and found.outcomes_inside < FEW_OUTCOMES
    return replace(found, obstacle="few outcomes") if is_few else found


def _is_sold(found: LogOverview, events: Events) -> bool:
    """Whether totals or purchases say what was sold."""
    booked = pl.scan_parquet(events.folder / "bookings.parquet").select(pl.len()).collect().item()
    return bool(booked) or any(action.revenue_micros is not None for action in found.actions)


def _of_totals(found: LogOverview, events: Events, asked: Asked) -> LogOverview:
    """Days are counted as a night counts them."""
    if not _is_sold(found, events):
        return replace(found, obstacle="no revenue")
    try:
        days_learnt_from(read_totals(events, margin_rate=asked.decision.margin_rate))
    except LogError as error:
        return replace(found, obstacle="refused", obstacle_words=str(error))
    return found


def _of_test(found: LogOverview, events: Events, asked: Asked, test: Transitions) -> LogOverview:
    """The sample ratio is the check with which a night begins."""
    try:
        log = _log_of(test, events, asked)
    except LogError as error:  # no window has ended, or the log holds other levels than the study
        words = str(error) if asked.decision.levels else ""
        return replace(found, obstacle="refused" if words else "too short", obstacle_words=words)
    if asked.guardrails and log.idle is None:
        return replace(found, obstacle="refused", obstacle_words=guardrail_without_idle(asked.guardrails[0]))
    ratio = sample_ratio_check(log)
    if ratio.over_one:
        return replace(found, obstacle="propensities over one", over_one=ratio.over_one)
    if not ratio.passed:
        return replace(found, obstacle="propensities contradict", obstacle_action=ratio.subject)
    return _with_few(found)


def _log_of(test: Transitions, events: Events, asked: Asked) -> TrialLog:
    """Raises LogError where a night would."""
    if asked.decision.levels:
        return read_levels(test, events, asked.decision).levels.log
    return read_trial(test, events, asked.decision).log


def _of_regions(found: LogOverview, events: Events, level: float) -> LogOverview:
    """What a night would refuse, or could never find."""
    try:
        judged = judge_test_by_region(events, level=level)
    except LogError as error:
        return replace(found, obstacle="refused", obstacle_words=str(error))
    groups = judged.placebos, judged.placebos_needed
    is_few = judged.placebos < judged.placebos_needed
    return replace(found, obstacle="few placebo groups" if is_few else "", placebos=groups)
