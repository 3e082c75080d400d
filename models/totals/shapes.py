"""Carry-over and saturation: a grid of response shapes per channel."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

Floats = NDArray[np.float64]

CARRY_OVERS = (
    *((rate, 1) for rate in (0.0, 0.3, 0.5, 0.7, 0.85, 0.93)),
    *((rate, 2) for rate in (0.4, 0.6, 0.75, 0.85)),
)
"""(rate, order): the share of a stock left the next day, and how often spend runs through such a stock. Once:
the effect is largest on the day itself; twice: later. Mean delay 0 to 13 days."""
HALVES = (np.inf, 2.0, 0.7, 0.25)
"""Stock at which half of the most is reached, in multiples of its mean; inf: a straight line."""
SHAPES = tuple(product(range(len(CARRY_OVERS)), HALVES))
"""(index of the carry-over, half) of every shape on the grid; a shape is its index here."""
START_DAYS = 28
"""Before the log, spend is taken to have been its mean over the first so many days."""


@dataclass(frozen=True)
class Candidates:
    """Every channel's response under every shape. n days, K channels, S shapes.

    Geometric adstock  a_t = (1 - rate) x_t + rate a_(t-1)  (order 2: the same once more, of the result) and
    saturation  f(a) = a / (1 + a / (half mean(x))).  A column is f(a_t) / c with
    c = sum_t a_t f'(a_t) / sum_t x_t,  so that its coefficient IS the marginal iROAS at today's spend,
    d(margin) / d(spend) when every day's spend is scaled alike, whatever the shape.

    Assumes a concave response that only depends on the channel's own past spend. Wrong for S-shaped response
    (a threshold below which ads do nothing), for effects that begin days after the spend, and for channels
    that act through each other (television that sends people to search). Sources: Broadbent (1979) for
    adstock; Jin et al. (2017), "Bayesian methods for media mix modeling with carryover and shape effects".
    """

    stock: Floats  # (n, K, len(CARRY_OVERS)) adstocked spend, currency units per day
    mean: Floats  # (K,) mean spend per day, above 0
    scale: Floats  # (K, S) c above
    columns: Floats  # (n, K, S)

    def change(self, channel: int, multipliers: Floats) -> Floats:
        """(S, P) mean daily change of the column when the channel's spend is scaled by multipliers (P,)."""
        found = np.empty((len(SHAPES), len(multipliers)))
        for s, (kernel, half) in enumerate(SHAPES):
            stock = self.stock[:, channel, kernel]
            scaled = saturated(multipliers[None, :] * stock[:, None], half * self.mean[channel])
            now = saturated(stock, half * self.mean[channel])
            found[s] = (scaled.mean(axis=0) - now.mean()) / self.scale[channel, s]
        found[:, multipliers == 1.0] = 0.0  # not the rounding of two sums
        return found


def make_candidates(spend: Floats) -> Candidates:
    """All shapes for daily spend (n, K), each channel's mean above 0."""
    mean = spend.mean(axis=0)  # (K,)
    start = spend[:START_DAYS].mean(axis=0)
    stock = np.stack([adstock(spend, rate, start, order) for rate, order in CARRY_OVERS], axis=2)
    columns = np.empty((*spend.shape, len(SHAPES)))
    scale = np.empty((spend.shape[1], len(SHAPES)))
    for s, (kernel, half) in enumerate(SHAPES):
        a, at_half = stock[:, :, kernel], half * mean
        scale[:, s] = (a * slope(a, at_half)).sum(axis=0) / spend.sum(axis=0)
        columns[:, :, s] = saturated(a, at_half) / scale[:, s]
    return Candidates(stock, mean, scale, columns)


def adstock(spend: Floats, rate: float, start: Floats, order: int = 1) -> Floats:
    """(n, K) stock of daily spend (n, K); `start` (K,) is the stock before the first day."""
    for _ in range(order):
        spend, _ = lfilter([1.0 - rate], [1.0, -rate], spend, axis=0, zi=rate * start[None, :])
    return np.asarray(spend)


def saturated(stock: Floats, half: Floats | float) -> Floats:
    """stock / (1 + stock / half), the stock itself where half is infinite."""
    return stock / (1.0 + stock / half)


def slope(stock: Floats, half: Floats | float) -> Floats:
    """Derivative of `saturated`."""
    return (1.0 + stock / half) ** -2.0


def carry_over_days() -> Floats:
    """(S,) mean delay of the effect under each shape, order x rate / (1 - rate)."""
    delay = [order * rate / (1.0 - rate) for rate, order in CARRY_OVERS]
    return np.array([delay[kernel] for kernel, _ in SHAPES])
