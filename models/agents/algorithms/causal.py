"""The causal baseline: a doubly robust learner per action and its policy tree, one step ahead and no further.

    G_a(s) = m_a(s) + 1[A = a] / mu(a|s) (y - m_a(s)),   effect of a = G_a - G_none

y is margin, or cost, until the next decision: the bandit's view, with nothing credited to what an ad changes
later (Robins & Rotnitzky 1995; Kennedy 2023, the DR-learner; Athey & Wager 2021, policy learning on G).
m_a is a ridge regression per action, cross-fitted by entity. A tree is grown on the effects, as large as
held-out entities ask for; a leaf holds their mean, margin and cost apart, so that one tree answers every
price.

Assumes: mu is right, or m is (double robustness), and what an ad brings is there before the next decision.
Wrong where it comes later: then it loses to whoever looks ahead, and by how much is the question that
`models.agents.one_step` asks. A leaf's mean is unbiased for those in it, and blunt for each of them.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from models.agent_settings import CausalSettings
from models.agents.advantage import design
from models.agents.algorithms.algorithm import Algorithm, InOneGo, Lesson, own
from models.agents.graph import Asked, Graph, Node
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import fault_of_weights
from models.agents.trees import Tree, fault_of_tree, grow, row_of_leaf, tree_of, tree_shapes, tree_tensors
from models.mdp import FeatureRows, Features, fold_of
from models.numerics import one_blas_thread
from models.training import Experience, build_experience
from sql.errors import LogError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RAREST = 0.01
"""A decision counts 1 / mu, and no more than 1 / RAREST."""
FOLDS, FOLD_SALT = 4, 0x5EED_CA05
RIDGE = 100.0
"""Of m, in rows of a feature with variance 1: m only has to be near, as what it misses is added back."""
GROWN_ON = 100_000
"""Decisions that the tree is grown on; a leaf's means are of all."""
LEAST_SHARE = 100
"""A leaf holds at least one in so many decisions."""


@dataclass(frozen=True)
class CausalTree:
    """What every action brings beyond doing nothing, by leaf, currency units. N nodes, A actions."""

    tree: Tree
    margin: Floats  # (N, A) until the next decision; 0 for doing nothing
    cost: Floats  # (N, A)
    covariance: Floats  # (3, N, A) of the means: margin, margin with cost, cost
    algorithm: str = "causal"

    def action_values(self, features: Features, eligible: NDArray[np.bool_], price: float) -> Floats:
        """(n, A) at a price, from raw features (n, d); -inf where not eligible."""
        values = (self.margin - price * self.cost)[self.tree.leaf_of(features)]
        values[~eligible] = -np.inf
        return values

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """The same as a part of a graph."""
        return row_of_leaf(graph, self.tree, asked.features, self.margin - price * self.cost)

    def advantages(self, features: NDArray[np.float32], price: float) -> tuple[Floats, Floats]:
        """Effects (n, A - 1) of every action beyond doing nothing, and their standard errors."""
        leaf, (margin, crossed, cost) = self.tree.leaf_of(features), self.covariance
        error = np.sqrt(np.maximum(margin - 2 * price * crossed + price**2 * cost, 0.0))
        return (self.margin - price * self.cost)[leaf, 1:], error[leaf, 1:]

    def estimates(self, features: NDArray[np.float32], price: float) -> Floats:
        """The first of the two alone (n, A - 1)."""
        found: Floats = (self.margin - price * self.cost)[self.tree.leaf_of(features), 1:]
        return found


def fit(lesson: Lesson) -> SavedEnsemble:
    """The tree of these entities. LogError where none of their decisions holds a choice."""
    transitions = lesson.transitions
    effects = effects_of(lesson)
    most = own(lesson.settings, CausalSettings).causal_leaves
    tree = policy_tree(transitions.features, effects, most)
    margin, cost, covariance = _means(tree, transitions.features, effects)
    arrays = {"margin": margin, "cost": cost, "covariance": covariance}
    return SavedEnsemble(
        algorithm="causal",
        features=transitions.feature_spec,
        actions=transitions.actions,
        normalisation=lesson.experience.normalisation,
        value_unit=1.0,
        max_price=lesson.settings.max_price,
        hidden_units=(),
        weights={0: tree_tensors(tree) | {k: torch.from_numpy(v) for k, v in arrays.items()}},
    )


