"""How the advantage learner is fitted: residual on residual, in closed form.

    y - m(s) = sum_a (1[a taken] - mu(a|s)) x(s)'beta_a + noise,   y = n-step return + gamma^days V(s_n)

(Robinson 1988; Nie & Wager 2021, the R-learner; m = V, the value of today's delivery.) One regression for
margin and one for cost. Both sides are centred, so an error in m costs precision and no bias as long as mu is
right, and an error in mu costs little where m is right.

Assumes: the features, the eligible set among them, hold what delivery reacted to and what drives purchases
(else an ad is credited with the purchase that was coming anyway); today's delivery follows after the action,
so that A is a first step of improvement and not the best plan's advantage. Wrong where advantages are not
linear in the features, where mu is, or where a new policy changes the states so far that today's say little.

Rare purchases make 300 free coefficients useless, so they are shrunk: towards no effect for margin, towards
the action's mean cost for cost. Features come in groups, from what is likeliest to matter to what is least:
intercept, who it is, the last days, the rest, and the order of events where a network reads it. Each group's
ridge minimises the loss on held-out entities, by coordinate descent on sufficient statistics.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csr_array

from models.agents.advantage import AdvantageModel, design
from models.mdp import ORDER, Feature, Transitions, fold_of
from models.numerics import one_blas_thread
from models.training import (
    Experience,
    Returns,
    build_experience,
    mean_action_costs,
    solved_values,
    value_moments,
)
from sql.errors import LogError

Floats = NDArray[np.float64]

RIDGES = (1e0, 1e1, 1e2, 1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 1e9)
"""In rows of a feature with variance 1 where an action is always or never taken; the last is: left out."""
SWEEPS = 2
FOLDS = 4
"""Of entities, for the ridge; the values are cross-fitted by the same."""
FOLD_SALT = 0x5EED_0A0A
CHUNK_ROWS = 1 << 14
INTERCEPT, WHO, RECENT, REST, EVENTS = range(5)
GROUPS = {"who": WHO, "recent": RECENT, "rest": REST, ORDER: EVENTS}


def feature_groups(features: tuple[Feature, ...]) -> NDArray[np.int64]:
    """(p,) group of every coefficient; the intercept is last."""
    return np.array([*(GROUPS[f.group] for f in features), INTERCEPT])


@dataclass(frozen=True)
class Residuals:
    """m decisions with a choice. K actions besides none; money in currency units."""

    row: NDArray[np.int64]  # (m,) of the transition table
    entity: NDArray[np.int64]  # (m,) ascending
    action: Floats  # (m, K) 1[a taken] - mu(a|s)
    outcome: Floats  # (m, 2) margin and cost: return minus its mean given the state
    action_cost: Floats  # (K,) mean cost of the decision itself; taken off the cost, and put back


@dataclass(frozen=True)
class Moments:
    """Sufficient statistics of the regression: Z'Z (Kp, Kp) and Z'y (Kp, 2)."""

    gram: Floats
    cross: Floats


def fit_advantage(
    transitions: Transitions,
    train_rows: NDArray[np.bool_],
    behaviour: Floats,
    *,
    discount_per_day: float,
    n_steps: int,
    pessimism: float,
    experience: Experience | None = None,
) -> AdvantageModel:
    """The learner on the training rows (n,), with today's delivery mu (n, A) of every row.

    n_steps: epochs over which logged margins are summed before a value stands in for the rest.
    pessimism: standard errors taken off in force. experience: of these rows and steps, where it is at hand.
    Raises LogError where no training row holds a choice.
    """
    if experience is None:
        experience = build_experience(
            transitions, train_rows, discount_per_day=discount_per_day, n_steps=n_steps
        )
    found = residuals(transitions, train_rows, behaviour, experience, discount_per_day)
    if len(found.row) == 0:
        raise LogError(
            "The advantage learner needs decisions with two or more eligible actions; none is here."
        )
    groups = feature_groups(transitions.feature_spec)
    k, p = found.action.shape[1], len(groups)
    with one_blas_thread():
        folds = _moments(transitions, found, experience)
        whole = Moments(sum(f.gram for f in folds), sum(f.cross for f in folds))  # type: ignore[arg-type]
        penalties = [np.tile(np.array(choose_ridges(folds, groups, k, o))[groups], k) for o in (0, 1)]
        inverses = [_inverse(whole.gram, penalty) for penalty in penalties]
        beta = np.column_stack([inverses[o] @ whole.cross[:, o] for o in (0, 1)])
        covariance = _covariance(transitions, found, experience, beta, penalties, inverses)
    cost = beta[:, 1].reshape(k, p).copy()
    cost[:, -1] += found.action_cost
    return AdvantageModel(experience.normalisation, beta[:, 0].reshape(k, p), cost, covariance, pessimism)


def residuals(
    transitions: Transitions,
    train_rows: NDArray[np.bool_],
    behaviour: Floats,
    experience: Returns,
    discount_per_day: float,
) -> Residuals:
    """Actions minus mu, returns minus values: each entity's values come from the other folds."""
    rows = np.flatnonzero(train_rows)[experience.row]
    entity = transitions.entity[rows]
    outcome = _cross_fitted_residuals(experience, entity, discount_per_day) * experience.value_unit
    choice = transitions.eligible[rows].sum(axis=1) >= 2
    rows, outcome = rows[choice], outcome[choice]
    taken = experience.action[choice]
    action = -behaviour[rows, 1:]
    shown = np.flatnonzero(taken)
    action[shown, taken[shown] - 1] += 1.0
    cost = mean_action_costs(experience) * experience.value_unit
    outcome[:, 1] -= np.einsum("nk,k->n", action, cost, optimize=False)
    return Residuals(rows, transitions.entity[rows], action, outcome, cost)


