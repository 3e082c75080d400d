"""Full distributions over the eligible actions, around the logged action's own propensity."""

import numpy as np
from numpy.typing import NDArray

from models.policies import Floats
from models.transition_table import Transitions
from sql.errors import LogError


def complete_propensity(t: Transitions, choice: NDArray[np.bool_]) -> Floats | None:
    """Logged propensities (n,), or None where a row with a choice has none."""
    if t.propensity is None or not choice.any() or np.isnan(t.propensity[choice]).any():
        return None
    bad = np.flatnonzero(choice & ~((t.propensity > 0) & (t.propensity <= 1)))
    if len(bad):
        raise LogError(
            f"impressions.propensity: {len(bad)} decisions have a propensity outside (0, 1], the first on "
            f"day {np.datetime64(int(t.day[bad[0]]), 'D')} with {t.propensity[bad[0]]:g}; it must be the "
            "probability with which the logged action was taken."
        )
    return t.propensity


def around_logged(t: Transitions, propensity: Floats, estimated: Floats, choice: NDArray[np.bool_]) -> Floats:
    """Full distributions (n, A) around the logged action's propensity.

    Where the logged propensity depends on the eligible set and the action alone (a randomised test), the
    log itself gives the whole distribution. Elsewhere the other eligible actions share what is left in
    proportion to the estimated model.
    """
    p = estimated.copy()
    rows = np.flatnonzero(choice)
    others = estimated[rows]
    others[np.arange(len(rows)), t.action[rows]] = 0.0
    left = others.sum(axis=1, keepdims=True)
    # All estimated mass on the logged action: the others are alike for all the model knows.
    alike = t.eligible[rows].astype(np.float64)
    alike[np.arange(len(rows)), t.action[rows]] = 0.0
    alike /= alike.sum(axis=1, keepdims=True)
    others = np.where(left > 0, others / np.where(left > 0, left, 1.0), alike)
    p[rows] = others * (1.0 - propensity[rows, None])
    p[rows, t.action[rows]] = propensity[rows]

    sets, which = np.unique(t.eligible[rows], axis=0, return_inverse=True)
    for s, eligible in enumerate(sets):
        here = rows[which.ravel() == s]
        known = _constant_distribution(eligible, t.action[here], propensity[here])
        if known is not None:
            p[here] = known
    return p


def _constant_distribution(
    eligible: NDArray[np.bool_], action: NDArray[np.integer], propensity: Floats
) -> Floats | None:
    """The distribution (A,) over one eligible set if each action's logged propensity is one number and they
    sum to 1; else None."""
    known = np.zeros(len(eligible))
    for k in np.flatnonzero(eligible):
        values = propensity[action == k]
        if len(values) == 0 or np.ptp(values) > 1e-9:
            return None
        known[k] = values[0]
    return known / known.sum() if abs(known.sum() - 1.0) < 1e-3 else None
