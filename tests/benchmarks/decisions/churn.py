"""Churn: is a forecast kept by users who taught nothing, of the same log, of another draw, of a real log?"""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from flows.study import read_study
from models.churn import ActivityLog, Calibration, forecast_activity
from models.churn.calibration import calibrate
from models.mdp import Transitions, build_transitions
from models.settings import DecisionSettings
from models.worlds import open_world
from tests.benchmarks.decisions.figure import Figure
from tests.conftest import REPOSITORY
from tests.models.churn.leaving import leaving_customers
from tests.models.worlds_to_events import events_of
from tests.sql.tiny_logs import real_data, stage

DRAWS, USERS, DAYS, WITHIN_DAYS = 5, 4_000, 120, 28
LEAVING = "customers who leave"
WORLDS = (LEAVING, "demo", "rare")
HALVES = 5


def figures() -> list[Figure]:
    return [*(figure for world in WORLDS for figure in _of(world)), *_households()]


def _of(world: str) -> list[Figure]:
    logs = [_log(world, 100 + seed) for seed in range(DRAWS + 1)]
    inside, fresh, reach = [], [], []
    for k in range(DRAWS):
        forecast = forecast_activity(logs[k], within_days=WITHIN_DAYS)
        inside.append(forecast.calibration)
        windows = logs[k + 1].windows(WITHIN_DAYS)
        chance = forecast.chances(logs[k + 1].features[windows.rows])
        fresh.append(calibrate(chance, windows.active, windows.entity, level=0.95))
        reach.append(forecast.calibration.slope.low <= 1.0 <= forecast.calibration.slope.high)
    size = f"{DRAWS} logs of {USERS:,} users and {DAYS} days"
    return [
        Figure(
            f"churn, {world}: buying within {WITHIN_DAYS} days, calibration slope 1 ± .1, users left out",
            f"{_slopes(inside)} in {size}; its interval holds 1 in {sum(reach)}",
            all(abs(one.slope.estimate - 1) <= 0.1 for one in inside),
        ),
        Figure(
            f"churn, {world}: the same on users of another draw",
            f"{_slopes(fresh)}; {np.mean([one.expected for one in fresh]):.1%} forecast, "
            f"{np.mean([one.observed for one in fresh]):.1%} bought; of two users the one who bought had the "
            f"larger chance in {np.mean([one.ranked for one in fresh]):.0%}",
            all(abs(one.slope.estimate - 1) <= 0.1 for one in fresh),
        ),
        Figure(
            f"churn, {world}: chances of every tenth are kept to 5 points, users of another draw",
            f"off by {max(_furthest(one) for one in fresh):.1%} at most",
            all(_furthest(one) <= 0.05 for one in fresh),
        ),
    ]


def _households() -> list[Figure]:
    """Half of Complete Journey's households teach, the other half is asked: no draw of a simulator."""
    folder = real_data("complete_journey")
    if folder is None:
        return []
    whole, found = _read(folder), []
    for k in range(HALVES):
        keys, who = np.unique(whole.entity, return_inverse=True)
        teaches = (np.random.default_rng(k).random(len(keys)) < 0.5)[who]
        forecast = forecast_activity(_some(whole, teaches), within_days=WITHIN_DAYS)
        other = _some(whole, ~teaches)
        windows = other.windows(WITHIN_DAYS)
        chance = forecast.chances(other.features[windows.rows])
        found.append(calibrate(chance, windows.active, windows.entity, level=0.95))
    asked = f"Complete Journey: buying within {WITHIN_DAYS} days"
    return [
        Figure(
            f"churn, {asked}, calibration slope 1 ± .1, the half of households that taught nothing",
            f"{_slopes(found)}, {HALVES} halves of {found[0].entities:,} households; of two households the "
            f"one that bought had the larger chance in {np.mean([one.ranked for one in found]):.0%}",
            all(abs(one.slope.estimate - 1) <= 0.1 for one in found),
        ),
        Figure(
            f"churn, {asked}, chances of every tenth are kept to 5 points",
            f"off by {max(_furthest(one) for one in found):.1%} at most",
            all(_furthest(one) <= 0.05 for one in found),
        ),
    ]


def _read(folder: Path) -> ActivityLog:
    study = read_study(REPOSITORY / "flows/studies/complete_journey.toml")
    with TemporaryDirectory() as work:
        events = stage(
            folder,
            work=Path(work),
            as_of=date(2018, 1, 1),
            time_zone=study.time_zone,
            margin_rate=study.decision.margin_rate,
            attribution_days=study.decision.attribution_days,
            source=study.logs.source,
            source_numbers=study.logs.source_numbers,
            user_features=study.logs.user_features,
        )
        return log_of(build_transitions(events, study.decision))


def _some(log: ActivityLog, rows: NDArray[np.bool_]) -> ActivityLog:
    """Of some entities."""
    mature = None if log.mature is None else log.mature[rows]
    return ActivityLog(log.entity[rows], log.day[rows], log.features[rows], log.happened[rows], mature)


def _slopes(found: list[Calibration]) -> str:
    slopes = [one.slope.estimate for one in found]
    return f"{np.mean(slopes):.2f} on average, {np.min(slopes):.2f} to {np.max(slopes):.2f}"


def _furthest(found: Calibration) -> float:
    return max(abs(one.predicted - one.observed) for one in found.bins)


def _log(world: str, seed: int) -> ActivityLog:
    if world == LEAVING:
        return leaving_customers(USERS, DAYS, seed)
    with TemporaryDirectory() as folder:
        opened = open_world(world, entities=USERS, days=DAYS, seed=seed)
        return log_of(build_transitions(events_of(opened, DAYS, Path(folder)), DecisionSettings()))


def log_of(t: Transitions) -> ActivityLog:
    """Purchases of a table."""
    return ActivityLog(t.entity, t.day, t.features, t.outcome("purchases"), t.mature)
