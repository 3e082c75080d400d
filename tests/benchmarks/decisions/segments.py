"""Segments: planted groups, and customers who all respond alike."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from models.trials import Segments, TrialLog, find_segments
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.segments import ARMS, EFFECT, FACTS, SEGMENTS, Customers, draw_customers
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.trial_logs import trial_of

DRAWS, NULLS = 40, 40


def figures() -> list[Figure]:
    return [*_planted(), _alike()]


def log_of(drawn: Customers) -> TrialLog:
    facts = dict(zip(FACTS, drawn.facts.T, strict=True))
    return trial_of(drawn.arm, ARMS, drawn.margin, np.zeros(len(drawn.arm)), facts)


def _planted() -> list[Figure]:
    alike, covered, kept, sure, realised, worse = [], 0, 0, 0, [], 0
    for seed in range(DRAWS):
        found = find_segments(log_of(draw_customers(Size(SEGMENTS.entities, 42, seed, LAST_DAY))), seed=seed)
        assert found is not None
        fresh = draw_customers(Size(100_000, 42, 900 + seed, LAST_DAY))
        mine = found.of(fresh.facts)
        alike.append(adjusted_rand_score(fresh.group, mine))
        sure += found.are_confirmed
        covered += _all_held(found, fresh, mine)
        gain = _worth(found, fresh, mine)
        realised.append(gain[0] / gain[1])
        worse += found.gain.high < 0
        kept += found.gain.low <= gain[0] <= found.gain.high
    log = f"{DRAWS} logs of {SEGMENTS.entities:,} customers"
    return [
        Figure(
            "segments: four planted groups are found again, adjusted Rand index of unseen users at least .9",
            f"{np.mean(alike):.3f} on average, {np.min(alike):.3f} at least, .9 or more in "
            f"{sum(one >= 0.9 for one in alike)}, in {log}; that they differ is told in {sure}",
            float(np.mean(alike)) >= 0.9,
        ),
        Figure(
            "segments: a rule by them is no worse than one arm for all on honest users, in 95 %",
            f"surely worse in {worse} of {DRAWS}; it realises {np.mean(realised):.0%} of what the planted "
            f"groups allow, {np.min(realised):.0%} at least",
            worse <= 1 and min(realised) >= 0.0,
        ),
        Figure(
            "segments: the interval of its gain, by users who did not grow them, holds what it earns, 95 %",
            f"{kept} of {DRAWS}",
            kept >= DRAWS - 5,
        ),
        Figure(
            "segments: the intervals of all segments and arms hold at once, 95 %",
            f"{covered} of {DRAWS}",
            covered >= DRAWS - 5,
        ),
    ]


def _worth(found: Segments, fresh: Customers, mine: NDArray[np.int64]) -> tuple[float, float]:
    """EUR per customer beyond the single arm: of the rule, and of the best arm of each planted group."""
    arm = np.array([ARMS.index(one.arm) for one in found.segments])
    single = EFFECT[fresh.group, ARMS.index(found.for_all)]
    rule, best = EFFECT[fresh.group, arm[mine]], EFFECT.max(axis=1)[fresh.group]
    return float((rule - single).mean()), float((best - single).mean())


def _all_held(found: Segments, fresh: Customers, mine: NDArray[np.int64]) -> bool:
    """Whether every effect of a found segment, by fresh customers' truth, lies in its interval."""
    return all(
        one.interval.low <= EFFECT[fresh.group[mine == g], ARMS.index(one.arm)].mean() <= one.interval.high
        for g, segment in enumerate(found.segments)
        for one in segment.effects
    )


def _alike() -> Figure:
    several = sure = 0
    for seed in range(NULLS):
        drawn = draw_customers(Size(10_000, 42, 500 + seed, LAST_DAY), alike=True)
        found = find_segments(log_of(drawn), seed=seed)
        assert found is not None
        several += len(found.segments) > 1
        sure += found.are_confirmed
    return Figure(
        "segments: customers who respond alike are said to differ in at most 5 % of logs",
        f"{sure} of {NULLS} logs of 10,000 customers; several segments were shown in {several}",
        sure <= 5,
    )
