"""A policy with a known rule must be explained by that rule."""

import numpy as np
import pytest

from models.agents.explanation import explain
from models.mdp.transition_table import Feature
from models.results import Explanation, TreeNode

ACTIONS = ("none", "search", "social")
SPEC = (
    Feature("visits_7d", "count", "visits in the last 7 days"),
    Feature("recency", "days", "days since the last visit"),
    Feature("noise", "1", "nothing"),
)


def rule(features: np.ndarray, eligible: np.ndarray) -> np.ndarray:
    """Search where visits are many and search is possible; social where the last visit is long ago."""
    wanted = np.where(features[:, 0] > 3.0, 1, np.where(features[:, 1] > 20.0, 2, 0))
    return np.where(eligible[np.arange(len(wanted)), wanted], wanted, 0)


def world(rows: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    features = np.column_stack([rng.uniform(0, 6, rows), rng.uniform(0, 30, rows), rng.normal(size=rows)])
    eligible = np.ones((rows, 3), dtype=np.bool_)
    eligible[:, 1] = rng.random(rows) < 0.8
    eligible[:400, 1:] = False  # rows without a choice
    return features.astype(np.float32), eligible


def explained(seed: int = 3, entity: np.ndarray | None = None, min_users: int = 1) -> Explanation:
    features, eligible = world()
    found = explain(
        "DQN", rule(features, eligible), features, eligible, SPEC, ACTIONS, lambda x: rule(x, eligible), seed,
        entity=np.arange(len(features)) if entity is None else entity, min_users=min_users,
    )  # fmt: skip
    assert found is not None
    return found


def thresholds(node: TreeNode | None) -> dict[str, float]:
    if node is None or node.feature is None or node.threshold is None:
        return {}
    return {node.feature: node.threshold} | thresholds(node.low) | thresholds(node.high)


def leaves(node: TreeNode | None) -> list[TreeNode]:
    if node is None:
        return []
    return [node] if node.feature is None else leaves(node.low) + leaves(node.high)


def test_the_tree_finds_the_planted_rule() -> None:
    found = explained()
    splits = thresholds(found.tree)
    # 2,500 training rows, uniform: the gap around a threshold is 1/400 of the range at the 99.8 % quantile
    assert splits["visits_7d"] == pytest.approx(3.0, abs=0.05)
    assert splits["recency"] == pytest.approx(20.0, abs=0.3)
    assert splits["search possible"] == pytest.approx(0.5)
    assert "noise" not in splits
    assert found.fidelity > 0.97
    assert found.fidelity_of_majority < 0.6
    assert found.tree is not None and found.tree.rows == 3_600
    assert sum(leaf.rows for leaf in leaves(found.tree)) == 3_600
    assert len(leaves(found.tree)) <= 8
    assert found.tree.text
    assert found.tree.unit in ("count", "days", "1 = yes")


def test_importances_by_what_the_rule_uses() -> None:
    shares = {name: share for name, _, share in explained().importances}
    assert list(shares)[-1] == "noise" and shares["noise"] == 0
    # Permuting visits moves a row across 3 with probability 1/2. Then the decision changes with search
    # possible (0.8) always, else never (the fallback is none) but for social on one side (10 of 30 days):
    # 0.8 x 1/2 + 0.2 x 1/2 x 1/3 = 0.43; the standard error over 3,600 rows is 0.008.
    assert shares["visits_7d"] == pytest.approx(0.433, abs=0.04)
    # recency decides below 3 visits only: 1/2 x 2 x 1/3 x 2/3 = 0.22
    assert shares["recency"] == pytest.approx(0.222, abs=0.035)


def test_what_a_network_made_of_the_order_of_events_is_one_fact() -> None:
    """Either number by itself would matter less: the rule adds them up."""
    spec = (
        Feature("sequence_1", "number", "number 1", "order"),
        SPEC[2],
        Feature("sequence_2", "number", "number 2", "order"),
    )
    features = np.random.default_rng(5).normal(size=(4_000, 3)).astype(np.float32)
    eligible = np.ones((4_000, 3), np.bool_)

    def decide(x: np.ndarray) -> np.ndarray:
        return (x[:, 0] + x[:, 2] > 0).astype(int)

    entity = np.arange(4_000)
    found = explain("DQN", decide(features), features, eligible, spec, ACTIONS, decide, 1, entity=entity)
    assert found is not None
    (first, text, share), (last, _, nothing) = found.importances
    assert (first, text, last, nothing) == ("sequence", "the order of the last events", "noise", 0)
    assert share == pytest.approx(0.5, abs=0.04)


def test_it_repeats_itself() -> None:
    assert explained() == explained()
    assert explained(seed=4).importances != explained(seed=3).importances


@pytest.mark.parametrize(("high", "unit"), [(1.0, "yes/no"), (2.0, "as logged")])
def test_a_flag_of_the_log_is_asked_about_as_yes_or_no(high: float, unit: str) -> None:
    features, eligible = world(600)
    features[:, 2] = np.where(features[:, 2] > 0, high, 0.0)
    eligible[:] = True
    spec = (*SPEC[:2], Feature("member", "as logged", "user feature member"))
    does = (features[:, 2] > 0).astype(int)
    found = explain(
        "DQN", does, features, eligible, spec, ACTIONS, lambda x: (x[:, 2] > 0).astype(int), 1,
        entity=np.arange(600),
    )  # fmt: skip
    assert found is not None and found.tree is not None
    assert (found.tree.feature, found.tree.unit) == ("member", unit)


def test_nothing_to_explain_without_a_choice() -> None:
    features, eligible = world()
    none = np.zeros(400, dtype=int)
    few = features[:400], eligible[:400]
    assert explain("DQN", none, *few, SPEC, ACTIONS, lambda _: none, 1, entity=np.arange(400)) is None


def test_a_policy_that_always_does_the_same_is_one_leaf() -> None:
    features, eligible = world(600)
    zero = np.zeros(600, dtype=int)
    entity = np.arange(600)
    found = explain("CQL", zero, features, eligible, SPEC, ACTIONS, lambda _: zero, 1, entity=entity)
    assert found is not None
    assert found.tree == TreeNode(rows=200, action="none", share=1.0)
    assert found.fidelity == found.fidelity_of_majority == 1.0
    assert [share for _, _, share in found.importances] == [0, 0, 0]


def test_no_end_of_the_tree_is_about_a_few_people() -> None:
    """Nine people hold all rows whose last visit is long ago: the rule about them is not told."""
    long_ago = world()[0][:, 1] > 20.0
    rows = np.arange(len(long_ago))
    entity = np.where(long_ago, rows % 9, 100 + rows)
    assert "recency" in thresholds(explained(entity=entity, min_users=5).tree)
    told = explained(entity=entity, min_users=10)
    assert set(thresholds(told.tree)) == {"search possible", "visits_7d"}
    assert sum(leaf.rows for leaf in leaves(told.tree)) == 3_600
    assert explained(entity=rows % 9, min_users=10).tree is None
