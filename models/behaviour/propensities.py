"""Delivery's distribution over the eligible actions, as far as the log tells it; the rest is estimated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import LoggedTransitions, Transitions
from models.policies import Floats
from sql.errors import LogError

TOLERANCE = 1e-3
"""How far logged probabilities may be off by rounding."""
MAX_CONTRADICTING = 0.01
"""Share of decisions that may contradict themselves; above it the propensities mean something else."""


@dataclass(frozen=True)
class Told:
    """Delivery's probabilities, and which of them are the log's own. n rows, A actions."""

    source: str
    """`logged`, if all decisions are known but for those that contradict themselves; else `estimated`."""
    probabilities: Floats  # (n, A)
    notes: tuple[str, ...]
    whole: NDArray[np.bool_]  # (n,) the whole distribution is the log's
    own: NDArray[np.bool_]
    """(n,) the log tells the probability of what was done alone: the rest of the row is built around it."""
    column: str
    """Where the log tells it."""


def logged_probabilities(t: Transitions, estimated: Floats, choice: NDArray[np.bool_]) -> Told:
    """The log's own probabilities, where it has them, beside an estimate (n, A).

    A decision whose eligible channels all carry a propensity is known whole, mu(none) being what is left;
    of others the logged action's propensity stands if all of them have one. The rest, and decisions whose
    figures contradict each other (`MAX_CONTRADICTING` of those told, at most: a note counts them), follow the
    estimate. Raises LogError where there are more of these, or a propensity lies outside (0, 1].
    """
    known, odd, notes = np.zeros(t.n_rows, bool), np.zeros(t.n_rows, bool), []
    p = estimated
    if isinstance(t, LoggedTransitions) and t.delivery is not None:
        told = choice & ~np.isnan(t.delivery[:, 0])
        odd = _contradicting(t, t.delivery, told)
        known = told & ~odd
        p = estimated.copy()
        p[known] = np.maximum(t.delivery[known], 0.0)
        p[known] /= p[known].sum(axis=1, keepdims=True)  # 1, but for rounding
    if isinstance(t, LoggedTransitions) and t.untold:
        notes.append(f"The opportunities' propensities are of no use, since {t.untold}.")
    if odd.any():
        notes.append(f"{odd.sum()} decisions have propensities that contradict each other: not believed.")
    rest = choice & ~known & ~odd
    own = complete_propensity(t, rest)
    alone = np.zeros(t.n_rows, bool)
    if own is not None:
        p, constant = around_logged(t, own, p, rest)
        alone = rest & ~constant
    elif known.any() and rest.any():
        share = known.sum() / choice.sum()
        notes.append(
            f"{share:.1%} of the decisions carry delivery's probabilities; the others are estimated."
        )
    elif rest.any() and t.propensity is not None:
        notes.append("Some decisions carry no propensity, so delivery's probabilities are estimated.")
    logged = own is not None or (known.any() and not rest.any())
    return Told(
        source="logged" if logged else "estimated",
        probabilities=p,
        notes=tuple(notes),
        whole=known if own is None else choice & ~odd & ~alone,
        own=alone,
        column="opportunities.propensity" if known.any() else "impressions.propensity",
    )


def _contradicting(t: Transitions, delivery: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(n,) decisions of `known` whose propensities add up to more than 1, or give the logged action none, or
    another one than its impression has. LogError where they are many."""
    own = delivery[np.arange(t.n_rows), t.action]
    above = known & (delivery[:, 0] < -TOLERANCE)
    impossible = known & ~above & ~(own > 0)
    other = np.zeros_like(known)
    if t.propensity is not None:
        other = known & ~above & (np.abs(t.propensity - own) > TOLERANCE)
    odd = above | impossible | other
    if odd.sum() <= MAX_CONTRADICTING * known.sum():
        return odd
    what = {
        "the propensities of the channels that were possible add up to more than 1": above,
        "the propensities leave no probability for what was done": impossible,
        "the opportunity and its impression have different propensities": other,
    }
    sentence, rows = max(what.items(), key=lambda item: int(item[1].sum()))
    raise LogError(
        f"opportunities.propensity: on {rows.sum()} of {known.sum()} decisions {sentence}, first on day "
        f"{np.datetime64(int(t.day[rows].min()), 'D')}; it must be the probability of showing this channel, "
        "and no other, to this person that day. Leave the column out if it means something else."
    )


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


def around_logged(
    t: Transitions, propensity: Floats, estimated: Floats, choice: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Full distributions (n, A) around the logged action's propensity, and the rows (n,) where it alone gives
    the whole of them.

    Where the logged propensity depends on the eligible set and the action alone (a randomised test), the
    log itself gives the whole distribution. Elsewhere the other eligible actions share what is left in
    proportion to the estimated model.
    """
    p, whole = estimated.copy(), np.zeros(t.n_rows, bool)
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
            p[here], whole[here] = known, True
    return p, whole


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
