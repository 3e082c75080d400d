"""Every opportunity as a decision of its own: show its channel, or nothing.

Where a person can meet several ads in an epoch, delivery decides each time a place comes up. Read as one
choice among all of the day's channels, showing one would leave the others a turn more, so that raising a
channel would raise the rest with it, and what one earns would be told of all. By opportunity

    mu(day) = prod over the day's opportunities i of mu(a_i | state, what was shown before i)

which is the day's joint distribution in the order of its times (the chain rule), and scaled delivery changes
its own channel alone. A channel with several opportunities in an epoch is one decision at the time of the
first, shown if any of them was: the place of a decision must not depend on what was decided. It then counts
as shown for the opportunities that come after, even where its ad came later still.

What the whole epoch offers is told of every decision (`standing`), though not all of it was known by then:
with a cap, channels are rivals for the day's places in an order that their times need not tell, and who had
an opportunity for search wants to buy. It is taken as given, as where an epoch is one choice: wrong where an
ad opens further opportunities on the same day.
"""

import numpy as np
from numpy.typing import NDArray

from models.mdp.event_streams import Stream
from models.mdp.substeps import Substeps
from models.mdp.transition_table import IMPOSSIBLE, PASSED_OVER, SHOWN, TO_COME

NEVER = np.iinfo(np.int64).max


def choices_by_opportunity(
    decides: NDArray[np.bool_],
    chance: NDArray[np.floating],
    shown: Stream,
    chances: Stream,
    epoch: int,
    cap: int,
    told: NDArray[np.float64] | None,
) -> Substeps:
    """The opportunities of those who decide (n,), chance (n, K) being how many each had for each channel.

    Once `cap` channels were shown nothing is left to decide, and such opportunities are left out. Who had no
    opportunity decides for `none` once. told (n, K): logged probability of showing, where it is logged.
    """
    n, k = chance.shape
    first = np.full((n, k), NEVER)
    for stream in (shown, chances):
        who, what = stream.entities_at(epoch), stream.at(epoch, "action") - 1
        np.minimum.at(first, (who, what), stream.at(epoch, "second"))
    times = shown.by_action(epoch, "n", k)  # (n, K) exposures

    entity, channel = np.nonzero((chance > 0) & decides[:, None])  # by entity, then channel: ties stay so
    order = np.lexsort((first[entity, channel], entity))
    entity, channel = entity[order], channel[order]
    taken = times[entity, channel] > 0
    before = _earlier(entity, np.eye(k, dtype=np.int64)[channel] * taken[:, None])
    kept = taken | ((before > 0).sum(axis=1) < cap)
    entity, channel, taken, before = entity[kept], channel[kept], taken[kept], before[kept]
    idle = np.flatnonzero(decides & ~(chance > 0).any(axis=1))

    m, at = len(entity), (entity, channel)
    rows = np.arange(m)
    eligible = np.zeros((m + len(idle), 1 + k), bool)
    eligible[:, 0] = True
    eligible[rows, channel + 1] = True
    delivery = None
    own = np.where(taken, _dense(shown, epoch, "propensity", k, np.nan)[at], np.nan)
    if told is not None:
        p = told[at]
        delivery = np.zeros((m + len(idle), 1 + k))
        delivery[:, 0] = 1.0
        delivery[rows, 0] = 1.0 - p
        delivery[rows, channel + 1] = p
        delivery[rows[np.isnan(p)]] = np.nan
        logged = np.where(taken, p, 1.0 - p)
        own = np.where(np.isnan(own) & (logged > 0), logged, own)

    def with_idle(values: NDArray, fill: float = 0) -> NDArray:
        return np.concatenate([values, np.full((len(idle), *values.shape[1:]), fill, values.dtype)])

    rank = np.arange(m) - np.searchsorted(entity, entity)
    standing = np.where(chance[entity] > 0, TO_COME, IMPOSSIBLE)
    standing[_earlier(entity, np.eye(k, dtype=np.int64)[channel]) > 0] = PASSED_OVER
    standing[before > 0] = SHOWN
    return Substeps(
        entity=np.concatenate([entity, idle]),
        rank=with_idle(rank.astype(np.float32)),
        action=with_idle(np.where(taken, channel + 1, 0).astype(np.int16)),
        eligible=eligible,
        cost_micros=with_idle(_dense(shown, epoch, "cost_micros", k)[at]),
        clicks=with_idle(_dense(shown, epoch, "clicks", k)[at]),
        propensity=with_idle(own, 1.0),
        delivery=delivery,
        shown=with_idle(before.astype(np.float32)),
        standing=with_idle(standing.astype(np.uint8), IMPOSSIBLE),
    )


def _earlier(entity: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m, K) sum of counts (m, K) over the earlier rows of the same entity (m,), ascending."""
    running = np.zeros((len(counts) + 1, counts.shape[1]), np.int64)
    np.cumsum(counts, axis=0, out=running[1:])
    return running[:-1] - running[np.searchsorted(entity, entity)]


def _dense(shown: Stream, epoch: int, column: str, k: int, fill: float = 0) -> NDArray:
    """(n, K) a column of the exposures, one per entity and action."""
    values = shown.at(epoch, column)
    found = np.full((shown.n, k), fill, values.dtype)
    found[shown.entities_at(epoch), shown.at(epoch, "action") - 1] = values
    return found
