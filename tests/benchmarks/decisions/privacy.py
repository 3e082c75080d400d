"""What is handed on keeps its epsilon, against whoever knows everybody but one."""

import math
from collections.abc import Mapping
from dataclasses import replace

from models.mdp import Transitions
from models.privacy import PrivacySettings, Statistic, bounded_statistics, share_aggregates
from tests.benchmarks.decisions.figure import Figure
from tests.models.privacy.logs import FRIDAY, log_of

KEYS = 12_000
SETTINGS = PrivacySettings(noise="laplace", epsilon=1.0, most_decisions=3, most_money=20.0)
OTHERS = {key: [(1, 5.0, 9.0)] for key in range(500)}
BUSY = [(1, 50.0, 50.0)] * 3
"""Adds as much to decisions, cost and margin as anybody can, and one to either count of people."""
RAISED = (
    ("entities", ""),
    ("entities", "search"),
    ("decisions", "search"),
    ("cost", "search"),
    ("margin", ""),
)


def figures() -> list[Figure]:
    """How much likelier one person makes what tells most of them: every figure that they raise lies as high
    as with them and without noise. By hand exp(1/4) for each of decisions, cost and margin, and exp(1/12) for
    each of the two counts of people, where room is kept for one more: exp(0.92)."""
    without, having = log_of(OTHERS), log_of({**OTHERS, len(OTHERS): BUSY})
    truth = exact(bounded_statistics(having, SETTINGS))
    seen = [sum(reaches(log, key, truth) for key in range(KEYS)) for log in (without, having)]
    ratio, error = math.log(seen[1] / seen[0]), math.sqrt(1 / seen[0] + 1 / seen[1])
    return [
        Figure(
            "what tells most of a person is at most exp(1) times as likely in aggregates.csv with them as "
            "without, at epsilon 1",
            f"exp({ratio:.2f}), standard error {error:.2f}, {KEYS:,} keys; by hand exp(0.92)",
            ratio <= 1.0 + 2 * error,
        )
    ]


def exact(statistics: tuple[Statistic, ...]) -> dict[tuple[str, str], float]:
    """(statistic, action) -> figure without noise, in the units of the file."""
    return {
        (one.name, cell): value / (1e6 if one.money else 1)
        for one in statistics
        for cell, value in zip(one.cells, one.exact, strict=True)
    }


def reaches(log: Transitions, key: int, truth: Mapping[tuple[str, str], float]) -> bool:
    """Whether every figure that the person raises is as high as `truth`, under one key."""
    tonight = replace(FRIDAY, key=key.to_bytes(32, "big"))
    told = {(f.statistic, f.action): f.value for f in share_aggregates(log, SETTINGS, tonight, ()).figures}
    return all(told[figure] >= truth[figure] for figure in RAISED)
