"""Worlds whose answer is known: log-saturating channels, entities that differ, logs with noise.

margin_i(m) = base_i + sum_k a_k w_ik log(1 + m_k / s_k) / slope_at_1 + noise_ik (m_k - 1), and spend
c_k u_ik m_k. The marginal iROAS at today's split is what the world says it is.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.results import Overlap
from models.split.delivery import DeliveryValue

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ResponseWorld:
    """K channels with today's spend, marginal iROAS at today's split and how fast they saturate."""

    spend: tuple[float, ...]
    iroas: tuple[float, ...]
    saturation: tuple[float, ...]
    """s of log(1 + m / s): small saturates fast."""
    noise: tuple[float, ...] = ()
    """Standard error, per log, of each channel's marginal iROAS."""
    spread: float = 0.5
    """How much entities differ in spend and response."""
    basket: float = 40.0
    """Margin of one purchase."""

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(f"channel_{chr(97 + k)}" for k in range(len(self.spend)))

    def margin(self, multipliers: Floats) -> float:
        """True margin per period above today's, (K,) multipliers."""
        s, c = np.array(self.saturation), np.array(self.spend)
        return float(
            (np.array(self.iroas) * c * (np.log1p(multipliers / s) - np.log1p(1 / s)) * (1 + s)).sum()
        )

    def profit(self, multipliers: Floats) -> float:
        """True profit per period above today's."""
        return self.margin(multipliers) - float((np.array(self.spend) * (multipliers - 1)).sum())

    def log(self, seed: int, clusters: int = 400) -> DeliveryValue:
        """What one log's entities say about scaled delivery."""
        rng = np.random.default_rng(seed)
        K, c, s = len(self.spend), np.array(self.spend), np.array(self.saturation)
        draws = rng.standard_normal((3, clusters, K))
        share = np.exp(self.spread * draws[0] - self.spread**2 / 2) / clusters  # (C, K) each one's part
        # heavy-tailed around 0 with variance exp(1/2): a few entities carry most of it
        noise = draws[1] * np.exp(0.5 * draws[2]) / np.exp(0.25)
        noise *= np.array(self.noise or (0.0,) * K) * c / np.sqrt(clusters)
        base = rng.gamma(0.3, 1.0, clusters) / (0.3 * clusters) * 5 * c.sum()
        scale = 10.0

        def contributions(multipliers: Floats) -> Floats:
            m = multipliers[1:]
            curve = np.array(self.iroas) * c * np.log1p(m / s) * (1 + s)  # (K,)
            margin = base + (share * curve).sum(axis=1) + (noise * (m - 1)).sum(axis=1)
            cost = share * c * m
            return np.column_stack([margin, cost, margin / self.basket]) / scale

        names = ("margin", *(f"cost:{k}" for k in self.channels), "purchases")
        return DeliveryValue(
            contributions,
            outcome_names=names,
            actions=("none", *self.channels),
            scale=scale,
            cluster_key=np.arange(clusters, dtype=np.int64) * 7919 + seed,
        )

    def overlap(self, none: float = 0.4) -> tuple[Overlap, ...]:
        """Every channel well supported."""
        return tuple(Overlap(k, 10_000, 0.3, none, 0.0) for k in self.channels)


CLEAR = ResponseWorld((4000.0, 9000.0, 6000.0), (0.3, 1.9, 1.4), (0.5, 0.9, 0.5), (0.1, 0.1, 0.1))
"""Of three channels the first does not pay, the others do, beyond doubt."""
