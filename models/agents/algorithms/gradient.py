"""Policy gradient: from today's delivery uphill on its own evaluation, on a leash.

    maximise  V(pi) - tau E_pi[sum_t KL(pi(.|s_t) || mu(.|s_t))],  pi(a|s) ~ mu(a|s) exp(f_a(s, price) / tau),
    f_a(s, price) = x(s)'(margin_a - price x cost_a),  f_none = 0,

from f = 0, which is today's delivery. V is the doubly robust value of `models.evaluation`: a critic
(cross-fitted FQE of pi) corrected by what was really seen, weighted by how much more often pi gets there.
With the critic Q and the state weights rho of pi at hand, the derivative of V in pi is that of the formula
with both held still,

    dV = sum_journeys sum_t w_{t-1} sum_a dpi(a|s_t) Q_t(s_t, a) + rho_t dpi(a_t|s_t) / mu(a_t|s_t) d_t,

as an error in either changes V only with the other one's (Neyman orthogonality; Kallus & Uehara 2020,
efficient off-policy policy gradients; the critic's part is the actor-critic of Sutton et al. 2000). So it
goes in rounds: evaluate pi at two prices, climb what these credits say, less a ridge that held-out entities
choose in the first round, go a part of the way there, 1, 2/3, 1/2, ... in turn, since credits change with pi,
and evaluate again. Of the leash a step sees its own state's part alone. tau is `gradient_leash`; as f is in
currency units, it is priced and softened like any other agent's values.

Assumes what the evaluation assumes: mu right and positive where pi goes, Q and rho linear in the state. Wrong
where they are not, where the best plan lies further from today's delivery than weights reach, or where rare
purchases make credits of a few journeys the whole hill: then the ridge leaves it at today's delivery.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize

from models.agent_settings import GradientSettings
from models.agents.advantage import ROWS_PER_BATCH, design, design_in_graph
from models.agents.algorithms.algorithm import Algorithm, InOneGo, Lesson, own
from models.agents.graph import Asked, Graph, Node
from models.agents.policy import leashed
from models.agents.saved_ensemble import SavedEnsemble
from models.agents.saved_weights import fault_of_weights
from models.evaluation import DoublyRobust
from models.mdp import COST, Features, JourneyTerms, cut_journeys, fold_of
from models.numerics import one_blas_thread
from models.training import Normalisation
from sql.errors import LogError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FOLD_SALT = 0x5EED_06AD
RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""In currency units of a decision's credit per unit of a coefficient's square; the largest leaves nothing."""
NUISANCE_FOLDS, NUISANCE_RIDGE = 3, 1.0
"""Three: those who teach are half of the entities by the same hash, and would all be in one fold of two."""
MOST_STEPS = 60
"""Of the climb in one round."""
TENSORS = ("margin", "cost")


@dataclass(frozen=True)
class SoftmaxPolicy:
    """f (n, A) of the formula above. p = features and intercept."""

    normalisation: Normalisation
    margin: Floats  # (A - 1, p) currency units
    cost: Floats  # (A - 1, p)
    algorithm: str = "gradient"

    def action_values(self, features: Features, eligible: Bools, price: float) -> Floats:
        """f (n, A) at a price, from raw features (n, d); 0 for none, -inf where not eligible."""
        coefficients, found = self.margin - price * self.cost, np.zeros(eligible.shape)
        with one_blas_thread():
            for start in range(0, len(found), ROWS_PER_BATCH):
                part = slice(start, start + ROWS_PER_BATCH)
                found[part, 1:] = design(features[part], self.normalisation) @ coefficients.T
        return np.where(eligible, found, -np.inf)

    def in_graph(self, graph: Graph, asked: Asked, price: float) -> Node:
        """The same as a part of a graph."""
        x = design_in_graph(graph, asked, self.normalisation)
        found = graph.op("MatMul", x, graph.array((self.margin - price * self.cost).T, np.float64))
        return graph.padded(found, 1, 0, 0.0)


@dataclass(frozen=True)
class Credits:
    """What one more unit of pi(a|s) adds to the doubly robust total of all journeys, row by row."""

    goal: Floats  # (n, A) currency units
    cost: Floats  # (n, A)
    often: Floats  # (n,) how often pi is there for once that delivery was: w_{t-1}

    def at(self, price: float) -> Floats:
        """(n, A) at a price of a unit of spend."""
        return self.goal - price * self.cost


