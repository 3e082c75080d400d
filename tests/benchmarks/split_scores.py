"""Scores of the split benchmark, from the records of its replicates."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import t as student_t

from tests.benchmarks.split_replicate import ORACLE, OURS

WORLDS = (
    "demo",
    "additive",
    "saturating",
    "fatigue",
    "no-carry-over",
    "rare",
    "delayed",
    "three-channels",
    "harmful-channel",
    "hidden-targeting",
)
"""Worlds with something to gain, the last with delivery that senses more than it logs."""
NULL_WORLDS = ("null-effects", "null-equal")
"""Ads change nothing but cost (only spending less helps), and no channel is better than another."""
Records = list[dict[str, Any]]
MOVED = ("MOVE", "MOVE_PARTLY")


@dataclass(frozen=True)
class Score:
    """One method in one world, over n replicates. Uplifts as shares of today's profit."""

    n: int
    uplift: float
    error: float
    """Standard error of the mean over replicates."""
    worst: float
    """5 % quantile."""
    harm: float
    """Share of replicates that realise less than today's split."""
    share_of_oracle: float | None
    """Mean uplift over the oracle's mean uplift; None where the oracle gains nothing worth mentioning."""


def score(records: Records, method: str) -> Score:
    """Of a method that is in every record."""
    uplift = np.array([r["realised"][method]["uplift"] / r["realised"][method]["profit"] for r in records])
    best = np.array(
        [
            r["realised"][ORACLE]["uplift"] / r["realised"][ORACLE]["profit"]
            for r in records
            if ORACLE in r["realised"]
        ]
    )
    share = None
    if len(best) and best.mean() > 0.005:
        share = float(uplift.mean() / best.mean())
    return Score(
        n=len(uplift),
        uplift=float(uplift.mean()),
        error=float(uplift.std(ddof=1) / np.sqrt(len(uplift))) if len(uplift) > 1 else float("nan"),
        worst=float(np.quantile(uplift, 0.05)),
        harm=float((uplift < 0).mean()),
        share_of_oracle=share,
    )


def methods_of(records: Records) -> list[str]:
    """Methods that every record has."""
    return [name for name in records[0]["realised"] if all(name in r["realised"] for r in records)]


def move_share(records: Records) -> float:
    return float(np.mean([r["verdict"] in MOVED for r in records]))


def coverage(records: Records) -> tuple[int, int, int, int]:
    """(promises, covered, truth above, truth below) of our moves' uplift intervals."""
    rows = [
        (r["promise"], r["realised"][OURS]["uplift"])
        for r in records
        if r["verdict"] in MOVED and r["promise"]
    ]
    above = sum(truth > promise["high"] for promise, truth in rows)
    below = sum(truth < promise["low"] for promise, truth in rows)
    return len(rows), len(rows) - above - below, above, below


def promised_over_realised(records: Records) -> float | None:
    """Sum of what was promised over the sum of what came, where we moved."""
    rows = [
        (r["promise"]["estimate"], r["realised"][OURS]["uplift"])
        for r in records
        if r["verdict"] in MOVED and r["promise"]
    ]
    came = sum(truth for _, truth in rows)
    return sum(promise for promise, _ in rows) / came if rows and came > 0 else None


def paired(records: Records, other: str) -> tuple[float, float]:
    """Mean difference of our uplift from another method's, as a share of today's profit, and the two-sided
    p-value of the paired t-test."""
    difference = np.array(
        [
            (r["realised"][OURS]["uplift"] - r["realised"][other]["uplift"]) / r["realised"][OURS]["profit"]
            for r in records
        ]
    )
    n = len(difference)
    error = difference.std(ddof=1) / np.sqrt(n) if n > 1 else float("nan")
    if not error > 0:
        return float(difference.mean()), float("nan")
    return float(difference.mean()), float(2 * student_t.sf(abs(difference.mean() / error), n - 1))
