"""Items on visits: every value is known by enumeration."""

import numpy as np

from models.trials import judge_trial
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.recommendation import (
    ITEMS,
    KINDS,
    MARGIN,
    RECOMMENDATION,
    SHARE,
    VALUE,
    draw_visits,
)
from tests.benchmarks.decisions.figure import Figure
from tests.benchmarks.decisions.retention_offer import arms_of
from tests.benchmarks.decisions.trial_logs import trial_of

DRAWS = 12
FACTS = ("desktop", "returning")


def figures() -> list[Figure]:
    for_all = SHARE @ VALUE
    best = float(SHARE @ VALUE.max(axis=1) - for_all.max())
    held, told, shares, kept = 0, 0, [], 0
    for seed in range(DRAWS):
        kind, item, bought = draw_visits(Size(RECOMMENDATION.entities, 14, seed, LAST_DAY))
        facts = dict(zip(FACTS, np.array(KINDS, float)[kind].T, strict=True))
        log = trial_of(item, ITEMS, MARGIN[item] * bought, np.zeros(len(item)), facts)
        found = judge_trial(log, seed=seed)
        truth = dict(zip(ITEMS, for_all, strict=True))
        intervals = [(a.value, truth[a.arm]) for a in found.arms if a.value]
        held += sum(value.low <= t <= value.high for value, t in intervals)
        told += found.chooses_by_rule
        if found.rule is None or found.rule.gain is None:
            continue
        chosen = arms_of(found.rule.tree, dict(zip(FACTS, np.array(KINDS, float).T, strict=True)))
        worth = VALUE[np.arange(len(KINDS)), [ITEMS.index(name) for name in chosen]]
        gain = float(SHARE @ worth - for_all.max())
        shares.append(gain / best)
        kept += found.rule.gain.low <= gain
    return [
        Figure(
            "items: the interval of each holds its enumerated value, 95 %",
            f"{held} of {DRAWS * len(ITEMS)}, {RECOMMENDATION.entities:,} visits a log",
            held >= 0.9 * DRAWS * len(ITEMS),
        ),
        Figure(
            "items: the rule is told and earns at least 90 % of what the best item for every visit does",
            f"told in {told} of {DRAWS}; {np.mean(shares):.0%} on average, {np.min(shares):.0%} at least, of "
            f"{best:.2f} EUR per visit",
            told >= DRAWS - 1 and float(np.mean(shares)) >= 0.9,
        ),
        Figure(
            "items: what the rule earns keeps to its lower bound, 97.5 %",
            f"{kept} of {len(shares)}",
            kept >= len(shares) - 1,
        ),
    ]
