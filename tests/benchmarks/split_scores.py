"""Scores of the split benchmark's methods, from the records of its replicates."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student_t

from tests.benchmarks.split_channel import MOVED, OURS
from tests.benchmarks.split_replicate import ORACLE

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
    "bigger-baskets",
    "hidden-targeting",
)
"""Worlds with something to gain, the last with delivery that senses more than it logs."""
SENSING_WORLDS = ("hidden-targeting",)
"""Whose delivery reacts to something that neither the log nor the state holds: no estimate can be right."""
NULL_WORLDS = ("null-effects", "null-equal")
"""Ads change nothing but cost (only spending less helps), and no channel is better than another."""
BEYOND_LUCK = 2.0
"""Standard errors of the futures' luck that a loss must exceed to count as harm: a plan that is worth exactly
as much as today's would be called harmful in one replicate of forty."""
GAINS = 0.005
"""An oracle that gains less than this share of profit leaves nothing to have a share of."""

Records = list[dict[str, Any]]
Results = dict[tuple[str, int], Records]
"""(world, customers) -> records."""


@dataclass(frozen=True)
class Score:
    """One method over n replicates. Uplifts as shares of today's profit."""

    n: int
    uplift: float
    error: float
    """Standard error of the mean over replicates."""
    worst: float
    """5 % quantile."""
    below: float
    """Share of replicates that realise less than today's split,"""
    harm: float
    """and of those that do so by more than the futures' luck explains."""
    share_of_oracle: float | None
    """Mean uplift over the oracle's mean uplift; None where the oracle gains nothing worth mentioning."""
    spend: float
    """Multiple of today's."""


def uplifts(records: Records, method: str) -> NDArray[np.float64]:
    """(n,) realised uplifts of a method that is in every record, as shares of today's profit."""
    rows = [r["realised"][method] for r in records]
    return np.array([row["uplift"] / row["profit"] for row in rows])


def having(records: Records, *methods: str) -> Records:
    """The replicates that hold all of some methods."""
    return [r for r in records if all(m in r["realised"] for m in methods)]


def score(records: Records, method: str) -> Score:
    """Of a method that is in some of the records."""
    records = having(records, method)
    gain = uplifts(records, method)
    rows = [r["realised"][method] for r in records]
    luck = np.array([row["error"] / row["profit"] for row in rows])
    known = having(records, ORACLE)
    best = float(uplifts(known, ORACLE).mean()) if known else 0.0
    return Score(
        n=len(gain),
        uplift=float(gain.mean()),
        error=float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else float("nan"),
        worst=float(np.quantile(gain, 0.05)),
        below=float((gain < 0).mean()),
        harm=float((gain < -BEYOND_LUCK * np.nan_to_num(luck)).mean()),
        share_of_oracle=float(uplifts(known, method).mean()) / best if best > GAINS else None,
        spend=float(np.mean([row["spend"] for row in rows])),
    )


def methods_of(records: Records) -> list[str]:
    """Methods that any record has, in the order of the fullest."""
    order = sorted(records, key=lambda r: -len(r["realised"]))
    return list(dict.fromkeys(name for r in order for name in r["realised"]))


def move_share(records: Records) -> float:
    return float(np.mean([r["verdict"] in MOVED for r in records]))


@dataclass(frozen=True)
class Overall:
    """One method over several worlds, each counting the same."""

    worlds: int
    n: int
    uplift: float
    error: float
    """Of the mean over worlds, from the replicates within each."""
    share_of_oracle: float | None
    below: float
    harm: float


def overall(results: Results, method: str) -> Overall | None:
    """Means over the worlds that have the method in two replicates or more; None without any."""
    per_world = [records for records in results.values() if len(having(records, method)) > 1]
    if not per_world:
        return None
    scores = [score(records, method) for records in per_world]
    known = [having(records, method, ORACLE) for records in per_world]
    known = [records for records in known if records]
    best = float(np.mean([uplifts(records, ORACLE).mean() for records in known])) if known else 0.0
    own = float(np.mean([uplifts(records, method).mean() for records in known])) if known else 0.0
    return Overall(
        worlds=len(scores),
        n=sum(s.n for s in scores),
        uplift=float(np.mean([s.uplift for s in scores])),
        error=float(np.sqrt(np.sum([s.error**2 for s in scores])) / len(scores)),
        share_of_oracle=own / best if best > GAINS else None,
        below=float(np.mean([s.below for s in scores])),
        harm=float(np.mean([s.harm for s in scores])),
    )


@dataclass(frozen=True)
class Paired:
    """One method against another, replicate by replicate."""

    n: int
    difference: float
    """Mean, as a share of today's profit."""
    p: float
    """Two-sided, of the paired t-test over replicates."""
    loses: float
    """Share of replicates in which the first earns less."""


def paired(records: Records, other: str, method: str = OURS) -> Paired | None:
    """Where both are; None for fewer than two replicates."""
    records = having(records, method, other)
    if len(records) < 2:
        return None
    difference = uplifts(records, method) - uplifts(records, other)
    n, mean = len(difference), float(difference.mean())
    error = difference.std(ddof=1) / np.sqrt(n)
    p = float(2 * student_t.sf(abs(mean / error), n - 1)) if error > 0 else float("nan")
    return Paired(n, mean, p, float((difference < 0).mean()))