def credits_of(evaluation: DoublyRobust, target: Floats) -> Credits:
    """Of a policy pi (n, A), rows as in the evaluation's journeys."""
    journeys, steps = evaluation.journeys, evaluation.steps
    names = journeys.outcome_names
    wanted = evaluation.outcome_map[:, [names.index(journeys.goal), names.index(COST)]]  # (b, 2)
    fitted, weights = evaluation.model.fit(target), evaluation.marginal_weights(target)
    everywhere = np.arange(len(journeys.action))
    found, _ = evaluation.model.action_values(fitted.coefficients @ wanted, everywhere)  # (2, A, n)
    values = found.astype(np.float64).swapaxes(1, 2)
    scaled = weights.row * (len(steps.last) / np.maximum(weights.total, 1e-12))[steps.t]  # mean 1 at each t
    before = np.ones(len(scaled))  # w_{t-1}; 1 at a journey's first row
    before[1:] = np.where(steps.t[1:] > 0, scaled[:-1], 1.0)
    credit = before[None, :, None] * values
    residual = (evaluation.residual(fitted) @ wanted).T  # (2, n)
    state = np.divide(scaled, weights.ratio, out=np.zeros_like(scaled), where=weights.ratio > 0)
    mu = evaluation.behaviour[everywhere, journeys.action]
    credit[:, everywhere, journeys.action] += state * residual / mu
    return Credits(credit[0], credit[1], np.maximum(before, 0.0))


@dataclass(frozen=True)
class Hill:
    """m decisions with a choice, the credits of their actions at a price, and how steep the leash is."""

    x: Floats  # (m, p)
    eligible: Bools  # (m, A)
    behaviour: Floats  # (m, A)
    price: float
    credit: Floats  # (m, A) currency units
    often: Floats  # (m,) the leash counts where pi goes
    leash: float

    def policy(self, theta: Floats) -> tuple[Floats, Floats]:
        """f and pi (m, A) at the coefficients (2, A - 1, p)."""
        f = np.zeros(self.eligible.shape)
        f[:, 1:] = self.x @ (theta[0] - self.price * theta[1]).T
        return f, leashed(np.where(self.eligible, f, -np.inf), self.behaviour, self.leash)

    def height(self, theta: Floats) -> float:
        """Mean credit less the leash, per decision, currency units."""
        f, pi = self.policy(theta)
        ratio = np.divide(pi, self.behaviour, out=np.ones_like(pi), where=pi > 0)
        divergence = self.often[:, None] * pi * np.log(ratio)
        return float((pi * self.credit - self.leash * divergence).sum()) / max(len(f), 1)

    def slope(self, theta: Floats) -> Floats:
        """(2, A - 1, p) its gradient: credit less f, weighed by how pi answers f."""
        f, pi = self.policy(theta)
        steep = self.credit - self.often[:, None] * f
        steep = pi * (steep - (pi * steep).sum(axis=1, keepdims=True)) / self.leash
        by_action = steep[:, 1:].T @ self.x / max(len(f), 1)
        return np.stack([by_action, -self.price * by_action])

    def of(self, rows: Bools) -> "Hill":
        """Some of the decisions (m,)."""
        kept = {k: getattr(self, k)[rows] for k in ("x", "eligible", "behaviour", "credit", "often")}
        return replace(self, **kept)


