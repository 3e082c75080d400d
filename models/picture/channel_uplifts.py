"""The uplift of a split, shared out among its channels."""

import numpy as np
from numpy.typing import NDArray

from models.results import ChannelUplift
from models.split import DeliveryValue, IntervalMethod, profit_of

Floats = NDArray[np.float64]


def channel_uplifts(
    delivery: DeliveryValue, multipliers: Floats, *, total: float, interval: IntervalMethod, level: float
) -> tuple[ChannelUplift, ...]:
    """Per changed channel, its part of the uplift in profit per period; the parts add up to `total`.

    multipliers (K,): the split. Channels share users, so that a channel's part depends on which ones moved
    before it: the part is the mean of moving the channels in their order and in the reverse (two orders of
    the Shapley value's many: 2 (k - 1) evaluations for k changed channels). total: the uplift as the report
    has it; what rounding leaves between the two goes to the parts in proportion to their size.
    """
    changed = np.flatnonzero(multipliers != 1.0)
    if not len(changed):
        return ()
    orders = changed, changed[::-1]
    delivery.prepare(point for order in orders for point in _on_the_way(multipliers, order))
    parts = {int(k): 0.5 * part for k, part in _in_order(delivery, multipliers, changed).items()}
    for k, part in _in_order(delivery, multipliers, changed[::-1]).items():
        parts[k] = parts[k] + 0.5 * part
    left = total - sum(float(part.sum()) for part in parts.values())
    sizes = {k: abs(float(part.sum())) for k, part in parts.items()}
    whole = max(sum(sizes.values()), 1e-12)
    found = []
    for k in sorted(parts):
        band, shift = interval(parts[k], level), left * sizes[k] / whole
        found.append(
            ChannelUplift(
                delivery.channels[k], band.estimate + shift, band.low + shift, band.high + shift, level
            )
        )
    return tuple(found)


def _in_order(delivery: DeliveryValue, multipliers: Floats, order: NDArray[np.int64]) -> dict[int, Floats]:
    """(C,) per channel: what profit changes when it moves after those before it in the order."""
    before, found = profit_of(delivery.today()), {}
    for k, here in zip(order, _on_the_way(multipliers, order), strict=True):
        after = profit_of(delivery.at(here))
        found[int(k)] = after - before
        before = after
    return found


def _on_the_way(multipliers: Floats, order: NDArray[np.int64]) -> list[Floats]:
    """Points (K,) from today's split to another, one channel after the other."""
    here, found = np.ones(len(multipliers)), []
    for k in order:
        here = here.copy()
        here[k] = multipliers[k]
        found.append(here)
    return found
