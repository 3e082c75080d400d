"""Content: clicks alone lose readers, and a plan that looks ahead wins them back."""

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.content import CLASSES, CONTENT, read_on
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.nights import evidence_of, night_of, plan_by_fact

NIGHTS = 4
MINUTE = 0.02
"""EUR; the study's weight."""
BEST = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])  # (tastes, classes)
GREEDY = np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]])


def figures() -> list[Figure]:
    best, greedy = gains(BEST), gains(GREEDY)
    worse, better, shares, returns, promised, kept = 0, 0, [], [], [], 0
    for seed in range(NIGHTS):
        with tempfile.TemporaryDirectory() as work:
            night = night_of("content", Path(work), seed=10 + seed)
            clicks, learned = evidence_of(night, "click greedy"), evidence_of(night, "advantage")
            table = plan_by_fact(night, "taste=curious")
        plan = np.array([[row[f"probability:{name}"] for name in CLASSES] for row in table.to_dicts()])
        found = gains(plan)
        worse += clicks["verdict"] == "worse"
        better += learned["verdict"] == "better"
        shares.append(found[0] / best[0])
        returns.append(found[1])
        promised.append(float(str(learned["uplift"])) / found[0])
        kept += float(str(learned["uplift_low"])) <= found[0] <= float(str(learned["uplift_high"]))
    return [
        Figure(
            "a plan by clicks loses readers, and the night says so",
            f"worse in {worse} of {NIGHTS} nights of {CONTENT.entities:,} readers; in truth "
            f"{greedy[0]:.0f} EUR and {greedy[1]:.0f} visits a week",
            worse == NIGHTS,
        ),
        Figure(
            "the learned plan wins them back: better beyond doubt, with more visits",
            f"{better} of {NIGHTS} nights; in truth {np.mean(returns):+.0f} visits a week",
            better == NIGHTS and min(returns) > 0,
        ),
        Figure(
            "the learned plan realises at least 80 % of the best plan's gain",
            f"{np.mean(shares):.0%} on average, {min(shares):.0%} at least, of {best[0]:.0f} EUR a week",
            min(shares) >= 0.8,
        ),
        Figure(
            "its interval holds what it earns",
            f"{kept} of {NIGHTS}; it is promised {np.mean(promised):.0%} of what it earns",
            kept == NIGHTS,
        ),
    ]


def gains(plan: NDArray[np.float64]) -> tuple[float, float]:
    """EUR and visits that a week of a plan (tastes, classes) brings CONTENT.entities readers beyond lots, the
    week after included. By the same luck for both."""
    size = Size(20_000, 42, 1, LAST_DAY)
    with_plan, lots = (read_on(size, p, from_day=21, for_days=7) for p in (plan, None))
    share = CONTENT.entities / size.entities
    minutes, visits = (
        float(a[:, 21:35].sum() - b[:, 21:35].sum())
        for a, b in ((with_plan.minutes, lots.minutes), (with_plan.came * 1.0, lots.came * 1.0))
    )
    return share * MINUTE * minutes, share * visits