@dataclass(frozen=True)
class Effects:
    """Unbiased, noisy effects of m decisions with a choice, currency units until the next decision."""

    row: Ints  # (m,) of the transition table
    entity: Ints  # (m,)
    possible: NDArray[np.bool_]  # (m, A) this action and doing nothing, or whatever it is held against
    effect: Floats  # (m, A, 2) margin and cost; 0 where not possible


def effects_of(lesson: Lesson) -> Effects:
    """G_a - G_none of every training decision with a choice; where doing nothing is not possible, against the
    mean of today's delivery. LogError where there is none."""
    transitions = lesson.transitions
    experience = _one_step(lesson)
    table_rows = np.flatnonzero(lesson.train_rows)[experience.row]
    kept = np.flatnonzero(transitions.eligible[table_rows].sum(axis=1) >= 2)
    if not len(kept):
        raise LogError("The causal learner needs decisions with two or more eligible actions; none is here.")
    rows = table_rows[kept]
    eligible, entity = transitions.eligible[rows], transitions.entity[rows]
    mu = lesson.behaviour[rows]
    y = np.column_stack([experience.margin, experience.cost])[kept].astype(np.float64) * experience.value_unit
    taken = experience.action[kept]
    x, fold = design(transitions.features[rows], experience.normalisation), fold_of(entity, FOLDS, FOLD_SALT)
    found = _outcomes_per_action(x, taken, y, fold, eligible.shape[1])
    at = np.arange(len(rows))
    weight = 1.0 / np.maximum(mu[at, taken], RAREST)
    found[at, taken] += weight[:, None] * (y - found[at, taken])
    usual = np.einsum("na,nao->no", np.where(eligible, mu, 0.0), found, optimize=False)
    base = np.where(eligible[:, :1], found[:, 0], usual)
    effect = np.where(eligible[..., None], found - base[:, None], 0.0)
    return Effects(rows, entity, eligible, effect)


def _one_step(lesson: Lesson) -> Experience:
    """What follows until the next epoch."""
    if lesson.n_steps == 1:
        return lesson.experience
    discount = lesson.decision.discount_per_day
    return build_experience(lesson.transitions, lesson.train_rows, discount_per_day=discount, n_steps=1)


def _outcomes_per_action(x: Floats, taken: Ints, y: Floats, fold: Ints, a: int) -> Floats:
    """m (n, A, 2): margin and cost of each of A actions in every state x (n, p), learnt from other folds."""
    p, means = x.shape[1], y.mean(axis=0)
    penalty = RIDGE * np.eye(p)
    penalty[-1, -1] = 1e-6  # the intercept is free
    with one_blas_thread():
        parts = [[(fold == f) & (taken == k) for k in range(a)] for f in range(FOLDS)]
        grams = np.array([[x[mine].T @ x[mine] for mine in row] for row in parts])  # (F, A, p, p)
        crosses = np.array([[x[mine].T @ (y[mine] - means) for mine in row] for row in parts])
        beta = np.linalg.solve(grams.sum(axis=0) - grams + penalty, crosses.sum(axis=0) - crosses)
        found = np.empty((len(x), a, 2))
        for f in range(FOLDS):
            mine = fold == f
            found[mine] = means + np.einsum("np,apo->nao", x[mine], beta[f], optimize=False)
    return found


