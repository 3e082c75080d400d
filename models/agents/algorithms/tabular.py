"""Tabular Q: states in cells, and fitted Q iteration over what was counted in them, at any price.

    Q(c, a) = margin(c, a) - price x cost(c, a) + sum_u follows(c, a, u) max_{a' possible in u} Q(c(u), a')

c is a cell of states, u an outlook: a cell with a set of eligible actions. `margin` and `cost` are the means
of n-step returns, `follows` the mean of gamma^days that ended in u: what was counted, so that one file
answers every price (Ernst, Geurts & Wehenkel 2005, with a table in the place of their trees). Cells are the
states themselves where the log holds few, and then this is dynamic programming on the log's frequencies; else
leaves of a tree on the return to come and on the return together with what was shown beyond what was to be
expected.

Assumes: the states of a cell are alike, so that what follows depends on cell and action alone; mu is right,
as decisions count 1 / mu: what delivery prefers inside a cell is then not taken for what it brings. Wrong
where cells are coarser than what drives purchases (a plan over several days is then half seen), and hopeful
where few decisions are in a cell, since the maximum picks what was lucky; `tabular_prior` tempers that. With
n-step returns of more than one epoch the first steps are delivery's own. An action that a cell never saw is
worth no more there than the worst that was seen.
"""

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from models.agent_settings import TabularSettings
from models.agents.algorithms.algorithm import Algorithm, InOneGo, Lesson, own
from models.agents.graph import Asked, Graph, Node
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import fault_of_weights
from models.agents.trees import (
    Tree,
    fault_of_tree,
    grow,
    one_leaf_per_state,
    row_of_leaf,
    tree_of,
    tree_shapes,
    tree_tensors,
    with_mask,
)
from models.mdp import Features
from models.training import Experience
from sql.errors import LogError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RAREST = 0.01
"""A decision counts 1 / mu, and no more than 1 / RAREST."""
GROWN_ON = 100_000
"""Decisions that the tree of cells is grown on."""
LEAST_SHARE = 200
"""A cell of a grown tree holds at least one in so many decisions."""
ROWS_PER_BATCH = 1 << 16
SWEEPS, PRECISION = 5_000, 1e-9
"""Of the iteration: most sweeps, and the change, as a share of the largest value, at which it ends."""


@dataclass(frozen=True)
class Tabular:
    """What was counted, in currency units. N nodes, whose leaves are the cells; A actions; U outlooks."""

    cells: Tree
    """Over the features (d,) and then the eligible actions (A,)."""
    margin: Floats  # (N, A) of n steps
    cost: Floats  # (N, A)
    follows: Floats  # (N, A, U) discounted shares
    seen: NDArray[np.bool_]  # (N, A)
    outlook_cell: Ints  # (U,) node
    outlook_eligible: NDArray[np.bool_]  # (U, A)
    algorithm: str = "tabular"
    _solved: dict[float, Floats] = field(default_factory=dict, compare=False, repr=False)

    def action_values(self, features: Features, eligible: NDArray[np.bool_], price: float) -> Floats:
        """Q (n, A) at a price, from raw features (n, d); -inf where not eligible."""
        q = self._solved.get(price)
        if q is None:
            q = self._solved[price] = self.solve(price)
        found = np.empty(eligible.shape)
        for start in range(0, len(found), ROWS_PER_BATCH):
            part = slice(start, start + ROWS_PER_BATCH)
            found[part] = q[self.cells.leaf_of(with_mask(features[part], eligible[part]))]
        found[~eligible] = -np.inf
        return found

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """The same as a part of a graph: the plan at this price, solved before."""
        mask = graph.cast(asked.eligible, np.float32)
        state = graph.op("Concat", asked.features, mask, axis=1)
        return row_of_leaf(graph, self.cells, state, self.solve(price))

    def solve(self, price: float) -> Floats:
        """Q (N, A) in currency units: the fixed point of the equation above."""
        now = self.margin - price * self.cost
        q, known = self._worst_where_unseen(now), np.asarray(self.seen.any(axis=1))[self.outlook_cell]
        for _ in range(SWEEPS):
            value = np.where(self.outlook_eligible, q[self.outlook_cell], -np.inf).max(axis=1)
            value = np.where(known & np.isfinite(value), value, 0.0)
            before, q = q, self._worst_where_unseen(now + self.follows @ value)
            if np.abs(q - before).max() <= PRECISION * max(1.0, float(np.abs(q).max())):
                break
        return q

    def _worst_where_unseen(self, q: Floats) -> Floats:
        worst = np.where(self.seen, q, np.inf).min(axis=1, keepdims=True)
        return np.where(self.seen, q, np.where(np.isfinite(worst), worst, 0.0))


