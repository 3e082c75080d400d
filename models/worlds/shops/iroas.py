"""True marginal iROAS: what one more unit of spend on a channel, or on a channel in one segment, earns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.worlds.shops.truth import ShopTruth
from models.worlds.truth import Expected

Floats = NDArray[np.float64]
NUDGE = 0.3


@dataclass(frozen=True)
class TrueSlope:
    """Margin per unit of spend, and the Monte-Carlo standard error of it."""

    channel: str
    segment: str | None
    """None: all customers."""
    estimate: float
    error: float


def marginal_iroas(truth: ShopTruth, *, segments: bool = True) -> tuple[TrueSlope, ...]:
    """Every channel, and with `segments` every channel in every segment, by central differences of 30 %.

    Margin and all spend of all customers count, until the tail ends: what a channel takes from another one
    by reaching people first is part of what it earns. A nudge of 0.3 rather than less keeps the error small.
    """
    world = truth.starts[0]
    cells: list[tuple[int, int | None]] = [(k, None) for k in range(world.k)]
    if segments:
        cells += [(k, s) for k in range(world.k) for s in range(len(world.segments))]
    found = []
    for k, s in cells:
        up, down = (truth.expected(_nudged(truth, k, s, 1 + sign * NUDGE)) for sign in (1, -1))
        ratio, error = _slope(truth, up, down)
        name = None if s is None else world.segments[s]
        found.append(TrueSlope(world.actions[1 + k], name, ratio, error))
    return tuple(found)


def _nudged(truth: ShopTruth, channel: int, segment: int | None, multiplier: float) -> Floats:
    """(K,), or (n, K) where one segment alone is nudged."""
    world = truth.starts[0]
    if segment is None:
        m = np.ones(world.k)
        m[channel] = multiplier
        return m
    m = np.ones((world.n, world.k))
    m[world.customers.segment == segment, channel] = multiplier
    return m


def _slope(truth: ShopTruth, up: Expected, down: Expected) -> tuple[float, float]:
    margin, spend = up.margin - down.margin, up.spend - down.spend  # (W x F, n)
    bottom = float(spend.mean(0).sum())
    if bottom <= 0:
        return float("nan"), float("nan")
    ratio = float(margin.mean(0).sum()) / bottom
    return ratio, truth.error_of(margin - ratio * spend) / bottom
