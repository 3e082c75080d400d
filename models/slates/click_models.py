"""Four estimators of a slate's value, from the one that assumes most of readers to the one that assumes
nothing.

Each weighs the reward of position k of slate i, V = 1/n sum_i sum_k w_ik r_ik:

position
    w = sum_j p_j pi(a_k at j) / sum_j p_j mu(a_k at j). Assumes that a position is looked at with a
    chance p_j, whatever is shown, and that an item then earns the same in every position (Li,
    Abbasi-Yadkori, Kveton, Muthukrishnan, Vinay & Wen 2018). Wrong where an item suits one position
    better than another.
item-position
    w = pi(a_k at k) / mu(a_k at k). Assumes that an item in its position earns the same whatever else is
    shown (the same; independent IPS). Wrong where what stands above satisfies, and readers stop.
cascade
    w = prod_{j <= k} of the ratios (McInerney, Brost, Chandar, Mehrotra & Carterette 2020). Assumes that
    readers go from top to bottom, so that nothing depends on what stands below. Wrong where items are
    compared with those below them.
whole slate
    w = prod_j of all ratios (Swaminathan, Krishnamurthy, Agarwal, Dudik, Langford, Jose & Zitouni 2017
    call it IPS). Assumes the logged probabilities alone; its weights grow with every position.

Each assumes what the ones below it assume, and more, and pays with less noise.
"""

import numpy as np

from models.slates.slate_log import Floats, SlateLog

CLICK_MODELS = ("position", "item-position", "cascade", "whole slate")
"""From the most to the least that is assumed."""


def contributions(log: SlateLog) -> Floats:
    """(n, 4) of each slate to the value under each click model; their means are the estimates."""
    ratios = log.ratios if log.sequential is None else log.sequential
    below = np.cumprod(ratios, axis=1)  # (n, K)
    weights = (_by_position(log), log.ratios, below, np.broadcast_to(below[:, -1:], below.shape))
    return np.stack([(w * log.reward).sum(axis=1) for w in weights], axis=1)


def examination(log: SlateLog) -> Floats:
    """(K,) how likely a position is looked at, against the first: what all items alike, by lot, would
    earn there, 1 / A over their logged probability, against the same in the first position.

    Assumes `position`. Where the first position earned nothing, all are taken to be alike.
    """
    by_lot = (log.reward / log.shown(log.behaviour)).mean(axis=0)
    return by_lot / by_lot[0] if by_lot[0] > 0 else np.ones(len(by_lot))


def _by_position(log: SlateLog) -> Floats:
    """(n, K) how much more often the target would have the item shown looked at, anywhere in the slate."""
    p = examination(log)
    looked_at = [np.einsum("k,nka->na", p, policy, optimize=False) for policy in (log.target, log.behaviour)]
    mine, logged = (np.take_along_axis(one, log.item, axis=1) for one in looked_at)  # (n, K)
    return np.divide(mine, logged, out=np.zeros_like(mine), where=logged > 0)
