"""Churn: is a forecast kept by users who taught nothing, of the same log and of another draw of its world?"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from models.churn import ActivityLog, Calibration, forecast_activity
from models.churn.calibration import calibrate
from models.mdp import Transitions, build_transitions
from models.settings import DecisionSettings
from models.worlds import open_world
from tests.benchmarks.decisions.figure import Figure
from tests.models.churn.leaving import leaving_customers
from tests.models.worlds_to_events import events_of

DRAWS, USERS, DAYS, WITHIN_DAYS = 5, 4_000, 120, 28
LEAVING = "customers who leave"
WORLDS = (LEAVING, "demo", "rare")


def figures() -> list[Figure]:
    return [figure for world in WORLDS for figure in _of(world)]


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
