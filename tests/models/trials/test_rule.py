"""Rules of a few lines: found where there is one to be found, and never sold for more than they earn."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from models.trials import PolicyTree, TrialLog, best_trees, find_rule


def coupons(entities: int, effect: float, seed: int) -> TrialLog:
    """A coupon earns `effect` with those who rarely come, costs as much with the others; noise of 1."""
    rng = np.random.default_rng(seed)
    x, arm = rng.standard_normal((entities, 3)), rng.integers(0, 2, entities)
    gain = np.where(x[:, 1] < -0.5, effect, -effect)
    return TrialLog(
        np.arange(entities), arm, ("none", "coupon"), 0, arm * gain + rng.standard_normal(entities) + 5,
        np.zeros(entities), x, ("age", "visits", "spent"), np.full(entities, 0.5),
    )  # fmt: skip


def test_a_rule_that_earns_is_found_and_its_gain_is_told():
    """Of the .31 who gain .5 the deciles of visits reach .30: .15 over sending none, standard error .01."""
    rule = find_rule(coupons(10_000, 0.5, 2), level=0.95, seed=1)
    assert rule is not None and rule.gain is not None and rule.tree.feature == "visits"
    assert -0.9 < (rule.tree.threshold or 0.0) < -0.2
    low = rule.tree.low
    assert low is not None and low.action == "coupon" and low.feature is None and not rule.tree.unit
    assert rule.gain.low <= 0.15 <= rule.gain.high and rule.gain.low > 0.1


def test_a_flag_is_asked_about_as_yes_or_no():
    log = coupons(4_000, 0.5, 5)
    rare = (log.covariates[:, [1]] < -0.5).astype(np.float64)
    rule = find_rule(replace(log, covariates=rare, names=("rare",)), level=0.95, seed=1)
    assert rule is not None and (rule.tree.feature, rule.tree.unit) == ("rare", "yes/no")


def test_a_rule_where_there_is_none_promises_nothing():
    """20 draws of no effect: the gain's interval lies above 0 in at most 3; one in 40 each, so more come once
    in 700 runs. A tree judged by those who chose it would promise something every time."""
    found = [find_rule(coupons(1_000, 0.0, 10 + i), level=0.95, seed=1) for i in range(20)]
    assert sum(rule is not None and rule.gain is not None and rule.gain.low > 0 for rule in found) <= 3


def test_too_few_entities_get_no_rule():
    assert find_rule(coupons(300, 0.5, 2), level=0.95, seed=1) is None


def test_the_tree_is_the_best_of_all_trees():
    """Against every tree of depth two over two covariates of three values, tried one by one."""
    rng = np.random.default_rng(3)
    x, scores = rng.integers(0, 3, (200, 2)).astype(float), rng.standard_normal((200, 2))
    *_, found = best_trees(scores, x)
    worth = scores[np.arange(200), found.arms(x)].sum()
    questions = list(product(range(2), (0.0, 1.0)))

    def best_leafs(rows: np.ndarray) -> float:
        """The best of one arm, or of two by any question that leaves 5 % of all in both leaves."""
        options = [scores[rows].sum(axis=0).max()]
        for c, t in questions:
            low, high = rows & (x[:, c] <= t), rows & (x[:, c] > t)
            if min(low.sum(), high.sum()) >= 10:
                options.append(scores[low].sum(axis=0).max() + scores[high].sum(axis=0).max())
        return max(options)

    best = max(
        best_leafs(x[:, c] <= t) + best_leafs(x[:, c] > t)
        for c, t in questions
        if min((x[:, c] <= t).sum(), (x[:, c] > t).sum()) >= 10
    )
    assert worth == pytest.approx(best)


def test_a_tree_says_which_arm_each_row_gets():
    tree = PolicyTree(0, 0, 1.5, PolicyTree(0), PolicyTree(1))
    assert tree.arms(np.array([[1.0], [2.0]])).tolist() == [0, 1]
