"""What decisions were followed by, less what counts and the action foretell: what is left to the order.

    y(i, w) = sum of an outcome over (t_i, t_i + w],    residual = y - x_i' beta_a,   beta_a by ridge

over the decisions of each action a that had a choice, x the counts, stocks and recencies of the state with an
intercept. The outcomes are the goals, and purchases where margin is one: how often tells more than how much.
Others would drown them: with clicks among them a network learnt to foretell clicks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.mdp import MARGIN, PURCHASES, Transitions
from models.numerics import gram, one_blas_thread, products

Floats = NDArray[np.float64]
RIDGE = 100.0
"""In decisions with a feature of variance 1: an action that was taken a hundred times is half believed."""


@dataclass(frozen=True)
class Missed:
    """q things that followed n decisions, as far as counts do not foretell them."""

    left: NDArray[np.float32]  # (n, q) of variance 1; NaN where it is not known
    weight: NDArray[np.float32]  # (q,)
    """What followed over several days holds their luck too, and says as much less of the decision: the root
    of the share of the next epoch in them, so that neither what comes at once nor what comes late is
    drowned."""


def what_counts_miss(table: Transitions, *, epoch_days: int, within_days: int) -> Missed:
    """Every goal that varies, in the next epoch and within so many days."""
    spans = sorted({epoch_days, max(within_days, epoch_days)})
    with one_blas_thread():
        found = [_less_counts(table, _followed(table, epoch_days, days)) for days in spans]
    left = np.concatenate(found, axis=1)
    weight = np.concatenate(
        [np.full(one.shape[1], np.sqrt(epoch_days / days)) for one, days in zip(found, spans, strict=True)]
    )
    known = np.isfinite(left)
    square = np.where(known, left, 0.0) ** 2
    spread = np.sqrt(square.sum(axis=0) / np.maximum(known.sum(axis=0), 1))
    varies = spread > 1e-9
    return Missed((left[:, varies] / spread[varies]).astype(np.float32), weight[varies].astype(np.float32))


def _followed(table: Transitions, epoch_days: int, days: int) -> Floats:
    """(n, o) sums of the goals; NaN where one of these days is not known in full, or nothing was to be
    decided."""
    spec, margin = table.outcome_spec, any(o.name == MARGIN and o.goal_weight for o in table.outcome_spec)
    own = [k for k, o in enumerate(spec) if o.goal_weight or (margin and o.name == PURCHASES)]
    n = table.n_rows
    number = np.cumsum(np.diff(table.entity, prepend=table.entity[:1]) != 0)
    day = table.day.astype(np.int64) - int(table.day.min(initial=0))
    span = int(day.max(initial=0)) + days + 1
    end = np.searchsorted(number * span + day, number * span + day + days)  # (n,) the first row after
    sums = np.zeros((n + 1, len(own)), np.int64)
    np.cumsum(table.outcomes[:, own], axis=0, out=sums[1:])
    unknown = np.concatenate([[0], np.cumsum(~table.mature)])
    last = int(day[table.mature].max(initial=0))
    known = (unknown[end] == unknown[:-1]) & (day + days <= last + epoch_days)
    known &= table.eligible.sum(axis=1) >= 2
    return np.where(known[:, None], sums[end] - sums[:-1], np.nan)


def _less_counts(table: Transitions, followed: Floats) -> Floats:
    """(n, o) less the regression of each action's own decisions; NaN stays."""
    mean, sd = table.feature_moments
    scale = np.where(sd > 0, sd, np.inf)
    found = np.full(followed.shape, np.nan)
    for action in range(len(table.actions)):
        rows = np.flatnonzero((table.action == action) & np.isfinite(followed).all(axis=1))
        if not len(rows):
            continue
        x = np.nan_to_num((table.features[rows] - mean) / scale, posinf=0.0, neginf=0.0)
        x -= x.mean(axis=0)
        y = followed[rows] - followed[rows].mean(axis=0)
        beta = np.linalg.solve(gram(x) + RIDGE * np.eye(x.shape[1]), products(x, y))
        found[rows] = y - x @ beta
    return found
