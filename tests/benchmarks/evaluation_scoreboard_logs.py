"""One log of one world, by every estimator: what the scoreboard's scores are computed from."""

import zlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.doubly_robust import DoublyRobust
from models.evaluation.estimators.support import outcome_refusals
from models.evaluation.intervals.bootstrap_t import normal_interval
from models.evaluation.intervals.gamma_interval import Gross
from models.mdp.journeys import Journeys
from models.results import Interval
from models.worlds.tabular import states_of
from models.worlds.tabular_catalogue import Case, open_case
from reports.sentences.refusals import recorded
from tests.benchmarks.evaluation_scoreboard_candidates import judge_candidates
from tests.benchmarks.evaluation_scoreboard_estimators import (
    ESTIMATORS,
    HEADLINE,
    WITHOUT_INTERVAL,
    Remembering,
    bootstrap_of,
    disputed,
    estimated_behaviour,
    gross_of,
    headline_levels,
    headline_uplift,
    only,
    refusal_of,
)

Floats = NDArray[np.float64]
Row = list[float | None]
LEVELS = ("margin", "cost")
QUANTITIES = (*LEVELS, "uplift of profit")
ESTIMATED = "+estimated"
"""Suffix of a world's name: the same logs with mu estimated from them."""
LEVEL = 0.95
SMALL_CHANGE = 1.0
"""A margin up to this much is paid for sure and no purchase."""


@dataclass(frozen=True)
class Plan:
    """What is drawn and how."""

    seed: int
    logs: int
    candidate_logs: int
    """Candidates are ranked on the first so many logs."""
    small: float = 1.0
    """Share of a case's entities; tests use small logs."""


def case_of(world: str, small: float = 1.0) -> tuple[Case, bool]:
    """The case behind a world's name, and whether mu is estimated there."""
    case = open_case(world.removesuffix(ESTIMATED))
    return replace(case, entities=round(case.entities * small)), world.endswith(ESTIMATED)


def true_values(case: Case) -> dict[str, float]:
    """What each quantity really is, by dynamic programming."""
    names = (*case.world.outcomes, "cost", "profit")
    target, logged = case.world.truth(case.target), case.world.truth(case.mu)
    truths = {name: float(target[names.index(name)]) for name in LEVELS}
    k = names.index("profit")
    return truths | {"uplift of profit": float(target[k] - logged[k])}


def one_log(world: str, plan: Plan, log: int) -> dict[str, Any]:
    """Draws log number `log` of a world and returns its record, ready for JSON.

    rows: estimator -> quantity -> [estimate, low, high, half-width of the normal interval]; null is unknown.
    The draw depends on seed, world and number alone, so that a run may stop and go on anywhere.
    """
    case, estimated = case_of(world, plan.small)
    rng = np.random.default_rng([plan.seed, zlib.crc32(case.name.encode()), log])
    journeys = case.draw(rng)
    states = states_of(journeys)
    mu = estimated_behaviour(journeys, states) if estimated else case.mu[states]
    dr, target = Remembering(journeys, mu), case.target[states]
    running = dr.weights(target)
    record: dict[str, Any] = {
        "log": log,
        "rows": _rows(dr, target),
        "refused": recorded(refusal_of(dr, target), "user"),
        "refused outcomes": sorted(outcome_refusals(journeys, dr.logged_outcomes)),
        "disputed": disputed(dr, target, "margin"),
        "purchases": int((journeys.outcomes[:, 0] > SMALL_CHANGE).sum()),
        "ess": float((running.total**2 / running.squares).min()),
    }
    if log < plan.candidate_logs and not estimated:
        record["candidates"] = judge_candidates(case, journeys)
    return record


def _rows(dr: DoublyRobust, target: Floats) -> dict[str, dict[str, Row]]:
    columns = [dr.journeys.outcome_names.index(name) for name in (*LEVELS, "profit")]
    quantities: dict[str, Floats] = {}
    for name, estimator in ESTIMATORS.items():
        mine, logged = estimator(dr, target)[:, columns], estimator(dr, dr.behaviour)[:, columns]
        quantities[name] = np.column_stack([mine[:, :-1], (mine - logged)[:, -1:]])  # (C, Q)
    bands = _plain_bands(dr.journeys, quantities)
    for name in quantities:
        gross = gross_of(name, dr, target)
        if gross is not None:
            bands[name][:-1] = _bands(dr.journeys, quantities[name][:, :-1], only(gross, columns[:-1]))
    levels = headline_levels(dr, target, columns[:-1], LEVEL)
    bands[HEADLINE] = [*levels, headline_uplift(dr, target, "profit", LEVEL)]
    return {
        name: {
            quantity: _row(column, band, dr.journeys.scale)
            for quantity, column, band in zip(QUANTITIES, found.T, bands[name], strict=True)
        }
        for name, found in quantities.items()
    }


def _plain_bands(journeys: Journeys, quantities: dict[str, Floats]) -> dict[str, list[Interval | None]]:
    """Unguarded intervals of all estimators that may have one, from one pass over the resamples."""
    names = [n for n, c in quantities.items() if n not in WITHOUT_INTERVAL and np.isfinite(c).all()]
    bands = _bands(journeys, np.column_stack([quantities[n] for n in names]), None)
    found = {n: bands[i * len(QUANTITIES) : (i + 1) * len(QUANTITIES)] for i, n in enumerate(names)}
    return {n: found.get(n, [None] * len(QUANTITIES)) for n in quantities}


def _bands(journeys: Journeys, contributions: Floats, gross: Gross | None) -> list[Interval | None]:
    bootstrap = bootstrap_of(journeys)
    return bootstrap.intervals(contributions, scale=journeys.scale, level=LEVEL, gross=gross)


def _row(column: Floats, band: Interval | None, scale: float) -> Row:
    """[estimate, low, high, half-width of the normal interval] of contributions (C,)."""
    total = float(scale * column.sum())
    usual = None if band is None else normal_interval(column, scale=scale, level=LEVEL)
    half = None if usual is None else (usual.high - usual.low) / 2
    bounds = (None, None) if band is None else (band.low, band.high)
    return [total if np.isfinite(total) else None, *bounds, half]
