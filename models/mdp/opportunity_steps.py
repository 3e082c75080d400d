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

from models.mdp.event_streams import Stream, rank_within
from models.mdp.substeps import Substeps
from models.mdp.transition_table import IMPOSSIBLE, PASSED_OVER, SHOWN, TO_COME

NEVER = np.iinfo(np.int64).max


def choices_by_opportunity(
    decides: NDArray[np.bool_],
    chance: NDArray[np.floating],
    shown: Stream,
    chances: Stream,
    cap: int,
    told: NDArray[np.float64] | None,
) -> Substeps:
    """The opportunities of those who decide (cells,), chance (cells, K) being how many each had for each
    channel in an epoch.

    Once `cap` channels were shown nothing is left to decide, and such opportunities are left out. Who had no
    opportunity decides for `none` once. told (cells, K): logged probability of showing, where it is logged.
    """
    cells, k = chance.shape
    first = np.full((cells, k), NEVER)
    for stream in (shown, chances):
        np.minimum.at(first, (stream.cell, stream.values["action"] - 1), stream.values["second"])
    times = shown.by_action("n", k)  # (cells, K) exposures

    cell, channel = np.nonzero((chance > 0) & decides[:, None])  # by cell, then channel: ties stay so
    order = np.lexsort((first[cell, channel], cell))
    cell, channel = cell[order], channel[order]
    taken = times[cell, channel] > 0
    before = _earlier(cell, np.eye(k, dtype=np.int64)[channel] * taken[:, None])
    kept = taken | ((before > 0).sum(axis=1) < cap)
    cell, channel, taken, before = cell[kept], channel[kept], taken[kept], before[kept]
    idle = np.flatnonzero(decides & ~(chance > 0).any(axis=1))

    m, at = len(cell), (cell, channel)
    rows = np.arange(m)
    eligible = np.zeros((m + len(idle), 1 + k), bool)
    eligible[:, 0] = True
    eligible[rows, channel + 1] = True
    delivery = None
    own = np.where(taken, _dense(shown, "propensity", k, np.nan)[at], np.nan)
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

    standing = np.where(chance[cell] > 0, TO_COME, IMPOSSIBLE)
    standing[_earlier(cell, np.eye(k, dtype=np.int64)[channel]) > 0] = PASSED_OVER
    standing[before > 0] = SHOWN
    return Substeps(
        cell=np.concatenate([cell, idle]),
        rank=with_idle(rank_within(cell).astype(np.float32)),
        action=with_idle(np.where(taken, channel + 1, 0).astype(np.int16)),
        eligible=eligible,
        cost_micros=with_idle(_dense(shown, "cost_micros", k)[at]),
        clicks=with_idle(_dense(shown, "clicks", k)[at]),
        propensity=with_idle(own, 1.0),
        delivery=delivery,
        shown=with_idle(before.astype(np.float32)),
        standing=with_idle(standing.astype(np.uint8), IMPOSSIBLE),
    ).in_order(cells)


def _earlier(cell: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m, K) sum of counts (m, K) over the earlier rows of the same cell (m,), ascending."""
    running = np.zeros((len(counts) + 1, counts.shape[1]), np.int64)
    np.cumsum(counts, axis=0, out=running[1:])
    return running[:-1] - running[np.arange(len(cell)) - rank_within(cell)]


def _dense(shown: Stream, column: str, k: int, fill: float = 0) -> NDArray:
    """(cells, K) a column of the exposures, one per cell and action."""
    values = shown.values[column]
    found = np.full((shown.cells, k), fill, values.dtype)
    found[shown.cell, shown.values["action"] - 1] = values
    return found
