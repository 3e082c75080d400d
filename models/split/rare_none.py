"""Where support is lost when a channel is cut: on users who hardly ever see nothing.

Of scaled delivery the ratio to today's delivery mu is m_k for a channel k, and for `none`

    pi(none|s) / mu(none|s) = 1 + sum_k (1 - m_k) mu(k|s) / mu(none|s),

which has no bound of its own: what is taken from the channels falls on `none`, and where delivery takes that
once in a hundred decisions, a cut by half makes it fifty times as likely. Raising only takes from `none`, and
every ratio stays at m_k or below. Supported plans raise as they like, and cut as far as `none` was seen.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rarity(behaviour: Floats, eligible: NDArray[np.bool_]) -> Floats:
    """(K,) mean of mu_k^2 / mu_none over decisions where both are possible; behaviour (n, A).

    Times (1 - m_k)^2 it is the variance that a cut of channel k alone gives to the weight of one decision.
    """
    none = behaviour[:, 0]
    possible = eligible[:, :1] & eligible[:, 1:] & (none > 0)[:, None]  # (n, K)
    square = np.divide(
        behaviour[:, 1:] ** 2, none[:, None], out=np.zeros_like(possible, float), where=possible
    )
    return square.sum(axis=0) / max(len(none), 1)
