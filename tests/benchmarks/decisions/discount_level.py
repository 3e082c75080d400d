"""Discounts on a demand curve of known elasticity: the level for all, the curve, the elasticity, the rule."""

import numpy as np

from models.levels import LevelsLog, judge_levels
from models.results import LevelsResult, TreeNode
from models.trials import TrialLog
from models.worlds import LAST_DAY
from models.worlds.decisions import Size
from models.worlds.decisions.discount_level import (
    COST,
    DISCOUNT_LEVEL,
    ELASTICITY,
    LEVELS,
    OWN_SHARE,
    draw_weeks,
    value,
    value_for_all,
)
from tests.benchmarks.decisions.figure import Figure

DRAWS = 60
TARGETED, CONFOUNDED = 1.0, 10
"""How far discounts follow demand, and in how many logs."""
FACTS = ("own_label", "usual_units")


def figures() -> list[Figure]:
    found = [judge_levels(levels_of(seed), seed=seed) for seed in range(DRAWS)]
    truth, best = value_for_all(), int(value_for_all().argmax())
    near = [abs(int(np.flatnonzero(one.best.level == LEVELS)[0]) - best) <= 1 for one in found]
    lost = [truth[best] - truth[one.best.level == LEVELS][0] for one in found]
    kept = [one.values[best].may_be_best for one in found]
    told_of = [one.elasticity for one in found if one.elasticity is not None]
    elastic = [one.constant.low <= ELASTICITY <= one.constant.high for one in told_of]
    wide = [one.constant.high - one.constant.low for one in told_of]
    curve = [_holds(one, truth) for one in found]
    gain = [_earned(one) - truth[best] for one in found]
    told = sum(one.test.chooses_by_rule for one in found)
    possible = (1 - OWN_SHARE) * value()[0].max() + OWN_SHARE * value()[1].max() - truth[best]
    confounded = [judge_levels(levels_of(seed, targeted=TARGETED), seed=seed) for seed in range(CONFOUNDED)]
    misled = [one.elasticity.constant for one in confounded if one.elasticity is not None]
    wrong = [one for one in misled if not one.low <= ELASTICITY <= one.high]
    off = np.mean([one.estimate for one in misled])
    logs = f"{DRAWS} logs of {DISCOUNT_LEVEL.entities:,} products and 12 weeks"
    return [
        Figure(
            "the advised level within one step of the best, in 95 %",
            f"{sum(near)} of {logs}; it loses {np.mean(lost):.2f} of {truth[best]:.1f} EUR a week",
            sum(near) >= 0.95 * DRAWS,
        ),
        Figure(
            "the levels that may be best hold the best one, 95 %",
            f"{sum(kept)} of {DRAWS}",
            sum(kept) >= 0.9 * DRAWS,
        ),
        Figure(
            "the elasticity's interval covers −3.5, 95 %",
            f"{sum(elastic)} of {DRAWS}; {np.mean(wide):.2f} wide",
            sum(elastic) >= 0.9 * DRAWS,
        ),
        Figure(
            "intervals of all levels hold at once, 95 %",
            f"{sum(curve)} of {DRAWS}",
            sum(curve) >= 0.9 * DRAWS,
        ),
        Figure(
            "a rule is told that earns four fifths of what discounts by kind can",
            f"told in {told}; earns {np.mean(gain):.2f} of {possible:.2f} EUR a week beyond the best for all",
            told >= 0.95 * DRAWS and float(np.mean(gain)) >= 0.8 * possible,
        ),
        Figure(
            "discounts that follow demand are refused at tier B, which matters: read as if drawn by "
            "lot, they tell a "
            "wrong elasticity",
            f"−{-off:.2f} on average instead of −3.5; outside the interval in {len(wrong)} of "
            f"{CONFOUNDED}; the night "
            "answers NO_EVIDENCE (tests/flows/test_discount_level.py)",
            len(wrong) >= 0.9 * CONFOUNDED,
        ),
    ]


def levels_of(seed: int, *, targeted: float = 0.0) -> LevelsLog:
    """The world's log as a night reads it; targeted: as if discounts that follow demand had been drawn by
    lot."""
    size = Size(DISCOUNT_LEVEL.entities, DISCOUNT_LEVEL.days, 100 + seed, LAST_DAY)
    drawn = draw_weeks(size, targeted=targeted)
    n, own = len(drawn.product), drawn.own[drawn.product]
    log = TrialLog(
        entity=drawn.product * 7919,  # hashes of keys deal folds
        arm=drawn.level,
        arms=tuple(f"{level:g}" for level in LEVELS),
        idle=0,
        outcome=drawn.units * (drawn.price - COST[own.astype(np.int64)]),
        cost=np.zeros(n),
        covariates=np.column_stack((own, drawn.usual[drawn.product])).astype(np.float64),
        names=FACTS,
        probability=np.full(n, 1 / len(LEVELS)),
    )
    return LevelsLog(log, LEVELS, "%", "units", drawn.units.astype(np.float64))


def _holds(found: LevelsResult, truth: np.ndarray) -> bool:
    pairs = zip(found.values, truth, strict=True)
    return all(one.value is not None and one.value.low <= t <= one.value.high for one, t in pairs)


def _earned(found: LevelsResult) -> float:
    """EUR a week of the rule's levels, by kind; usual units do not tell what a product's margin is."""
    if not found.test.chooses_by_rule or found.test.rule is None:
        return float(value_for_all()[found.best.level == LEVELS][0])
    worth = [value()[kind][_level(found.test.rule.tree, kind) == LEVELS][0] for kind in (0, 1)]
    return float((1 - OWN_SHARE) * worth[0] + OWN_SHARE * worth[1])


def _level(node: TreeNode, kind: int) -> float:
    """The level that most products of a kind are given."""
    if node.feature is None or node.low is None or node.high is None or node.threshold is None:
        return float(node.action)
    if node.feature == "own_label":
        return _level(node.low if kind <= node.threshold else node.high, kind)
    return _level(max(node.low, node.high, key=lambda n: n.rows), kind)
