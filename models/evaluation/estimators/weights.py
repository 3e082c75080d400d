"""Importance weights: how much more often the target policy would have made the logged decisions.

w_t = prod_{u <= t} pi(a_u | s_u) / mu(a_u | s_u), a running product within the journey, so that the weight
of step t knows decisions 0..t only (Precup, Sutton & Singh 2000).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.evaluation.estimators.steps import Steps
from models.evaluation.estimators.targets import Probabilities
from models.mdp import Journeys
from models.numerics import rows_with_several
from sql.errors import LogError, StudyError

Floats = NDArray[np.float64]
TOLERANCE = 1e-6
"""How far the probabilities of a row may be from summing to 1."""
ROWS_AT_A_TIME = 1 << 13


@dataclass(frozen=True)
class Weights:
    """Cumulative weights. A journey that ended keeps its last weight in every later step's sums."""

    ratio: Floats  # (n,) pi / mu of each row, behind them
    row: Floats  # (n,) w_t of each row
    final: Floats  # (J,) of each journey's last row
    total: Floats  # (T,) sum over all J journeys, ended ones and those of other sites included
    squares: Floats  # (T,) sum of squares, likewise
    largest: Floats  # (T,) largest, likewise, of this site alone


def check_probabilities(policy: str, probabilities: Probabilities, journeys: Journeys) -> None:
    """Raise StudyError unless each row of (n, A) is a distribution over the eligible actions."""
    expected = journeys.eligible.shape
    if probabilities.shape != expected:
        raise StudyError(
            f"Policy {policy!r} has probabilities of shape {probabilities.shape}; {expected} is needed: "
            "one row per decision, one column per action."
        )
    for part in stretches(len(probabilities)):
        check_chances(policy, probabilities[part], journeys.eligible[part], journeys.actions, part.start)


def check_chances(
    policy: str,
    probabilities: Probabilities,
    eligible: NDArray[np.bool_],
    actions: tuple[str, ...],
    first: int = 0,
) -> None:
    """The same of some decisions: probabilities and eligible (m, A); first: the number of the first one."""
    off = np.abs(np.einsum("na->n", probabilities, optimize=False, dtype=np.float64) - 1.0)
    if not (np.all(off <= TOLERANCE) and np.all(probabilities >= 0)):
        row = int(np.argmax(~((off <= TOLERANCE) & np.all(probabilities >= 0, axis=1))))
        raise StudyError(
            f"Policy {policy!r}, decision {first + row}: probabilities must be 0 or more and sum to 1, "
            f"but they are {np.round(probabilities[row], 6).tolist()}."
        )
    outside = (probabilities > 0) & ~eligible
    if outside.any():
        row, action = (int(i) for i in np.argwhere(outside)[0])
        raise StudyError(
            f"Policy {policy!r}, decision {first + row}: probability {probabilities[row, action]:.3g} for "
            f"{actions[action]!r}, which was not eligible there; it must be 0."
        )


def action_ratios(journeys: Journeys, target: Probabilities, behaviour: Floats) -> Floats:
    """pi(a|s) / mu(a|s) of the logged action, (n,). Where only one action was eligible it is exactly 1.

    target, behaviour: (n, A). Nothing is clipped: a logged action that delivery is said never to take has
    no ratio and raises LogError.
    """
    ratios, impossible = np.ones(len(journeys.action)), list[int]()
    for part in stretches(len(ratios)):
        done = np.arange(part.stop - part.start) * behaviour.shape[1] + journeys.action[part]
        choice, logged = rows_with_several(journeys.eligible[part]), behaviour[part].take(done)
        impossible += (part.start + np.flatnonzero(choice & ~(logged > 0))).tolist()
        np.divide(target[part].take(done), logged, out=ratios[part], where=choice & (logged > 0))
    if impossible:
        i = impossible[0]
        raise LogError(
            f"{len(impossible)} logged decisions have behaviour probability 0, the first is decision "
            f"{i} (action {journeys.actions[journeys.action[i]]!r}). What was done cannot have been "
            "impossible: correct the logged propensities, or leave them out so that they are estimated."
        )
    return ratios


def stretches(n: int) -> Iterator[slice]:
    """Of the rows 0..n-1, in order: what is worked out of one stays in the cache."""
    return (slice(start, min(start + ROWS_AT_A_TIME, n)) for start in range(0, n, ROWS_AT_A_TIME))


def cumulative_weights(ratios: Floats, steps: Steps) -> Weights:
    """Running products of ratios (n,) within each journey, in log space; a ratio of 0 gives weight 0."""
    with np.errstate(divide="ignore"):
        log_ratio = np.log(ratios)
    log_weight = np.zeros(len(steps.last))
    row = np.empty(len(ratios))
    for t in range(steps.n_steps):
        now = steps.at(t)
        active = steps.journey.take(now)
        so_far = log_weight.take(active) + log_ratio.take(now)
        log_weight[active], row[now] = so_far, np.exp(so_far)
    return summed(ratios, row, steps)


def summed(ratios: Floats, row: Floats, steps: Steps) -> Weights:
    """Row weights (n,) with their sums per step over all journeys, those that ended included; ratios (n,)."""
    total, squares, largest = (np.zeros(steps.n_steps) for _ in range(3))
    ended, ended_squares, ended_largest = 0.0, 0.0, 0.0
    for t in range(steps.n_steps):
        now = steps.at(t)
        weight = row.take(now)
        total[t] = ended + weight.sum()
        squares[t] = ended_squares + (weight**2).sum()
        largest[t] = max(ended_largest, weight.max(initial=0.0))
        over = weight[steps.is_last[now]]
        if len(over):
            ended += over.sum()
            ended_squares += (over**2).sum()
            ended_largest = max(ended_largest, over.max())
    total, squares = steps.sites.total("weights of steps", np.array([total, squares]))
    return Weights(ratios, row, row[steps.last], total, squares, largest)
