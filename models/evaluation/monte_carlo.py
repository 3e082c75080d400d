"""What an action does in the long run, from logged returns alone: no value is learned and bootstrapped.

A learned value hands the bias of its states on to the decisions before them: where delivery knew something
that the state does not, it has put one channel at +35 where the truth was -3. The logged return from a
decision to its journey's end, tail included, hands on nothing: what is left to confound is the one choice.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.fitted_q import FEATURE_RANGE
from models.evaluation.one_thread import one_blas_thread
from models.evaluation.weights import action_ratios, check_probabilities
from models.journeys import Journeys
from models.users import fold_of

Floats = NDArray[np.float64]
RIDGE_ROWS = 1.0
NO_INFORMATION = 1e-9
"""An action whose choice varies less than this, as a share of the decisions, tells nothing."""


@dataclass(frozen=True)
class LongEffects:
    """Effect per decision of choosing an action rather than the first one (`none`), today's delivery
    afterwards, in outcome units. Column sums over clusters are the estimates, C x variance their squared
    errors (`intervals.standard_errors`). NaN where the log cannot tell, and 0 for the first action."""

    constant: Floats  # (C, A, o) residual on residual
    average: Floats  # (C, A, o) doubly robust, averaged over the decisions where both were possible
    decisions: NDArray[np.int64]  # (A,) decisions behind `average`


class LongReturns:
    """Effects of single decisions on logged returns-to-go, all outcomes at once.

    G_t = sum_{u >= t} D_u / D_t r_u, the logged return from decision t on (D: cumulative discount).

    - constant: residual on residual (Robinson 1988), all actions jointly:
      G - m(x) = sum_{a > 0} tau_a (1[A = a] - mu(a|x)) + e. Precise. With effects that vary by state it is an
      average with weights that favour states where the choice was open, and with three or more actions it
      mixes in a little of the others' (Goldsmith-Pinkham, Hull & Kolesar 2022).
    - average: augmented inverse propensity weighting (Robins, Rotnitzky & Zhao 1994),
      Q(x,a) - Q(x,0) + (1[A = a] / mu_a - 1[A = 0] / mu_0) (G - Q(x,A)),
      Q(x,a) = m(x) + tau_a - sum_b mu_b tau_b.
      Unbiased for the plain average over decisions when mu is right; noisy where mu is small.

    m is a ridge regression on the state, the time left and their products, cross-fitted by entity, and so is
    tau inside Q. Assumes that mu holds everything that steered delivery and the outcome alike, at this one
    decision; no Markov assumption. Wrong as an advice on its own where later decisions would change with the
    policy: it is a first-order answer.
    """

    def __init__(
        self, journeys: Journeys, behaviour: Floats, *, folds: int = 2, discount: Floats | None = None
    ) -> None:
        """behaviour (n, A): cross-fitted mu, or logged propensities. discount (n,): cumulative, default 1.

        Raises StudyError or LogError when behaviour is no distribution over the eligible actions or says 0
        to a logged action.
        """
        check_probabilities("logged", behaviour, journeys)
        action_ratios(journeys, behaviour, behaviour)
        self.journeys, self.behaviour = journeys, behaviour
        self._discount = np.ones(len(behaviour)) if discount is None else discount
        self.returns = returns_to_go(journeys, discount)
        self._rows = np.flatnonzero(journeys.eligible.sum(axis=1) > 1)
        self._surprise = -np.where(journeys.eligible, behaviour, 0.0)  # 1[A = a] - mu(a|x), (n, A)
        self._surprise[np.arange(len(behaviour)), journeys.action] += 1.0
        varied = (self._surprise[self._rows] ** 2).sum(axis=0) > NO_INFORMATION * len(self._rows)
        self._told = np.flatnonzero(varied[1:]) + 1  # (K,) actions whose effect the log can tell
        self._folds, self._fold = folds, fold_of(journeys.cluster_key, folds)[journeys.cluster]
        with one_blas_thread():
            self._rest, self._tau = self._cross_fit()

    def effects(self) -> LongEffects:
        """Both estimators of every action's effect against the first action's."""
        j = self.journeys
        shape = (j.n_clusters, len(j.actions), j.outcomes.shape[1])
        constant, average = np.full(shape, np.nan), np.full(shape, np.nan)
        constant[:, 0], average[:, 0] = 0.0, 0.0
        decisions = np.zeros(len(j.actions), np.int64)
        if len(self._told):
            with one_blas_thread():
                constant[:, self._told] = self._constant()
        for a in self._told.tolist():
            both = np.flatnonzero(j.eligible[:, a] & j.eligible[:, 0])
            decisions[a] = len(both)
            if len(both):
                average[:, a] = self._average(a, both)
        return LongEffects(constant, average, decisions)

    def policy_contrast(self, target: Floats) -> Floats:
        """(C, o) contributions of sum_t D_t sum_a (pi - mu)(a|s_t) Q_mu(s_t, a) for a policy (n, A).

        The derivative of the value at mu in the direction of pi (policy gradient theorem: Sutton, McAllester,
        Singh & Mansour 2000): journeys.scale x its sum is the uplift of moving a small share of the way to
        pi, divided by that share. AIPW, as above: unbiased when mu is right. The uplift of going all the way
        differs by what pi's own later decisions change.
        """
        j, mu = self.journeys, self.behaviour
        row = np.arange(len(mu))
        move, logged = target - mu, mu[row, j.action]
        ratio = np.divide(move[row, j.action], logged, out=np.zeros(len(mu)), where=logged > 0)
        terms = self._times_tau(move) + ratio[:, None] * self._residual()  # moves sum to 0: m(x) cancels
        return self._over_clusters(self._discount[:, None] * terms)

    def _residual(self) -> Floats:
        """(n, o) G - Q(x, A) = G - m(x) - sum_a tau_a (1[A = a] - mu_a)."""
        return self._rest - self._times_tau(self._surprise)

    def _times_tau(self, weights: Floats) -> Floats:
        """(n, o) sum_a weights_a tau_a, weights (n, A), with the tau that did not see the row's entity."""
        out = np.empty_like(self._rest)
        for f in range(self._folds):
            mine = self._fold == f
            out[mine] = np.einsum("na,ao->no", weights[mine], self._tau[f], optimize=False)
        return out

    def _constant(self) -> Floats:
        """(C, K, o) contributions to tau of the told actions (K,)."""
        e, rest = self._surprise[self._rows][:, self._told], self._rest[self._rows]
        out = np.full((self.journeys.n_clusters, len(self._told), rest.shape[1]), np.nan)
        information = np.einsum("ni,nj->ij", e, e, optimize=False)
        if np.linalg.matrix_rank(information) < len(self._told):
            return out  # the first action was never an alternative
        inverse = np.linalg.inv(information)
        tau = inverse @ np.einsum("ni,no->io", e, rest, optimize=False)  # (K, o)
        left = rest - np.einsum("ni,io->no", e, tau, optimize=False)
        weight = np.einsum("ni,ij->nj", e, inverse, optimize=False)
        influence = np.zeros_like(self.returns)
        for k in range(len(self._told)):
            influence[self._rows] = weight[:, [k]] * left
            out[:, k] = self._over_clusters(influence) + tau[k] / self.journeys.n_clusters
        return out  # tau is spread evenly: the sums are tau

    def _average(self, a: int, rows: NDArray[np.int64]) -> Floats:
        """(C, o) contributions to the average effect of action a over rows (m,)."""
        j, mu = self.journeys, self.behaviour
        signed = np.zeros(len(rows))
        for action, sign in ((a, 1.0), (0, -1.0)):
            chosen = j.action[rows] == action
            signed[chosen] = sign / mu[rows[chosen], action]
        modelled = (self._tau[:, a] - self._tau[:, 0])[self._fold[rows]]
        terms = modelled + signed[:, None] * self._residual()[rows]
        mean = terms.mean(axis=0)
        influence = np.zeros_like(self.returns)
        influence[rows] = (terms - mean) / len(rows)
        return self._over_clusters(influence) + mean / j.n_clusters

    def _cross_fit(self) -> tuple[Floats, Floats]:
        """G - m(x) (n, o), and tau (F, A, o) per fold left out, from the entities of the other folds."""
        x, g = _state_and_time(self.journeys), self.returns
        members = [np.flatnonzero(self._fold == f) for f in range(self._folds)]
        grams = np.array([x[rows].T @ x[rows] for rows in members])
        crosses = np.array([x[rows].T @ g[rows] for rows in members])
        rest, tau = np.empty_like(g), np.zeros((self._folds, self.behaviour.shape[1], g.shape[1]))
        for f, mine in enumerate(members):
            others = [k for k in range(self._folds) if k != f]
            gram = grams[others].sum(axis=0) + RIDGE_ROWS * np.eye(x.shape[1])
            beta = np.linalg.solve(gram, crosses[others].sum(axis=0))
            rest[mine] = g[mine] - x[mine] @ beta
            seen = self._rows[self._fold[self._rows] != f]
            e = self._surprise[seen][:, self._told]
            information = e.T @ e + RIDGE_ROWS * np.eye(len(self._told))
            tau[f, self._told] = np.linalg.solve(information, e.T @ (g[seen] - x[seen] @ beta))
        return rest, tau

    def _over_clusters(self, values: Floats) -> Floats:
        """(C, k) sums of row values (n, k)."""
        starts = np.searchsorted(self.journeys.cluster, np.arange(self.journeys.n_clusters))
        return np.add.reduceat(values, starts, axis=0)