def fit(lesson: Lesson) -> SavedEnsemble:
    """The table of these entities. LogError where none of their decisions holds a choice."""
    settings, experience = own(lesson.settings, TabularSettings), lesson.experience
    transitions, table_rows = lesson.transitions, np.flatnonzero(lesson.train_rows)
    rows, after = table_rows[experience.row], table_rows[experience.next_row]
    if not (transitions.eligible[rows].sum(axis=1) >= 2).any():
        raise LogError("The tabular learner needs decisions with two or more eligible actions; none is here.")
    mu = np.maximum(lesson.behaviour[rows, experience.action], RAREST)
    states = with_mask(transitions.features[table_rows], transitions.eligible[table_rows])
    cells = _cells(states, experience, lesson.behaviour[rows], settings.tabular_cells)
    leaf = cells.leaf_of(states)
    model = count(
        cells,
        leaf[experience.row],
        leaf[experience.next_row],
        transitions.eligible[after],
        Decided(experience, 1.0 / mu, lesson.decision.discount_per_day, settings.tabular_prior),
    )
    return SavedEnsemble(
        algorithm="tabular",
        features=transitions.feature_spec,
        actions=transitions.actions,
        normalisation=experience.normalisation,
        value_unit=1.0,
        max_price=settings.max_price,
        hidden_units=(),
        weights={0: _tensors(model)},
    )


