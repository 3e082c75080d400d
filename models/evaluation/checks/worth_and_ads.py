"""Do ads change what a purchase is worth? If they do, every margin has to count as it was logged.

Over purchases i, with u_i = margin beyond what could be expected of it (`models.mdp.purchase_worth`) and
x_ik = the sum, over the entity's decisions of the days before, of 1[k chosen] - mu_k: how much more of k it
got than today's delivery would have given it in the same states. Where worth does not follow ads, S_k =
sum_i u_i x_ik is 0 on average, whatever those who buy are like, and S' Sigma^-1 S ~ chi2_K, Sigma the
covariance of S clustered by entity. S_k is, but for scale, what margins as logged would add to the return of
channel k (the score of its importance weighted estimate).

Wrong where mu is; blind to ads that change baskets later than the days asked about, or only together.
"""

import numpy as np
from numpy.typing import NDArray

from models.evaluation.intervals.bootstrap_t import joint_p_value
from models.mdp import PurchaseWorth, Transitions
from models.results import HealthCheck, WorthOfPurchases

Floats = NDArray[np.float64]
FALSE_ALARMS = 0.1
"""A false alarm costs precision alone, a missed effect honesty: hence far more of them than elsewhere."""


def check_worth_and_ads(
    transitions: Transitions, behaviour: Floats, worth: PurchaseWorth, days: int
) -> HealthCheck:
    """behaviour (n, A); days: over which an ad is asked about. No finding is wrong in itself: `p` below the
    limit says that margins count as logged."""
    p = _p_value(transitions, behaviour, worth, days)
    found = WorthOfPurchases(int(worth.purchases.sum()), worth.error_kept, p < FALSE_ALARMS)
    return HealthCheck("worth of purchases", "ok", p, "probability", f"at least {FALSE_ALARMS:g}", found)


def _p_value(transitions: Transitions, behaviour: Floats, worth: PurchaseWorth, days: int) -> float:
    """Of no channel changing what a purchase is worth."""
    surplus = surprises_before(transitions, behaviour, worth.rows, days) * worth.luck[:, None]  # (m, K)
    entity = transitions.entity[worth.rows]
    starts = np.flatnonzero(np.r_[True, entity[1:] != entity[:-1]])
    score = np.add.reduceat(surplus, starts, axis=0)  # (C, K)
    score = score[:, score.any(axis=0)]
    if not score.shape[1]:
        return 1.0
    score /= np.sqrt((score**2).sum(axis=0))
    return joint_p_value(score.sum(axis=0), np.einsum("ci,cj->ij", score, score, optimize=False))


def surprises_before(
    transitions: Transitions, behaviour: Floats, rows: NDArray[np.int64], days: int
) -> Floats:
    """(m, K) by how much more of each channel the entities of some rows (m,) got in the `days` up to them,
    these rows included, than today's delivery would have given them in the same states."""
    entity = transitions.entity
    kept = np.flatnonzero(np.isin(entity, entity[rows]))
    entity, day, action = entity[kept], transitions.day[kept].astype(np.int64), transitions.action[kept]
    surprise = -behaviour[kept, 1:].astype(np.float64)
    shown = np.flatnonzero(action > 0)
    surprise[shown, action[shown] - 1] += 1.0
    surprise[transitions.eligible[kept].sum(axis=1) < 2] = 0.0
    so_far = np.concatenate([np.zeros((1, surprise.shape[1])), np.cumsum(surprise, axis=0)])
    number = np.cumsum(np.r_[0, entity[1:] != entity[:-1]])
    time = number * (int(day.max() - day.min()) + days + 1) + (day - day.min())  # ascending
    here = np.searchsorted(kept, rows)
    begins = np.searchsorted(time, time[here] - days + 1)  # entities lie further apart than `days`
    return so_far[here + 1] - so_far[begins]