def _cross_fitted_residuals(
    experience: Returns, entity: NDArray[np.int64], discount_per_day: float
) -> Floats:
    """(m, 2) margin and cost: n-step return plus the value after it, minus the value before."""
    fold = fold_of(entity, FOLDS, FOLD_SALT)
    discount = discount_per_day**experience.interval_days * (1.0 - experience.terminal)
    found = np.column_stack([experience.margin, experience.cost]).astype(np.float64)
    with one_blas_thread():
        rows = [np.flatnonzero(fold == f) for f in range(FOLDS)]
        moments = [value_moments(_some(experience, some), discount_per_day=discount_per_day) for some in rows]
        for f, mine in enumerate(rows):
            weights = np.column_stack(solved_values([*moments[:f], *moments[f + 1 :]]))
            for start in range(0, len(mine), CHUNK_ROWS):
                some = mine[start : start + CHUNK_ROWS]
                before, after = (
                    experience.observed(at[some])[:, :-1] @ weights[:-1] + weights[-1]
                    for at in (experience.row, experience.next_row)
                )
                found[some] += discount[some, None] * after - before
    return found


def _some(experience: Returns, rows: NDArray[np.int64]) -> Returns:
    """The same experience with some of its decisions (m,)."""
    names = ("action", "action_cost", "row", "next_row", "margin", "cost", "terminal", "interval_days")
    return replace(experience, **{name: getattr(experience, name)[rows] for name in names})