def climb(hills: list[Hill], start: Floats, ridge: float) -> Floats:
    """The coefficients (2, A - 1, p) at the top of the hills' mean height less ridge x their squares."""

    def down(flat: Floats) -> tuple[float, Floats]:
        theta = flat.reshape(start.shape)
        height = np.mean([hill.height(theta) for hill in hills]) - ridge * float((theta**2).sum())
        slope = np.mean([hill.slope(theta) for hill in hills], axis=0) - 2 * ridge * theta
        return -float(height), -slope.ravel()

    found = minimize(down, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return np.asarray(found.x, np.float64).reshape(start.shape)


def fit(lesson: Lesson) -> SavedEnsemble:
    """The policy of these entities. LogError where their log is too short to be judged, or has no choice."""
    transitions, settings = lesson.transitions, own(lesson.settings, GradientSettings)
    evaluation = _evaluation(lesson)
    journeys = evaluation.journeys
    choice = journeys.eligible.sum(axis=1) >= 2
    if not choice.any():
        raise LogError("The policy gradient needs decisions with two or more eligible actions; none is here.")
    normalisation = lesson.experience.normalisation
    x = design(transitions.features[journeys.rows[choice]], normalisation)
    judges = fold_of(journeys.cluster_key, 2, FOLD_SALT)[journeys.cluster][choice] == 0
    prices = (min(settings.prices), max(settings.prices))
    eligible, behaviour = journeys.eligible[choice], evaluation.behaviour[choice]
    nothing = np.zeros(eligible.shape), np.zeros(len(x))
    bare = Hill(x, eligible, behaviour, 0.0, *nothing, settings.gradient_leash)
    theta = np.zeros((2, len(transitions.actions) - 1, x.shape[1]))
    ridge: float | None = None
    with one_blas_thread():
        for turn in range(settings.gradient_rounds):
            hills = []
            for price in dict.fromkeys(prices):
                here = replace(bare, price=price)
                target = journeys.eligible.astype(np.float64)
                target[choice] = here.policy(theta)[1]
                credits = credits_of(evaluation, target)
                credit = _centred(credits.at(price)[choice], here)
                hills.append(replace(here, credit=credit, often=credits.often[choice]))
            ridge = _ridge(hills, judges, theta) if ridge is None else ridge
            top = climb(hills, theta, ridge)
            theta = theta + 2.0 / (turn + 2.0) * (top - theta)
    arrays = dict(zip(TENSORS, theta, strict=True))
    return SavedEnsemble(
        algorithm="gradient",
        features=transitions.feature_spec,
        actions=transitions.actions,
        normalisation=normalisation,
        value_unit=1.0,
        max_price=settings.max_price,
        hidden_units=(),
        weights={0: {name: torch.from_numpy(np.ascontiguousarray(v)) for name, v in arrays.items()}},
    )


def _evaluation(lesson: Lesson) -> DoublyRobust:
    """Of these entities' journeys, as the night's own evaluation has everybody's."""
    decision, transitions = lesson.decision, lesson.transitions
    terms = JourneyTerms(decision.horizon_days, decision.tail_days, decision.single_step, 1, "entity")
    entities = len(np.unique(transitions.entity[lesson.train_rows]))
    journeys = cut_journeys(transitions, lesson.train_rows, terms, total_entities=entities)
    behaviour = journeys.delivery(lesson.behaviour)
    return DoublyRobust(journeys, behaviour, folds=NUISANCE_FOLDS, ridge=NUISANCE_RIDGE)


def _centred(credit: Floats, hill: Hill) -> Floats:
    """Credits (m, A) less the mean of today's delivery: only differences between actions matter."""
    known = np.where(hill.eligible, credit, 0.0)
    return np.where(hill.eligible, known - (known * hill.behaviour).sum(axis=1, keepdims=True), 0.0)


def _ridge(hills: list[Hill], judges: Bools, start: Floats) -> float:
    """The ridge at which either half of the entities leads highest on the other's hill; ties: the larger."""
    halves = [([h.of(half) for h in hills], [h.of(~half) for h in hills]) for half in (judges, ~judges)]
    heights = []
    for ridge in RIDGES:
        tops = [(theirs, climb(mine, start, ridge)) for mine, theirs in halves]
        heights.append((sum(hill.height(top) for theirs, top in tops for hill in theirs), ridge))
    return max(heights)[1]


def gradient_of(saved: SavedEnsemble) -> SoftmaxPolicy:
    """The policy ready to act."""
    margin, cost = (saved.weights[0][name].double().numpy() for name in TENSORS)
    return SoftmaxPolicy(saved.normalisation, margin, cost)


def fault(saved: SavedEnsemble) -> str:
    """Why this policy cannot act, or an empty string."""
    shape = (len(saved.actions) - 1, len(saved.features) + 1)
    return fault_of_weights(saved.weights, dict.fromkeys(TENSORS, shape))


GRADIENT = Algorithm(
    name="gradient",
    noun="policy gradient",
    label="Policy gradient, personalised",
    text="Today's delivery moved uphill, step by step, on what the evaluation says of it, and kept near it.",
    learns=InOneGo(fit),
    acts=gradient_of,
    kind="softmax-policy",
    fault=fault,
)