def _cells(states: NDArray[np.float32], experience: Experience, mu: Floats, most: int) -> Tree:
    """Of the states (n, d + A): each its own where there are few, else leaves that tell returns apart."""
    some = states[:: max(1, len(states) // GROWN_ON)]
    if len(np.unique(some, axis=0)) <= most:
        different = np.unique(states, axis=0)
        if len(different) <= most:
            return one_leaf_per_state(different, np.arange(len(different)))
    pick = np.arange(0, len(experience.row), max(1, len(experience.row) // GROWN_ON))
    surprise = -mu[pick]
    surprise[np.arange(len(pick)), experience.action[pick]] += 1.0
    margin = experience.margin[pick] - experience.margin[pick].mean(dtype=np.float64)
    targets = np.column_stack([margin, margin[:, None] * surprise])
    spread = targets.std(axis=0)
    targets = targets / np.where(spread > 0, spread, 1.0)
    rows_per_leaf = max(1, len(pick) // LEAST_SHARE)
    return grow(states[experience.row[pick]], targets, leaves=most, rows_per_leaf=rows_per_leaf)[0]


@dataclass(frozen=True)
class Decided:
    """m decisions, what each counts, and how much the mean of a cell counts beside them."""

    experience: Experience
    weight: Floats  # (m,) 1 / mu
    discount_per_day: float
    prior: float
    """Decisions."""


def count(
    cells: Tree, before: Ints, after: Ints, eligible_after: NDArray[np.bool_], decided: Decided
) -> Tabular:
    """The table of m decisions: their cells (m,), those after them (m,), what was possible there (m, A)."""
    e, n, a = decided.experience, len(cells.low), decided.experience.n_actions
    outlooks, outlook = np.unique(
        np.column_stack([after, eligible_after.astype(np.int64)]), axis=0, return_inverse=True
    )
    outlook = outlook.ravel()
    at, w = before * a + e.action, decided.weight
    discount = decided.discount_per_day**e.interval_days * (1.0 - e.terminal)
    totals = np.column_stack([np.bincount(at, w * one * e.value_unit, n * a) for one in (e.margin, e.cost)])
    ahead = np.bincount(at * len(outlooks) + outlook, w * discount, n * a * len(outlooks))
    sums = np.hstack([totals, ahead.reshape(n * a, -1)]).reshape(n, a, -1)
    weight = np.bincount(at, w, n * a).reshape(n, a)
    squares = np.bincount(at, w * w, n * a).reshape(n, a)
    decisions = np.divide(weight**2, squares, out=np.zeros_like(weight), where=squares > 0)
    mean = np.divide(sums, weight[..., None], out=np.zeros_like(sums), where=weight[..., None] > 0)
    of_cell = (mean * decisions[..., None]).sum(axis=1, keepdims=True) / np.maximum(
        decisions.sum(axis=1, keepdims=True), 1e-12
    )[..., None]
    share = np.divide(decisions, decisions + decided.prior, out=np.zeros_like(weight), where=decisions > 0)
    shrunk = of_cell + share[..., None] * (mean - of_cell)
    cost = mean[..., 1] if decided.prior == 0 else _costs(mean[..., 1], decisions, decided.prior)
    return Tabular(
        cells=cells,
        margin=shrunk[..., 0],
        cost=cost,
        follows=shrunk[..., 2:],
        seen=decisions > 0,
        outlook_cell=outlooks[:, 0],
        outlook_eligible=outlooks[:, 1:] > 0,
    )


def _costs(mean: Floats, decisions: Floats, prior: float) -> Floats:
    """(N, A) shrunk towards the action's own mean over all cells: what an ad costs is no matter of whom it is
    shown to."""
    usual = (mean * decisions).sum(axis=0) / np.maximum(decisions.sum(axis=0), 1e-12)
    return usual + decisions / (decisions + prior) * (mean - usual)


TABLE = ("margin", "cost", "follows", "seen", "outlook_cell", "outlook_eligible")


def _tensors(model: Tabular) -> dict[str, torch.Tensor]:
    table = {name: np.ascontiguousarray(getattr(model, name), np.float64) for name in TABLE}
    return tree_tensors(model.cells) | {name: torch.from_numpy(array) for name, array in table.items()}


def tabular_of(saved: SavedEnsemble) -> Tabular:
    """The table ready to act."""
    tensors = saved.weights[0]
    margin, cost, follows, seen, cell, eligible = (tensors[name].double().numpy() for name in TABLE)
    return Tabular(tree_of(tensors), margin, cost, follows, seen > 0, cell.astype(np.int64), eligible > 0)


def fault(saved: SavedEnsemble) -> str:
    """Why this table cannot act, or an empty string."""
    tensors, a = saved.weights.get(0, {}), len(saved.actions)
    nodes, outlooks = (len(tensors[k].reshape(-1)) if k in tensors else 0 for k in ("low", "outlook_cell"))
    shapes = dict.fromkeys(("margin", "cost", "seen"), (nodes, a)) | {
        "follows": (nodes, a, outlooks),
        "outlook_cell": (outlooks,),
        "outlook_eligible": (outlooks, a),
    }
    wrong = fault_of_weights(saved.weights, tree_shapes(nodes) | shapes)
    if wrong or (wrong := fault_of_tree(tensors, len(saved.features) + a)):
        return wrong
    cell, follows = tensors["outlook_cell"], tensors["follows"]
    if not bool(((cell >= 0) & (cell < nodes)).all()):
        return "an outlook lies in a cell that is not there"
    if not bool((follows >= 0).all()) or not bool((follows.sum(dim=2) <= 1 + 1e-6).all()):
        return "what follows a decision is no share"
    return ""


TABULAR = Algorithm(
    name="tabular",
    noun="tabular learner",
    label="Tabular Q, personalised",
    text="{People} sorted into a few cells, and the best plan by what was counted there, days ahead.",
    learns=InOneGo(fit),
    acts=tabular_of,
    kind="tabular",
    fault=fault,
)
