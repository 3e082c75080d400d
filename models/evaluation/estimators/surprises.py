"""Surprises: what was done in a journey beyond what was to be expected of delivery.

    e_u = 1[a_u = k] - mu(k|s_u),    R_t = sum over u < t of e_u 2^(-(days from u to t) / half-life)

A surprise has no other cause than chance: whatever the state forgets (an intent, a mood) cannot have brought
it about, and whatever follows it, it has caused. Weights that know the surprises of the last days carry them
past a state that forgets, where weights of the state alone credit them with what delivery had looked for. The
idea is that of structural nested models (Robins 1994): effects of past actions by their residuals.

A policy that decides by the state takes an action more often here and less often there, so that on average
its weights know nothing of the actions' surprises. They know its own:

    d_u = pi(a_u|s_u) / mu(a_u|s_u) - 1,    prod_u (1 + d_u) = 1 + sum_u d_u + sum_{u<v} d_u d_v + ...

a running product to first order, with its memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import ALONE, Journeys, Sites
from models.numerics import stable_order

Floats = NDArray[np.float64]
READS = 0.05
"""Share from which on a policy reads the state (`reads_the_state`)."""


@dataclass(frozen=True)
class Course:
    """How surprises go from row to row of journeys, the same for all policies."""

    later: tuple[NDArray[np.int64], ...]
    """The rows of every step from the second on: of each the row before is the same journey's."""
    kept: Floats  # (n,) of the surprises so far, from the row before
    decided: NDArray[np.bool_]  # (n,) rows that may surprise
    sites: Sites


def courses_of(journeys: Journeys, half_lives_days: Sequence[float]) -> list[Course]:
    """Of surprises half of which is forgotten after each half-life. Infinity: all count alike.

    Only decisions of the same journey count. In a tail nothing fades any more: by then all rows of a
    regression are as far from the decisions. Without a calendar a step counts as a day.
    """
    order = stable_order(journeys.t)
    borders = np.r_[0, np.cumsum(np.bincount(journeys.t))]
    later = tuple(order[borders[t] : borders[t + 1]] for t in range(1, len(borders) - 1))
    elapsed, decided, sites = _days_since_the_row_before(journeys), journeys.is_decision, journeys.sites
    return [Course(later, 0.5 ** (elapsed / half_life), decided, sites) for half_life in half_lives_days]


def surprises(journeys: Journeys, behaviour: Floats, courses: Sequence[Course]) -> list[Floats]:
    """For each course (n, A - 1), standardised: R_t of every action but the first, before the decision at
    hand. behaviour (n, A): mu. Zero columns stay zero."""
    surprise = -behaviour[:, 1:]
    shown = np.flatnonzero(journeys.action)
    surprise[shown, journeys.action[shown] - 1] += 1.0
    surprise[~journeys.is_decision] = 0.0
    found = []
    for course in courses:
        out = np.zeros_like(surprise)
        for rows in course.later:
            before = np.take(out, rows - 1, axis=0) + np.take(surprise, rows - 1, axis=0)
            out[rows] = course.kept[rows, None] * before
        found.append(_standardised(out, journeys.sites))
    return found


def own_surprises(course: Course, ratios: Floats) -> Floats:
    """(2, n), standardised: a policy's own surprises before the decision at hand, summed over those that half
    of is forgotten after the half-life and over all alike.

    ratios (n,): pi / mu of the logged action. What counts and what fades is as in `courses_of`.
    """
    own = (ratios - 1.0) * course.decided
    recent, whole = found = np.zeros((2, len(own)))
    for rows in course.later:
        last = rows - 1
        before = own.take(last)
        recent[rows] = course.kept.take(rows) * (recent.take(last) + before)
        whole[rows] = whole.take(last) + before
    for column in found:
        _standardised(column, course.sites)
    return found


def reads_the_state(
    action: NDArray[np.integer], ratios: Floats, n_actions: int = 0, sites: Sites = ALONE
) -> bool:
    """Does a policy take an action more often here than there? action, ratios (n,): pi / mu, of logged ads
    where there was a choice, of all sites. Of all squared changes of their odds more than `READS` are then
    about the mean of each ad. Scaled delivery does not: its changes are a line in the actions' surprises."""
    change = ratios - 1.0
    mine = [np.bincount(action, change, n_actions), np.bincount(action, minlength=n_actions)]
    total, count = sites.total("changed odds of actions", np.array(mine, np.float64))
    mean = total / np.maximum(count, 1)
    squares = np.array([np.sum((change - mean[action]) ** 2), np.sum(change**2)])
    about, whole = sites.total("squared changes of odds", squares)
    return bool(about > READS * whole)


def _standardised(columns: Floats, sites: Sites) -> Floats:
    """(n, k), or (n,), with mean 0 and spread 1 over all sites, in place; a column without spread is 0."""
    (n,) = sites.total("rows", np.array([float(len(columns))]))
    columns -= sites.total("surprises", np.asarray(columns.sum(axis=0))) / n
    squares = np.asarray(np.einsum("n...,n...->...", columns, columns, optimize=False))
    spread = np.sqrt(sites.total("squares of surprises", squares) / n)
    columns /= np.where(spread > 0, spread, 1.0)
    return columns


def _days_since_the_row_before(journeys: Journeys) -> Floats:
    """(n,) 0 within a day, at a journey's first row, and in its tail."""
    elapsed = np.ones(len(journeys.t))
    if journeys.days_left is not None:
        elapsed[1:] = journeys.days_left[:-1] - journeys.days_left[1:]
    elapsed[(journeys.t == 0) | ~journeys.is_decision] = 0.0
    return elapsed
