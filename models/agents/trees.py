"""A tree of questions about the state: what cells, a one-step rule and a distilled policy have in common.

Every node asks `feature <= threshold?`; a state ends in one leaf. Grown greedily (Breiman et al. 1984), the
split that explains most of the targets' variance first. It is written down as numbers, so that it acts from
a file, and in SQL (`models.agents.policy_sql`), exactly as it did here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from models.agents.graph import Graph, Node
from models.agents.saved_weights import Shapes
from models.mdp import Features

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TENSORS = ("feature", "threshold", "low", "high")
ROWS_AT_A_TIME = 1 << 16
NOWHERE = -1
"""Child of a leaf."""


@dataclass(frozen=True)
class Tree:
    """N nodes, the root first and every child after its parent; columns are those of features (n, p)."""

    feature: Ints  # (N,) column asked about; 0 in a leaf
    threshold: Floats  # (N,) where the answer is low: <= threshold; 0 in a leaf
    low: Ints  # (N,) node where the answer is low; NOWHERE in a leaf
    high: Ints  # (N,)

    @property
    def leaves(self) -> Ints:
        """Nodes that ask nothing."""
        return np.flatnonzero(self.low == NOWHERE)

    @property
    def depth(self) -> int:
        """Questions on the longest way."""
        way = np.zeros(len(self.low), np.int64)
        for node in np.flatnonzero(self.low != NOWHERE):  # a parent comes before its children
            way[self.low[node]] = way[self.high[node]] = way[node] + 1
        return int(way.max())

    def leaf_of(self, features: Features) -> Ints:
        """(n,) the node in which each row of the features (n, p) ends."""
        found = np.zeros(len(features), np.int64)
        for start in range(0, len(found), ROWS_AT_A_TIME):
            part = np.asarray(features[start : start + ROWS_AT_A_TIME])
            at, rows = found[start : start + len(part)], np.arange(len(part))
            while len(rows := rows[self.low[at[rows]] != NOWHERE]):
                node = at[rows]
                is_low = part[rows, self.feature[node]] <= self.threshold[node]
                at[rows] = np.where(is_low, self.low[node], self.high[node])
        return found


def row_of_leaf(graph: Graph, tree: Tree, state: Node, table: Floats) -> Node:
    """(n, k) as a part of a graph: the row of a table (N, k) at the node where each state (n, p) ends. All go
    as many steps as the longest way takes; in a leaf they stay."""
    leaf, here = tree.low == NOWHERE, np.arange(len(tree.low))
    columns, thresholds = graph.array(tree.feature, np.int64), graph.array(tree.threshold, np.float64)
    low, high = (graph.array(np.where(leaf, here, child), np.int64) for child in (tree.low, tree.high))
    rows = graph.op("Concat", graph.op("Shape", state, start=0, end=1), graph.array([1], np.int64), axis=0)
    at = graph.op("ConstantOfShape", rows, value=np.zeros(1, np.int64))  # (n, 1)
    for _ in range(tree.depth):
        asked = graph.op("GatherElements", state, graph.op("Gather", columns, at), axis=1)
        is_low = graph.op("LessOrEqual", graph.cast(asked, np.float64), graph.op("Gather", thresholds, at))
        at = graph.op("Where", is_low, graph.op("Gather", low, at), graph.op("Gather", high, at))
    ends = graph.op("Squeeze", at, graph.array([1], np.int64))
    return graph.op("Gather", graph.array(table, np.float64), ends)


def with_mask(features: NDArray[np.floating], eligible: NDArray[np.bool_]) -> NDArray[np.float32]:
    """(n, d + A) raw features (n, d) and eligible actions (n, A): what a tree over both is asked with."""
    return np.hstack([features.astype(np.float32, copy=False), eligible.astype(np.float32)])


def grow(
    features: NDArray[np.float32], targets: Floats, *, leaves: int, rows_per_leaf: int
) -> tuple[Tree, Floats]:
    """The tree of at most so many leaves of at least so many rows, and how much of the targets' variance
    every column explains (p,), adding up to 1, or to 0 where nothing is asked. targets (n, k)."""
    fitted = DecisionTreeRegressor(
        max_leaf_nodes=max(2, leaves), min_samples_leaf=max(1, rows_per_leaf), random_state=0
    )
    if leaves < 2 or len(features) < 2:
        return _stump(), np.zeros(features.shape[1])
    fitted.fit(features, targets)
    return _tree_of(fitted), np.asarray(fitted.feature_importances_, np.float64)


def grow_choices(
    features: NDArray[np.float32], best: Ints, stake: Floats, *, leaves: int, rows_per_leaf: int
) -> tuple[Tree, Floats]:
    """The same of a tree that tells the best choices (n,) apart; stake (n,) is what a wrong one costs."""
    if leaves < 2 or len(np.unique(best[stake > 0])) < 2:
        return _stump(), np.zeros(features.shape[1])
    fitted = DecisionTreeClassifier(
        max_leaf_nodes=leaves, min_samples_leaf=max(1, rows_per_leaf), random_state=0
    ).fit(features, best, sample_weight=stake)
    return _tree_of(fitted), np.asarray(fitted.feature_importances_, np.float64)


def one_leaf_per_state(features: NDArray[np.float32], states: Ints) -> Tree:
    """The tree that tells every state (n,) apart from every other by its features (n, p), which differ."""
    if len(np.unique(states)) < 2:
        return _stump()
    return _tree_of(DecisionTreeClassifier(random_state=0).fit(features, states))


def pruned(tree: Tree, features: NDArray[np.float32], entity: Ints, min_entities: int) -> Tree:
    """The tree without the questions that leave fewer entities than so many on one side; features (n, p) of
    the rows of entities (n,)."""
    leaf = tree.leaf_of(features)
    nodes: list[tuple[int, float, int, int]] = []

    def below(node: int) -> Ints:
        if tree.low[node] == NOWHERE:
            return np.flatnonzero(leaf == node)
        return np.concatenate([below(int(tree.low[node])), below(int(tree.high[node]))])

    def copy(node: int) -> int:
        place = len(nodes)
        nodes.append((0, 0.0, NOWHERE, NOWHERE))
        low, high = int(tree.low[node]), int(tree.high[node])
        if low != NOWHERE and all(len(np.unique(entity[below(k)])) >= min_entities for k in (low, high)):
            asked = int(tree.feature[node]), float(tree.threshold[node])
            nodes[place] = (*asked, copy(low), copy(high))
        return place

    copy(0)
    feature, threshold, low, high = (np.array(column) for column in zip(*nodes, strict=True))
    return Tree(feature, threshold, low, high)


def _stump() -> Tree:
    none = np.array([NOWHERE])
    return Tree(np.zeros(1, np.int64), np.zeros(1), none, none)


def _tree_of(fitted: DecisionTreeRegressor | DecisionTreeClassifier) -> Tree:
    grown = fitted.tree_
    asks = np.asarray(grown.children_left) != NOWHERE
    return Tree(
        feature=np.where(asks, grown.feature, 0).astype(np.int64),
        threshold=np.where(asks, grown.threshold, 0.0),
        low=np.asarray(grown.children_left, np.int64),
        high=np.asarray(grown.children_right, np.int64),
    )


def tree_tensors(tree: Tree) -> dict[str, torch.Tensor]:
    """The tree as it is written to disk."""
    arrays = (tree.feature, tree.threshold, tree.low, tree.high)
    return {
        k: torch.from_numpy(np.ascontiguousarray(v, np.float64)) for k, v in zip(TENSORS, arrays, strict=True)
    }


def tree_of(tensors: Mapping[str, torch.Tensor]) -> Tree:
    """The tree that `tree_tensors` wrote."""
    feature, threshold, low, high = (tensors[name].double().numpy() for name in TENSORS)
    return Tree(feature.astype(np.int64), threshold, low.astype(np.int64), high.astype(np.int64))


def tree_shapes(nodes: int) -> Shapes:
    """Tensor -> shape."""
    return dict.fromkeys(TENSORS, (nodes,))


def fault_of_tree(tensors: Mapping[str, torch.Tensor], columns: int) -> str:
    """Why tensors of the right shapes are no tree over so many columns; empty where they are one."""
    tree = tree_of(tensors)
    asks = tree.low != NOWHERE
    if not np.array_equal(asks, tree.high != NOWHERE):
        return "a question of its tree has one answer only"
    here = np.arange(len(asks))[asks]
    for child in (tree.low[asks], tree.high[asks]):
        if not ((child > here) & (child < len(asks))).all():
            return "a question of its tree leads nowhere"
    if not ((tree.feature >= 0) & (tree.feature < columns)).all():
        return "its tree asks about a feature that is not there"
    return ""
