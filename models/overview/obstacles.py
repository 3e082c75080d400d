"""The first thing that will stand in the way of an answer, gravest first."""

from dataclasses import replace

import polars as pl

from models.mdp import Transitions
from models.results import LogOverview
from models.settings import DecisionSettings
from models.trials import judge_test_by_region, read_trial, sample_ratio_check
from sql.errors import LogError
from sql.events import Events

FEW_OUTCOMES = 100
"""Fewer outcomes after decisions than this seldom tell two actions apart."""


def with_obstacle(
    found: LogOverview,
    events: Events,
    decision: DecisionSettings,
    level: float,
    test: Transitions | None = None,
) -> LogOverview:
    """The overview with its obstacle. level: of the study's intervals; test: the decisions of a test of arms,
    where the study asks which one."""
    if found.question == "regions":
        return _of_regions(found, events, level)
    idle = events.actions[0]
    told = [a.action for a in found.actions if a.action != idle]
    is_totals = events.tier == "C"
    if len(told if is_totals else found.actions) < 2:
        return replace(found, obstacle="one action", obstacle_action=told[0] if told else idle)
    if is_totals:
        return found if _is_sold(found, events) else replace(found, obstacle="no revenue")
    if found.outcomes == 0:
        return replace(found, obstacle="no outcomes")
    if found.entities and found.last_day - found.first_day + 1 < found.window_days:
        return replace(found, obstacle="too short")
    if test is not None:
        return _of_test(found, events, decision, test)
    if events.tier == "B" and found.entities:
        return replace(found, obstacle="no propensities" if decision.single_step else "impressions only")
    return _with_few(found)


def _with_few(found: LogOverview) -> LogOverview:
    is_few = found.outcomes_inside is not None and found.outcomes_inside < FEW_OUTCOMES
    return replace(found, obstacle="few outcomes") if is_few else found


def _is_sold(found: LogOverview, events: Events) -> bool:
    """Whether totals or purchases say what was sold."""
    booked = pl.scan_parquet(events.folder / "bookings.parquet").select(pl.len()).collect().item()
    return bool(booked) or any(action.revenue_micros is not None for action in found.actions)


def _of_test(
    found: LogOverview, events: Events, decision: DecisionSettings, test: Transitions
) -> LogOverview:
    """The sample ratio is the check with which a night begins."""
    try:
        log = read_trial(test, events, decision).log
    except LogError:  # no window has ended
        return replace(found, obstacle="too short")
    ratio = sample_ratio_check(log)
    if not ratio.passed:
        return replace(found, obstacle="propensities contradict", obstacle_action=ratio.subject)
    return _with_few(found)


def _of_regions(found: LogOverview, events: Events, level: float) -> LogOverview:
    """What a night would refuse, or could never find."""
    try:
        judged = judge_test_by_region(events, level=level)
    except LogError as error:
        return replace(found, obstacle="no such test", obstacle_words=str(error))
    groups = judged.placebos, judged.placebos_needed
    is_few = judged.placebos < judged.placebos_needed
    return replace(found, obstacle="few placebo groups" if is_few else "", placebos=groups)
