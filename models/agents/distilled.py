"""A policy as a tree of questions that anybody can run: what an agent would do, without its networks.

The tree imitates the agent's choices, weighed by what a wrong one costs as the agent sees it (a tree that
classifies at unequal costs; Bastani, Pu & Solar-Lezama 2018 distil Q-functions so). It has the fewest leaves,
of 4, 8, 16, ..., at which entities that did not grow it keep 99 % of what the agent believes to gain on
today's delivery. A leaf ranks all actions by what they lose there, and a decision takes the first that is
possible.

It describes the agent and not the world: where the agent is wrong, so is its tree. Of a softened agent it is
what the agent favours, which spends more than the softened one: a plan to read or to act on by hand, whose
spend somebody has to watch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.agents.policy import ActionValues
from models.agents.trees import Tree, grow_choices, pruned, with_mask
from models.mdp import ORDER, Feature, Features, some_of
from models.results import SEQUENCE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_LEAVES = 256
KEPT = 0.99
"""Of the agent's gain: a tree that keeps so much is large enough."""
HELD_OUT = 0.3
ROWS_PER_LEAF = 20
MOST_ROWS = 20_000
"""Decisions that are asked about; more tell the same."""


@dataclass(frozen=True)
class PolicyTree:
    """N nodes over the features (d,) and then the eligible actions (A,)."""

    tree: Tree
    loss: Floats  # (N, A) currency units of a decision: what an action earns less than the best, on average
    features: tuple[Feature, ...]
    actions: tuple[str, ...]
    algorithm: str = "tree"

    def action_values(self, features: Features, eligible: NDArray[np.bool_], price: float) -> Floats:  # noqa: ARG002
        """(n, A) at the price the tree was made for; -inf where not eligible."""
        x = with_mask(features[:], eligible)
        return np.where(eligible, -self.loss[self.tree.leaf_of(x)], -np.inf)

    def choices(self, features: Features, eligible: NDArray[np.bool_]) -> Ints:
        """(n,) the action of every decision."""
        return self.action_values(features, eligible, 0.0).argmax(axis=1)


@dataclass(frozen=True)
class Distilled:
    """A policy tree, and how well it stands for its agent on decisions of entities that did not grow it."""

    policy: PolicyTree
    agent: str
    fidelity: float
    """Share of decisions in which both do the same."""
    kept: float
    """Share of the gain on today's delivery, as the agent believes it, that the tree keeps."""
    drivers: tuple[tuple[str, float], ...]
    """Features by the share of the stakes that their questions settle, descending; no others."""

    @property
    def leaves(self) -> int:
        return len(self.policy.tree.leaves)


@dataclass(frozen=True)
class AskedDecisions:
    """m decisions that an agent is asked about."""

    features: Features  # (m, d) raw
    eligible: NDArray[np.bool_]  # (m, A)
    behaviour: Floats  # (m, A)
    entity: Ints  # (m,)

    def choosing(self) -> "AskedDecisions":
        """Those with a choice, at most `MOST_ROWS`, spread over all."""
        rows = np.flatnonzero(self.eligible.sum(axis=1) >= 2)
        rows = rows[:: max(1, -(-len(rows) // MOST_ROWS))]
        some = some_of(self.features, rows)
        return AskedDecisions(some, self.eligible[rows], self.behaviour[rows], self.entity[rows])


def distil(
    agent: ActionValues,
    price: float,
    asked: AskedDecisions,
    feature_spec: tuple[Feature, ...],
    actions: tuple[str, ...],
    *,
    min_entities: int = 1,
) -> Distilled | None:
    """The agent's tree at a price; None where no decision has a choice. No end of it is about fewer than
    `min_entities` entities."""
    asked = asked.choosing()
    if not len(asked.entity):
        return None
    values = agent.action_values(asked.features, asked.eligible, price)
    x = with_mask(asked.features[:], asked.eligible)
    finite = np.where(asked.eligible, values, 0.0)
    usual = np.einsum("na,na->n", np.where(asked.eligible, asked.behaviour, 0.0), finite, optimize=False)
    ordered = np.sort(values, axis=1)
    best, stake = values.argmax(axis=1), ordered[:, -1] - ordered[:, -2]
    held = _held(asked.entity)
    gain = float((ordered[held, -1] - usual[held]).sum())
    leaves, found = 2, None
    while leaves < MOST_LEAVES:
        leaves *= 2
        tree, weights = grow_choices(
            x[~held], best[~held], stake[~held], leaves=leaves, rows_per_leaf=ROWS_PER_LEAF
        )
        tree = pruned(tree, x[~held], asked.entity[~held], min_entities)
        loss = _losses(tree, x[~held], values[~held])
        policy = PolicyTree(tree, loss, feature_spec, actions)
        chosen = policy.choices(asked.features[held], asked.eligible[held])
        earned = values[np.flatnonzero(held), chosen] - usual[held]
        kept = float(earned.sum()) / gain if gain > 0 else 1.0
        found = Distilled(
            policy, agent.algorithm, float((chosen == best[held]).mean()), kept,
            _drivers(weights, feature_spec, actions),
        )  # fmt: skip
        if kept >= KEPT or len(tree.leaves) < leaves // 2:
            break
    return found


def _held(entity: Ints) -> NDArray[np.bool_]:
    """(m,) decisions of the entities that judge: a share of them, at least one and not all where there are
    two."""
    known = np.unique(entity)
    if len(known) < 2:
        return np.ones(len(entity), bool)
    step = round(1 / HELD_OUT)
    return np.isin(entity, known[step - 2 :: step] if len(known) >= step else known[-1:])


def _losses(tree: Tree, x: NDArray[np.float32], values: Floats) -> Floats:
    """(N, A) mean of best value less own where an action was possible. Where it never was in a leaf: as over
    all leaves; where it never was at all: more than any other."""
    leaf, nodes = tree.leaf_of(x), len(tree.low)
    best = values.max(axis=1)
    found = np.empty((nodes, values.shape[1]))
    for a in range(values.shape[1]):
        some = np.flatnonzero(np.isfinite(values[:, a]))
        lost = best[some] - values[some, a]
        counts = np.bincount(leaf[some], minlength=nodes)
        usual = float(lost.mean()) if len(some) else np.inf
        sums = np.bincount(leaf[some], lost, nodes)
        found[:, a] = np.where(counts > 0, sums / np.maximum(counts, 1), usual)
    worst = found[np.isfinite(found)].max(initial=0.0)
    return np.where(np.isfinite(found), found, worst + 1.0)


def _drivers(
    weights: Floats, feature_spec: tuple[Feature, ...], actions: tuple[str, ...]
) -> tuple[tuple[str, float], ...]:
    """What the tree asks about, and how much; the numbers made of the order of events are one thing."""
    names = [SEQUENCE if f.group == ORDER else f.name for f in feature_spec]
    names += [f"{action} possible" for action in actions]
    total = dict.fromkeys(names, 0.0)
    for name, weight in zip(names, weights.tolist(), strict=True):
        total[name] += weight
    ranked = sorted(total.items(), key=lambda row: (-row[1], row[0]))
    return tuple((name, weight) for name, weight in ranked if weight > 0)
