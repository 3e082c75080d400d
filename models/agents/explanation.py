"""Why a policy does what it does: which state features drive it, and a small tree that imitates it.

Both describe the policy, not the world: a feature that drives the policy need not cause a purchase. A soft
policy is told by the action it favours: the one it makes more likely than today's delivery, by most.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeClassifier

from models.mdp import AS_LOGGED, ORDER, Feature
from models.numerics import is_flag
from models.policies import Floats, Policy
from models.results import SEQUENCE, YES_NO, Explanation, TreeNode

Actions = NDArray[np.integer]
Recompute = Callable[[NDArray[np.float32]], Actions]

MAX_DEPTH = 3
MAX_LEAVES = 8
HELD_OUT_SHARE = 0.3


def favoured(
    policy: Policy, features: NDArray[np.float32], eligible: NDArray[np.bool_], behaviour: Floats
) -> Actions:
    """(m,) the action with the largest pi / mu of each row; features (m, d), eligible, behaviour (m, A).

    Of pi ~ mu exp(Q / softness) it is the one with the largest Q, however soft.
    """
    pi = policy.probabilities(features, eligible, behaviour)
    usual = eligible & (behaviour > 0)
    ratio = np.divide(pi, behaviour, out=np.zeros_like(pi), where=usual)
    return np.asarray(ratio.argmax(axis=1))


def explain(
    policy_name: str,
    recommended: Actions,
    features: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    feature_spec: tuple[Feature, ...],
    actions: tuple[str, ...],
    recompute: Recompute,
    seed: int,
    *,
    entity: NDArray[np.int64],
    min_users: int = 1,
) -> Explanation | None:
    """Permutation importances and an imitating tree; None where no row has a choice.

    entity: (m,) whose row it is; no end of the tree is about fewer than `min_users` of them.
    recommended: (m,) action per row. features: (m, d) raw. eligible: (m, A). recompute: the actions (m,)
    for other features of the same m rows; called once per feature that varies, so some thousand rows do.
    Importance (Breiman 2001): the share of decisions that change when one feature is permuted among the
    rows with a choice and the same eligible actions; the numbers that a network made of the order of events
    are one fact, and permuted together. Wrong where features hang together: two that say the same share their
    importance, and permuted rows can be states that never occur.
    """
    choice = np.flatnonzero(eligible.sum(axis=1) >= 2)
    if len(choice) == 0:
        return None
    facts, order = _facts(feature_spec), _shuffled_within_sets(eligible, choice, seed)
    importances = _importances(recommended, features, facts, choice, recompute, order)
    ranked = sorted(
        ((fact.name, fact.text, share) for fact, share in zip(facts, importances, strict=True)),
        key=lambda row: (-row[2], row[0]),
    )
    tree, fidelity, majority = _imitation(
        recommended[choice], features[choice], eligible[choice], feature_spec, actions, seed, entity[choice],
        min_users,
    )  # fmt: skip
    return Explanation(policy_name, tuple(ranked), tree, fidelity, majority)


@dataclass(frozen=True)
class _Fact:
    """Columns of the state that are one thing to a reader."""

    name: str
    text: str
    columns: list[int]


def _facts(feature_spec: tuple[Feature, ...]) -> list[_Fact]:
    """Every feature by itself, and what a network made of the order of events as one."""
    order = [k for k, f in enumerate(feature_spec) if f.group == ORDER]
    alone = [_Fact(f.name, f.plain or f.text, [k]) for k, f in enumerate(feature_spec) if f.group != ORDER]
    return [*alone, _Fact(SEQUENCE, "the order of the last events", order)] if order else alone


def _importances(
    recommended: Actions,
    features: NDArray[np.float32],
    facts: list[_Fact],
    choice: NDArray[np.int64],
    recompute: Recompute,
    order: NDArray[np.int64],
) -> list[float]:
    """Share of decisions changed per fact. Row choice[i] receives the values of order[i]."""
    shares = []
    for fact in facts:
        mine = choice[:, None], np.array(fact.columns)[None, :]
        theirs = features[order][:, fact.columns]
        if np.array_equal(features[mine], theirs):
            shares.append(0.0)
            continue
        permuted = features.copy()
        permuted[mine] = theirs
        shares.append(float((recompute(permuted)[choice] != recommended[choice]).mean()))
    return shares


def _shuffled_within_sets(
    eligible: NDArray[np.bool_], choice: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """A permutation of `choice` that maps every row to one with the same eligible actions."""
    generator = np.random.Generator(np.random.PCG64(seed))
    _, group = np.unique(eligible[choice], axis=0, return_inverse=True)
    order = choice.copy()
    for g in range(int(group.max()) + 1):
        members = np.flatnonzero(group.ravel() == g)
        order[members] = choice[generator.permutation(members)]
    return order


def _imitation(
    recommended: Actions,
    features: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    feature_spec: tuple[Feature, ...],
    actions: tuple[str, ...],
    seed: int,
    entity: NDArray[np.int64],
    min_users: int,
) -> tuple[TreeNode | None, float, float]:
    """The tree, its share of agreement on held-out rows, and that of the commonest action.

    It sees the features and which actions were eligible, since the policy is bound by both.
    """
    x, facts = _with_eligibility(features, eligible, feature_spec, actions)
    m = len(recommended)
    shuffled = np.random.Generator(np.random.PCG64(seed + 1)).permutation(m)
    n_held = int(HELD_OUT_SHARE * m)
    held, seen = shuffled[:n_held], np.sort(shuffled[n_held:])
    tree = DecisionTreeClassifier(
        max_depth=MAX_DEPTH,
        max_leaf_nodes=MAX_LEAVES,
        min_samples_leaf=max(1, len(seen) // 100),
        random_state=seed,
    ).fit(x[seen], recommended[seen])
    judged = held if n_held else seen
    commonest = np.bincount(recommended[seen]).argmax()
    root = _Growth(tree, x, recommended, facts, actions, entity, min_users).node(0, np.arange(m))
    fidelity = float((tree.predict(x[judged]) == recommended[judged]).mean())
    return root, fidelity, float((recommended[judged] == commonest).mean())


def _with_eligibility(
    features: NDArray[np.float32],
    eligible: NDArray[np.bool_],
    feature_spec: tuple[Feature, ...],
    actions: tuple[str, ...],
) -> tuple[NDArray[np.float32], list[Feature]]:
    """Features and, where no feature says the same already, one 0/1 column per action: was it eligible?"""
    facts = list(feature_spec)
    known = {features[:, k].tobytes() for k in range(features.shape[1])}
    columns = [features.astype(np.float32, copy=False)]
    for k, action in enumerate(actions):
        column = eligible[:, k].astype(np.float32)
        if 0 < column.mean() < 1 and column.tobytes() not in known:
            columns.append(column[:, None])
            facts.append(Feature(f"{action} possible", "1 = yes", f"{action} can be shown now"))
    return np.hstack(columns), facts


@dataclass(frozen=True)
class _Growth:
    """From a fitted tree to nodes with their counts over all rows (m,)."""

    fitted: DecisionTreeClassifier
    x: NDArray[np.float32]
    recommended: Actions
    facts: list[Feature]
    actions: tuple[str, ...]
    entity: NDArray[np.int64]
    min_users: int

    def node(self, node: int, rows: NDArray[np.int64]) -> TreeNode | None:
        """None where its rows are those of too few entities. A question with such an answer is not asked, as
        the other answer would give it away; nor is one that changes nothing."""
        if len(np.unique(self.entity[rows])) < self.min_users:
            return None
        structure = self.fitted.tree_
        answer = int(self.fitted.classes_[structure.value[node][0].argmax()])
        share = float((self.recommended[rows] == answer).mean()) if len(rows) else 0.0
        leaf = TreeNode(rows=len(rows), action=self.actions[answer], share=share)
        if structure.children_left[node] < 0:
            return leaf
        k, threshold = int(structure.feature[node]), float(structure.threshold[node])
        is_low = self.x[rows, k] <= threshold
        low = self.node(structure.children_left[node], rows[is_low])
        high = self.node(structure.children_right[node], rows[~is_low])
        if low is None or high is None:
            return leaf
        if low.feature is None and high.feature is None and low.action == high.action == leaf.action:
            return leaf
        return TreeNode(
            rows=len(rows),
            action=leaf.action,
            share=share,
            feature=self.facts[k].name,
            threshold=threshold,
            unit=self._unit(k),
            low=low,
            high=high,
            text=self.facts[k].plain or self.facts[k].text,
        )

    def _unit(self, k: int) -> str:
        """Of a column that a log brought along, whether it is a flag is told by its values."""
        unit = self.facts[k].unit
        return YES_NO if unit == AS_LOGGED and is_flag(self.x[:, k]) else unit