def returns_to_go(journeys: Journeys, discount: Floats | None = None) -> Floats:
    """(n, o) logged return from each decision to its journey's end, the tail included, discounted to the
    decision. discount (n,): cumulative from the journey's start; default 1."""
    goes_on = np.append(np.diff(journeys.journey) == 0, False)
    ahead = np.ones(len(goes_on))
    if discount is not None:
        ahead[:-1] = np.divide(
            discount[1:], discount[:-1], out=np.zeros(len(ahead) - 1), where=discount[:-1] > 0
        )
    returns = journeys.outcomes.copy()
    by_step = np.split(np.argsort(journeys.t, kind="stable"), np.cumsum(np.bincount(journeys.t))[:-1])
    for rows in reversed(by_step):
        rows = rows[goes_on[rows]]
        returns[rows] += ahead[rows, None] * returns[rows + 1]
    return returns


def _state_and_time(journeys: Journeys) -> Floats:
    """(n, 3 + 2 d) intercept, state, time left and its square, and time left x state."""
    left = -journeys.t if journeys.days_left is None else journeys.days_left
    time = (left - left.mean()) / max(float(left.std()), 1.0)
    x = np.clip(journeys.features, -FEATURE_RANGE, FEATURE_RANGE)
    return np.column_stack([np.ones(len(x)), x, time, time**2, time[:, None] * x])
