"""What the totals identify: did a channel's spend move, on its own, often enough, and not after sales?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr

from models.results import (
    FewMoves,
    FollowsSales,
    MovesWithOthers,
    SalesSwing,
    SpendHardlyMoves,
    Unidentified,
)
from models.totals.baseline import orthonormal, without
from models.totals.results import Diagnosis
from models.totals.robust import long_run_variance
from models.totals.settings import TotalsSettings

Floats = NDArray[np.float64]

FOLLOWS_SALES = 0.05
"""Level of the test whether spend follows sales: how often a channel that does not is refused for it."""
LEAD_DAYS = 7


@dataclass(frozen=True)
class Design:
    """How the channels' spend moved on the days learnt from. n days, K channels."""

    variation: Floats  # (K,) sd of spend beside the baseline over its mean
    independent: Floats  # (K,) 1 / variance inflation factor, the smaller of spend's and columns'
    moves: Floats  # (K,) effective number of independent moves


def describe_design(spend: Floats, mean: Floats, columns: Floats) -> Design:
    """spend (n, K) with the baseline taken out, mean (K,) per day, columns (n, K) as the model uses them.

    moves = (sum r^2)^2 / sum r^4 x (1 - rho) / (1 + rho), r the spend that neither baseline nor other
    channels explain: one spike counts once, and so does one long step.
    """
    channels = spend.shape[1]
    independent, moves = np.zeros(channels), np.zeros(channels)
    variation = spend.std(axis=0) / mean
    for k in np.flatnonzero(variation > 1e-9).tolist():
        others = np.delete(np.arange(channels), k)
        alone = without(columns[:, k], _basis(columns[:, others]))
        r = without(spend[:, k], _basis(spend[:, others]))
        size, whole = float((r**2).sum()), float((spend[:, k] ** 2).sum())
        # spend too: two channels with the same budgets differ as columns once their carry-overs do
        independent[k] = min(float((alone**2).sum()) / float((columns[:, k] ** 2).sum()), size / whole)
        if size > 1e-12 * whole:
            rho = float(np.clip((r[1:] * r[:-1]).sum() / size, 0.0, 1.0))
            moves[k] = size**2 / float((r**4).sum()) * (1 - rho) / (1 + rho)
    return Design(variation, independent, moves)


def coming_spend_p(
    spend: Floats, rows: NDArray[np.int64], columns: Floats, outcome: Floats, take_out: Floats
) -> float | None:
    """p-value of `the coming week's spend says nothing about today's sales`, for one channel.

    spend (N,) of every day, rows (n,) the days learnt from; columns (n, K) and outcome (n,) of the model and
    take_out (n, r) the orthonormal baseline. Tomorrow's ads sell nothing today, so where coming spend goes
    with sales, given today's spend, last week's and everything modelled, budgets follow demand and the
    channel's return is that of demand. Robust t test with B degrees of freedom, two-sided. Blind to budgets
    that are raised on the very day of a demand shock. None where spend hardly moves.
    """
    total = np.concatenate([[0.0], np.cumsum(spend)])
    n = len(spend)

    def window(first: int, last: int) -> Floats:
        low, high = np.clip(rows + first, 0, n), np.clip(rows + last + 1, 0, n)
        return (total[high] - total[low]) / np.maximum(high - low, 1)

    inside = rows + LEAD_DAYS < n
    controls = np.column_stack([columns, without(spend[rows], take_out), without(window(-7, -1), take_out)])
    lead = without(np.where(inside, window(1, LEAD_DAYS), spend.mean()), take_out)
    basis = _basis(controls)
    own, error = without(lead, basis), without(outcome, basis)
    size = float((own**2).sum())
    if not size > 1e-6 * float((lead**2).sum()) or not size > 1e-12 * float((spend**2).sum()):
        return None
    slope = float((own * error).sum()) / size
    rest = error - slope * own
    variance, dof = long_run_variance((own * rest)[:, None])
    # never below the spread of independent errors: few slow moves make the robust one too small
    least = size * float((rest**2).mean())
    free = max(len(rows) - take_out.shape[1] - basis.shape[1] - 1, 1)
    spread = np.sqrt(max(float(variance[0, 0]), least, 1e-300) * len(rows) / free)
    return float(2 * stdtr(dof, -abs(slope) * size / spread))


def diagnose(
    k: int, design: Design, prior_share: float, follows_p: float | None, settings: TotalsSettings
) -> Diagnosis:
    """Whether channel k is identified, and the first reason why not. Thresholds stand in the settings.

    All but the last two reasons look at spend alone, so that passing them does not select lucky estimates.
    """
    variation, share, moves = (float(v[k]) for v in (design.variation, design.independent, design.moves))
    reason: Unidentified | None = None
    if variation < settings.min_spend_variation:
        reason = SpendHardlyMoves(variation, settings.min_spend_variation)
    elif share < settings.min_independent_share:
        reason = MovesWithOthers(share)
    elif moves < settings.min_moves:
        reason = FewMoves(moves, settings.min_moves)
    elif follows_p is not None and follows_p < FOLLOWS_SALES:
        reason = FollowsSales(follows_p)
    elif prior_share > settings.max_prior_share:
        reason = SalesSwing()
    return Diagnosis(reason is None, reason, variation, share, moves, prior_share, follows_p)


def _basis(columns: Floats) -> Floats:
    """(n, r) orthonormal; r = 0 where there is no column to speak of."""
    if not columns.shape[1] or not (columns != 0).any():
        return np.zeros((len(columns), 0))
    return orthonormal(columns)