def policy_tree(features: NDArray[np.float32], effects: Effects, most: int) -> Tree:
    """The tree on the effects at a price of 1, of 1, 2, 4, ... leaves, at most so many: the size at which the
    leaves' means say most of the effects of entities that did not grow it. features: of the whole table."""
    pick = np.arange(0, len(effects.row), max(1, len(effects.row) // GROWN_ON))
    x = features[effects.row[pick]]
    y = effects.effect[pick, 1:, 0] - effects.effect[pick, 1:, 1]
    sizes = [2**k for k in range(most.bit_length())]
    held = fold_of(effects.entity[pick], 2, FOLD_SALT + 1)
    least = max(1, len(pick) // LEAST_SHARE)
    losses = np.zeros(len(sizes))
    for f in range(2):
        seen, judge = held != f, held == f
        if not seen.any() or not judge.any():
            return grow(x, y, leaves=1, rows_per_leaf=1)[0]
        for i, leaves in enumerate(sizes):
            tree = grow(x[seen], y[seen], leaves=leaves, rows_per_leaf=max(1, least // 2))[0]
            means = _by_node(tree.leaf_of(x[seen]), y[seen], len(tree.low))
            losses[i] += float(((y[judge] - means[tree.leaf_of(x[judge])]) ** 2).sum())
    return grow(x, y, leaves=sizes[int(losses.argmin())], rows_per_leaf=least)[0]


def _by_node(leaf: Ints, y: Floats, nodes: int) -> Floats:
    """(N, k) means of targets (n, k) by node; 0 in a node where none ends."""
    counts = np.maximum(np.bincount(leaf, minlength=nodes), 1)
    return np.column_stack([np.bincount(leaf, column, nodes) for column in y.T]) / counts[:, None]


def _means(tree: Tree, features: NDArray[np.float32], effects: Effects) -> tuple[Floats, Floats, Floats]:
    """Margin and cost (N, A) of every leaf, over the decisions where an action is possible, and their
    covariance (3, N, A), entities being the unit that was sampled. 0 where an action was never possible."""
    nodes, a = len(tree.low), effects.possible.shape[1]
    leaf = tree.leaf_of(FeatureRows(features, effects.row))
    _, who = np.unique(effects.entity, return_inverse=True)
    means, covariance = np.zeros((2, nodes, a)), np.zeros((3, nodes, a))
    for k in range(1, a):
        some = np.flatnonzero(effects.possible[:, k])
        y, node = effects.effect[some, k], leaf[some]
        counts = np.maximum(np.bincount(node, minlength=nodes), 1)
        mean = _by_node(node, y, nodes)
        means[:, :, k] = mean.T
        key, group = np.unique(node * (int(who.max()) + 1) + who[some], return_inverse=True)
        off = y - mean[node]
        sums = np.column_stack([np.bincount(group.ravel(), off[:, o], len(key)) for o in (0, 1)])
        of = key // (int(who.max()) + 1)
        for i, product in enumerate((sums[:, 0] ** 2, sums[:, 0] * sums[:, 1], sums[:, 1] ** 2)):
            covariance[i, :, k] = np.bincount(of, product, nodes) / counts**2
    return means[0], means[1], covariance


def causal_of(saved: SavedEnsemble) -> CausalTree:
    """The tree ready to act."""
    tensors = saved.weights[0]
    margin, cost, covariance = (tensors[name].double().numpy() for name in ("margin", "cost", "covariance"))
    return CausalTree(tree_of(tensors), margin, cost, covariance)


def fault(saved: SavedEnsemble) -> str:
    """Why this tree cannot act, or an empty string."""
    tensors, a = saved.weights.get(0, {}), len(saved.actions)
    nodes = len(tensors["low"].reshape(-1)) if "low" in tensors else 0
    shapes = {"margin": (nodes, a), "cost": (nodes, a), "covariance": (3, nodes, a)}
    return fault_of_weights(saved.weights, tree_shapes(nodes) | shapes) or fault_of_tree(
        tensors, len(saved.features)
    )


CAUSAL = Algorithm(
    name="causal",
    noun="causal tree",
    label="Causal tree, one step ahead",
    text="What each {treatment} brings until the next decision, in a tree of few questions; it does not "
    "look further.",
    learns=InOneGo(fit),
    acts=causal_of,
    kind="causal-tree",
    fault=fault,
    looks_ahead=False,
    effects=causal_of,
)