def choose_ridges(folds: list[Moments], groups: NDArray[np.int64], k: int, outcome: int) -> tuple[float, ...]:
    """The ridge of each group with the smallest held-out loss for margin (0) or cost (1); ties: the larger.

    The loss is sum (y - Z beta)^2 over the entities left out, less sum y^2: 0 is what no effect scores.
    """
    gram, cross = sum(f.gram for f in folds), sum(f.cross[:, outcome] for f in folds)
    present = np.unique(groups)

    def loss(ridges: list[float]) -> float:
        penalty = np.diag(np.tile(np.array(ridges)[groups], k))
        total = 0.0
        for fold in folds:
            left, right = gram - fold.gram + penalty, cross - fold.cross[:, outcome]
            beta = solve(left, right, assume_a="pos")
            total += float(beta @ fold.gram @ beta - 2.0 * beta @ fold.cross[:, outcome])
        return total

    ridges = [RIDGES[len(RIDGES) // 2]] * (EVENTS + 1)
    for _ in range(SWEEPS):
        for group in present:
            tried = [(loss([*ridges[:group], r, *ridges[group + 1 :]]), -r) for r in RIDGES]
            ridges[group] = -min(tried)[1]
    return tuple(ridges)


def _moments(transitions: Transitions, found: Residuals, experience: Experience) -> list[Moments]:
    """Of each fold of entities."""
    fold = fold_of(found.entity, FOLDS, FOLD_SALT)
    k, p = found.action.shape[1], transitions.features.shape[1] + 1
    moments = []
    for f in range(FOLDS):
        mine = np.flatnonzero(fold == f)
        gram, cross = np.zeros((k * p, k * p)), np.zeros((k * p, 2))
        for start in range(0, len(mine), CHUNK_ROWS):
            some = mine[start : start + CHUNK_ROWS]
            z = _regressors(transitions, found, experience, some)
            gram += z.T @ z
            cross += z.T @ found.outcome[some]
        moments.append(Moments(gram, cross))
    return moments


def _inverse(gram: Floats, penalty: Floats) -> Floats:
    return np.linalg.inv(gram + np.diag(penalty)).astype(np.float64)


def _regressors(
    transitions: Transitions, found: Residuals, experience: Experience, some: NDArray[np.int64] | slice
) -> Floats:
    """Z (m, Kp) of some rows: (1[a] - mu(a)) x(s) in the block of a."""
    x = design(transitions.features[found.row[some]], experience.normalisation)
    return (found.action[some][:, :, None] * x[:, None, :]).reshape(len(x), -1)


def _covariance(
    transitions: Transitions,
    found: Residuals,
    experience: Experience,
    beta: Floats,
    penalties: list[Floats],
    inverses: list[Floats],
) -> Floats:
    """(3, K, p, p) of the coefficients of each action: margin, margin with cost, cost.

    A (S'S + sigma^2 P) A with A = (Z'Z + P)^-1 and S the scores summed by entity: what the log's noise adds
    (clustered sandwich), and what shrinking hides if effects are as large as the ridge P supposes.
    """
    k, p = found.action.shape[1], transitions.features.shape[1] + 1
    number = np.cumsum(np.diff(found.entity, prepend=found.entity[:1]) != 0)
    scores = np.zeros((2, int(number[-1]) + 1, k * p))
    squares = np.zeros((2, 2))
    for start in range(0, len(found.row), CHUNK_ROWS):
        some = slice(start, start + CHUNK_ROWS)
        z = _regressors(transitions, found, experience, some)
        error = found.outcome[some] - z @ beta
        squares += error.T @ error
        first = np.flatnonzero(np.diff(number[some], prepend=-1))
        offsets, rows = np.append(first, len(z)), np.arange(len(z))
        for o in (0, 1):  # entity by entity, row after row, without a second array as large as z
            sums = csr_array((error[:, o], rows, offsets), shape=(len(first), len(z)))
            scores[o, number[some][first]] += sums @ z
    variance = squares / max(len(found.row) - 1, 1)
    out = np.empty((3, k, p, p))
    for at, (i, j) in enumerate(((0, 0), (0, 1), (1, 1))):
        hidden = variance[i, j] * np.sqrt(penalties[i] * penalties[j])
        whole = inverses[i] @ (scores[i].T @ scores[j] + np.diag(hidden)) @ inverses[j]
        for a in range(k):
            out[at, a] = whole[a * p : (a + 1) * p, a * p : (a + 1) * p]
    return out
